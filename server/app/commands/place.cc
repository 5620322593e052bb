#include "server/app/commands/place.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "server/app/config_database.h"
#include "server/app/data_folder.h"

namespace gatehouse::app::commands {
namespace {

constexpr std::string_view default_folder = ".gatehouse";
// Of reports that read everything.
constexpr auto command_deadline = minutes(30);
const EnvironmentId no_environment(1);

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
  if (!options.config_file.empty()) {
    if (!options.database_url.empty()) {
      return Error(ErrorCode::invalid_argument, "name --database or --config, not both");
    }
    return place_of(TRY(load_config(options.config_file, process_environment())),
                    options.config_file);
  }
  const auto folder = DataFolder::at(options.data_folder.empty() ? std::string(default_folder)
                                                                 : options.data_folder);
  auto database = storage::Location::sqlite_file(folder.database_path());
  if (!options.database_url.empty()) {
    database = TRY(named_database("--database", options.database_url));
  }
  return Place{folder.path(), folder.path() + "/master.key", {}, std::move(database)};
}

Result<Place, Error> place_of(const Config& config, std::string config_file) {
  auto database = TRY(database_location(config));
  return Place{config.data.folder, config.master_key.file, std::move(config_file),
               std::move(database), database_settings(config, {})};
}

Result<std::unique_ptr<storage::Database>, Error> open_existing(const Place& place, Instant now,
                                                                Load load) {
  struct ::stat facts {};
  if (place.is_sqlite() && ::stat(place.database.target().c_str(), &facts) != 0) {
    return Error(ErrorCode::not_found,
                 "there is no Gatehouse data in " + place.data_folder +
                     "; name its folder with --data, or the configuration with --config");
  }
  storage::OpenSettings settings = place.opening;
  settings.now = now;
  settings.load = load;
  return open_or_make(place.database, settings);
}

Result<std::unique_ptr<storage::Database>, Error> open_or_make(
    const storage::Location& location, const storage::OpenSettings& settings) {
  // A file names itself.
  const auto named = [&location](const Error& error) {
    if (location.engine() == storage::Engine::sqlite) return error;
    return Error(error.code, location.shown() + ": " + error.detail);
  };
  auto database = storage::open(location, settings);
  if (!database.ok()) return named(database.error());
  if (settings.schema == storage::OpenSettings::Schema::as_is) {
    const auto fits = storage::require_schema(*database.value(), location.engine());
    if (!fits.ok()) return named(fits.error());
  }
  return database;
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
