#include "server/app/commands/place.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "server/app/config.h"
#include "server/app/data_folder.h"

namespace gatehouse::app::commands {
namespace {

constexpr std::string_view default_folder = ".gatehouse";
// Of reports that read everything.
constexpr auto command_deadline = minutes(30);
const EnvironmentId no_environment(1);
constexpr std::int64_t bulk_cache_kib = 256 * 1024;
constexpr int bulk_checkpoint_pages = 50'000;

std::string login_name() {
  std::array<char, 4096> buffer{};
  ::passwd entry{};
  ::passwd* found = nullptr;
  const ::uid_t uid = ::getuid();
  const bool is_known =
      ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
  std::string name = is_known ? std::string(found->pw_name) : "uid " + std::to_string(uid);
  // Who became root, as sudo tells; only root itself could have made that up.
  const char* before = std::getenv("SUDO_USER");
  if (uid == 0 && before != nullptr && *before != '\0') name = std::string(before) + " as " + name;
  return name;
}

}  // namespace

Result<Place, Error> find_place(const PlaceOptions& options) {
  if (!options.data_folder.empty() && !options.config_file.empty()) {
    return Error(ErrorCode::invalid_argument, "name --data or --config, not both");
  }
  if (options.config_file.empty()) {
    const std::string folder =
        options.data_folder.empty() ? std::string(default_folder) : options.data_folder;
    return Place{folder, folder + "/master.key", {}};
  }
  const Config config = TRY(load_config(options.config_file, process_environment()));
  return Place{config.data.folder, config.master_key.file, options.config_file};
}

Result<std::unique_ptr<storage::SqliteDatabase>, Error> open_existing(const Place& place,
                                                                      Instant now, Load load) {
  struct ::stat facts {};
  if (::stat(place.database_file().c_str(), &facts) != 0) {
    return Error(ErrorCode::not_found,
                 "there is no Gatehouse data in " + place.data_folder +
                     "; name its folder with --data, or the configuration with --config");
  }
  storage::SqliteSettings settings{.path = place.database_file(), .now = now};
  if (load == Load::bulk) {
    settings.write_cache_kib = bulk_cache_kib;
    settings.checkpoint_pages = bulk_checkpoint_pages;
  }
  return storage::SqliteDatabase::open(settings);
}

Result<crypto::MasterKey, Error> read_master_key(const std::string& file) {
  return master_key_from_text(TRY(read_secret_file(file)));
}

Context operator_context(const Clock& clock, Random& random) {
  const Instant now = clock.now();
  return {.request = RequestId::make(random, now),
          .now = now,
          .deadline = std::chrono::steady_clock::now() + command_deadline,
          .environment = no_environment,
          .actor = {ActorType::operator_, login_name()},
          .client_address = {},
          .user_agent = {}};
}

}  // namespace gatehouse::app::commands
