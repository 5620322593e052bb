#include "server/app/dev/dev.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "server/app/config_database.h"
#include "server/app/data_folder.h"
#include "server/app/dev/applications_endpoint.h"
#include "server/app/dev/local_tls.h"
#include "server/app/dev/mailbox_pages.h"
#include "server/app/dev/seed.h"
#include "server/app/dev/simulator/provider_keys.h"
#include "server/app/dev/simulator/simulator.h"
#include "server/app/runtime.h"
#include "server/app/version.h"
#include "server/encoding/json.h"
#include "server/encoding/shell_word.h"
#include "server/telemetry/json_log.h"

namespace gatehouse::app::dev {
namespace {

constexpr std::string_view environment_name = "Development";
const EnvironmentId no_environment(1);

// A port that is free now. Somebody else could take it before we do; then starting fails and says
// so.
Result<std::uint16_t, Error> free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool is_bound = socket >= 0 &&
                        ::bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (socket >= 0) ::close(socket);
  if (!is_bound) return Error(ErrorCode::unavailable, "no free port on this machine");
  return ntohs(address.sin_port);
}

// Where the environment is, and what clients need to get there.
struct Place {
  std::uint16_t port = 0;
  std::string base_url;
  std::optional<LocalTls> tls = std::nullopt;  // absent: http

