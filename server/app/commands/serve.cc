#include "server/app/commands/serve.h"

#include <ostream>

#include "server/app/commands/place.h"
#include "server/app/data_folder.h"
#include "server/app/runtime.h"
#include "server/app/version.h"
#include "server/telemetry/json_log.h"

namespace gatehouse::app::commands {
namespace {

using environments::Environment;
using storage::Transaction;

const EnvironmentId no_environment(1);

Error refused(std::string why) { return {ErrorCode::failed_precondition, std::move(why)}; }

Result<Unit, Error> compare(const Environment& stored, const Config::FirstEnvironment& wanted) {
  if (stored.is_development()) {
    return refused("environment.name: '" + stored.name +
                   "' is a development environment: it is for `gatehouse dev`");
  }
  if (stored.base_url != wanted.base_url) {
    return refused("environment.base_url is " + wanted.base_url + ", but the data folder has " +
                   stored.base_url +
                   ": correct it, or move the issuer with `gatehouse admin environments set"
                   " base_url=…`");
  }
  return Unit{};
}

http::server::Settings server_settings(const Config::Server& server) {
  return {.bind_address = server.bind,
          .port = static_cast<std::uint16_t>(server.port),
          .tls_certificate_path = server.tls_certificate,
          .tls_key_path = server.tls_key,
          .io_threads = server.io_threads,
          .worker_threads = server.worker_threads};
}

void announce(const EnvironmentWithSecret& made, std::ostream& out) {
  out << "Environment " << made.environment.name << " is there, at " << made.environment.base_url
      << ".\n\n"
      << secret_notice(made.application.client_id, made.secret.plain) << "\n\n"
      << std::flush;
}

// The reason under the name of the setting that it comes from.
template <class Value>
Result<Value, Error> about(std::string_view setting, Result<Value, Error> outcome) {
  if (outcome.ok()) return outcome;
  return Error(outcome.error().code, std::string(setting) + ": " + outcome.error().detail);
}

// A server on SQLite is alone with its file; one on PostgreSQL keeps nothing in the folder.
Result<std::unique_ptr<FolderLock>, Error> lock_for(const storage::Location& location,
                                                    const std::string& folder) {
  TRY(about("data.folder", DataFolder::open(folder)));
  if (location.engine() != storage::Engine::sqlite) return std::unique_ptr<FolderLock>();
  return about("data.folder", FolderLock::take(folder, FolderLock::Kind::shared));
}

}  // namespace

Result<std::optional<EnvironmentWithSecret>, Error> ensure_first_environment(
    Transaction& transaction, const Context& context, Random& random, const Config& config) {
  const Config::FirstEnvironment& wanted = config.environment;
  const auto all = TRY(environments::list_environments(transaction));
  if (all.empty()) {
    return std::optional(
        TRY(create_environment_with_secret(transaction, context, random,
                                           {.name = wanted.name,
                                            .kind = environments::Kind::production,
                                            .base_url = wanted.base_url,
                                            .settings = config.first_settings()})));
  }
  std::string names;
  for (const Environment& stored : all) {
    if (stored.name == wanted.name) {
      TRY(compare(stored, wanted));
      return std::optional<EnvironmentWithSecret>();
    }
    names += (names.empty() ? "'" : ", '") + stored.name + "'";
  }
  return refused("environment.name is '" + wanted.name + "', but the data folder has " + names);
}

Result<Unit, Error> run_serve(const std::string& config_file, Console& console) {
  const SystemClock clock;
  OsRandom random;
  const Config config = TRY(load_config(config_file, process_environment()));
  ConfigSecrets secrets = TRY(read_config_secrets(config));
  TRY(check_config_files(config));
  const auto log =
      TRY(about("log.file", telemetry::JsonLog::open(config.log.file, config.log_level(), clock)));
  const storage::Location location = TRY(database_location(config));
  const auto folder_lock = TRY(lock_for(location, config.data.folder));
  const auto database = TRY(about(config.database.url.empty() ? "data.folder" : "database.url",
                                  open_or_make(location, database_settings(config, clock.now()))));
  cluster::Node node({*database, clock, random, *log}, std::string(version));
  TRY(node.join());
  const Context setup = system_context(no_environment, clock, random);
  const auto made = TRY(storage::write(*database, setup, [&](Transaction& transaction) {
    return ensure_first_environment(transaction, setup, random, config);
  }));
  if (made.has_value()) announce(*made, console.out);

  const auto transport = mail::make_smtp_transport(std::move(secrets.mail));
  const auto http_client = net::make_http_client({});
  const auto dns = net::make_dns_resolver({});
  keys::FreshKeySource key_source;
  const auto app = TRY(about("master_key.file",
                             App::build({*database, clock, random, *log, *transport, *http_client,
                                         key_source, &node, dns.get()},
                                        {.master_key = secrets.master_key,
                                         .admin_command = "gatehouse admin --config " + config_file,
                                         .throttle = config.limits,
                                         .trusted_proxies = config.server.trusted_proxies})));
  TRY(app->make_keys());
  const auto runtime =
      TRY(about("server", Runtime::start(*app, *log, server_settings(config.server))));
  TRY(runtime->listen_for_changes(location));
  console.out << "Gatehouse serves " << config.environment.base_url << " on " << config.server.bind
              << " port " << runtime->port() << ".\n"
              << std::flush;
  if (wait_for_stop(*database) == StopReason::database_failed) {
    return Error(ErrorCode::unavailable,
                 location.shown() +
                     ": the database could not keep what was written; look for a full or failing"
                     " disk");
  }
  return Unit{};
}

}  // namespace gatehouse::app::commands