  [[nodiscard]] http::server::Settings server(const DevOptions& options) const {
    http::server::Settings settings{.port = port, .io_threads = options.io_threads};
    if (tls.has_value()) {
      settings.tls_certificate_path = tls->certificate_path;
      settings.tls_key_path = tls->key_path;
      settings.tls_addressed_certificate_path = tls->addressed_certificate_path;
    }
    return settings;
  }
};

Result<Place, Error> find_place(const DevOptions& options, const DataFolder& folder, Instant now,
                                Random& random) {
  Place place;
  place.port = options.port != 0 ? options.port : TRY(free_port());
  const bool is_tls = options.transport == DevOptions::Transport::tls;
  if (is_tls) place.tls = TRY(prepare_local_tls(folder, now, random));
  // The scheme's own port is left out here too [RFC 3986 §6.2.3].
  place.base_url = TRY(environments::normalize_base_url(
      environments::Kind::development,
      (is_tls ? "https://localhost:" : "http://localhost:") + std::to_string(place.port)));
  return place;
}

// The simulated providers are this server itself, whose root only we know; the system's roots, in
// their folder, are trusted besides.
net::HttpClientSettings calls_from(const Place& place) {
  net::HttpClientSettings settings;
  if (place.tls.has_value()) settings.ca_file = place.tls->authority_path;
  return settings;
}

std::string ready_document(const Seeded& seeded, const Place& place) {
  std::string out;
  JsonWriter writer(out);
  const Seeded::App& main = seeded.applications.front();
  writer.begin_object();
  writer.field("environment_url", place.base_url);
  writer.field("client_id", main.client_id);
  writer.field("client_secret", main.client_secret->reveal());
  writer.field("mailbox_url", place.base_url + "/dev/mail");
  writer.field("simulator_url", place.base_url + std::string(simulator_path));
  if (place.tls.has_value()) writer.field("ca_file", place.tls->authority_path);
  writer.key("applications").begin_array();
  for (const Seeded::App& application : seeded.applications) {
    writer.begin_object();
    writer.field("name", application.name);
    writer.field("type", application.type);
    writer.field("client_id", application.client_id);
    if (application.client_secret.has_value()) {
      writer.field("client_secret", application.client_secret->reveal());
    }
    writer.end_object();
  }
  writer.end_array();
  writer.key("organizations").begin_array();
  for (const auto& organization : seeded.organizations) {
    writer.begin_object();
    writer.field("id", organization.id.text()).field("name", organization.display_name);
    writer.end_object();
  }
  writer.end_array();
  writer.key("users").begin_array();
  for (const auto& user : seeded.users) {
    writer.begin_object();
    writer.field("id", user.id.text()).field("email", user.email.text()).field("name", user.name);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return out + "\n";
}

// What to type for `gatehouse admin` on this data, in whatever folder.
std::string admin_command(const DevOptions& options, const storage::Location& location) {
  std::error_code none;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", none);
  const auto data = std::filesystem::absolute(options.data_folder, none);
  const bool is_installed = none || program.parent_path().filename() == "bin";
  std::string command = shell_word(is_installed ? "gatehouse" : program.string()) +
                        " admin --data " + shell_word(data.string());
  if (!options.database_url.empty()) command += " --database " + shell_word(location.shown());
  return command;
}

void print_summary(const DevOptions& options, const Seeded& seeded, const Place& place,
                   const storage::Location& location) {
  const Seeded::App& main = seeded.applications.front();
  const std::string secret(main.client_secret->reveal());
  std::printf("\n  Gatehouse is ready.\n\n");
  std::printf("  Environment    %s\n", place.base_url.c_str());
  std::printf("  Mailbox        %s/dev/mail\n", place.base_url.c_str());
  std::printf("  Single sign-on %s", (place.base_url + std::string(simulator_path)).c_str());
  if (seeded.simulated_address.has_value()) {
    std::printf("  (sign in as %s)", seeded.simulated_address->c_str());
  }
  std::printf("\n");
  std::printf("  Client id      %s\n", main.client_id.c_str());
  std::printf("  Client secret  %s\n", secret.c_str());
  if (!seeded.users.empty()) {
    std::printf("  Sign in as     %s  (the code comes to the mailbox)\n",
                seeded.users.front().email.text().c_str());
  }
  std::printf("  Data           %s\n", options.data_folder.c_str());
  if (!options.database_url.empty()) {
    std::printf("  Database       %s\n", location.shown().c_str());
  }
  if (place.tls.has_value()) {
    std::printf("  Root           %s%s\n", place.tls->authority_path.c_str(),
                place.tls->authority == LocalTls::Authority::new_ ? "  (new: trust it first)" : "");
  }
  if (seeded.moved_from.has_value()) {
    std::printf(
        "\n  It was at %s before: tokens and sessions from there count no more, and\n"
        "  applications need the new URL.\n",
        seeded.moved_from->c_str());
  }
  std::printf("\n");
  if (place.tls.has_value()) std::printf("%s", trust_instructions(*place.tls).c_str());
  std::printf("  Ctrl-C stops it; the data stays.\n\n");
  std::fflush(stdout);
}

// On one's own machine nobody mails strangers, and tests sign in many times a minute.
login::ThrottleLimits development_limits() {
  return {.mails_per_address_per_minute = 60,
          .mails_per_address_per_hour = 1000,
          .mails_per_source_per_hour = 100'000,
          .wrong_codes_per_address_per_hour = 200,
          .wrong_codes_per_source_per_hour = 10'000,
          .sign_on_records_per_source_per_hour = 10'000};
}

// The seed, and in it connections that know where the simulator is today.
Result<Seeded, Error> plant(Simulator& simulator, const Context& context,
                            const crypto::MasterKey& master_key, const Seed& seed,
                            const SeedOrder& order) {
  return storage::write(
      simulator.database(), context,
      [&](storage::Transaction& transaction) -> Result<Seeded, Error> {
        Seeded seeded =
            TRY(apply_seed(transaction, context, simulator.random(), master_key, seed, order));
        const auto environment =
            TRY(environments::find_environment(transaction, seeded.environment));
        ENSURE(environment.has_value());
        TRY(wire_all(transaction, in_environment(context, seeded.environment), simulator.random(),
                     {*environment, simulator.client_secrets(), simulator.keys()}));
        return seeded;
      });
}

}  // namespace

Result<Unit, Error> run_dev(const DevOptions& options) {
  const SystemClock clock;
  OsRandom random;
  const auto log = TRY(telemetry::JsonLog::open(options.log_file, LogLevel::info, clock));
  const DataFolder folder = TRY(DataFolder::open(options.data_folder));
  const crypto::MasterKey master_key = TRY(folder.master_key(random));
  auto location = storage::Location::sqlite_file(folder.database_path());
  if (!options.database_url.empty()) {
    location = TRY(named_database("--database", options.database_url));
  }
  const auto folder_lock = TRY(FolderLock::take(folder.path(), FolderLock::Kind::shared));
  storage::OpenSettings opening;
  opening.now = clock.now();
  opening.answer_timeout = storage::server_answer_timeout;
  const auto database = TRY(storage::open(location, opening));
  cluster::Node node({*database, clock, random, *log}, std::string(version));
  TRY(node.join());
  const Seed seed = options.seed_file.empty() ? default_seed() : TRY(read_seed(options.seed_file));
  const Place place = TRY(find_place(options, folder, clock.now(), random));

  ProviderKeys provider_keys = TRY(prepare_provider_keys(folder, clock.now()));
  Simulator simulator({*database, random, master_key, std::move(provider_keys)});

  const Context setup = system_context(no_environment, clock, random);
  const SeedOrder order{.environment_name = std::string(environment_name),
                        .base_url = place.base_url,
                        .access_token_lifetime = options.access_token_lifetime};
  const Seeded seeded = TRY(plant(simulator, setup, master_key, seed, order));

  mail::Mailbox mailbox;
  const auto http_client = net::make_http_client(calls_from(place));
  const auto dns = net::make_dns_resolver({});
  keys::FreshKeySource key_source;
  const auto app = TRY(App::build(
      {*database, clock, random, *log, mailbox, *http_client, key_source, &node, dns.get()},
      {.master_key = master_key,
       .admin_command = admin_command(options, location),
       .throttle = development_limits(),
       .more_routes =
           [&](const pages::Pages& pages, applications::Catalog& catalog) {
             auto routes = development_routes(mailbox, pages, catalog);
             std::ranges::move(application_routes({*database, random, master_key, catalog}),
                               std::back_inserter(routes));
             std::ranges::move(simulator_routes(simulator, pages, catalog),
                               std::back_inserter(routes));
             return routes;
           },
       .template_folder = options.template_folder}));
  TRY(app->make_keys());
  const auto runtime = TRY(Runtime::start(*app, *log, place.server(options)));
  TRY(runtime->listen_for_changes(location));
  if (!options.ready_file.empty()) {
    TRY(write_secret_file(options.ready_file, ready_document(seeded, place)));
  }
  print_summary(options, seeded, place, location);
  if (wait_for_stop(*database) == StopReason::database_failed) {
    return Error(ErrorCode::unavailable, "the database could not keep what was written");
  }
  return Unit{};
}

}  // namespace gatehouse::app::dev
