// Config: what `gatehouse serve` is told, read from one TOML file and checked once. Whatever is
// missing, unknown, contradictory or weak is refused by name; nothing falls back to something
// weaker. docs/reference/configuration.md and deploy/gatehouse.example.toml are made from the same
// table as the reading (config_settings.h).

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/core/error.h"
#include "server/core/log.h"
#include "server/core/result.h"
#include "server/crypto/master_key.h"
#include "server/environments/environment.h"
#include "server/login/throttle.h"
#include "server/mail/transport.h"
#include "server/storage/open.h"

namespace gatehouse::app {

struct Config {
  struct Server {
    std::string bind = "127.0.0.1";
    int port = 0;
    std::string tls_certificate;
    std::string tls_key;
    int io_threads = 1;
    int worker_threads = 32;
    std::vector<std::string> trusted_proxies;
  } server;
  struct Data {
    std::string folder;
  } data;
  struct Database {
    std::string url;  // empty: SQLite in the data folder; may hold a password
    std::string password_file;
    int connections_max = 32;
    std::string migrate = "at_start";
  } database;
  struct MasterKeySource {
    std::string file;
  } master_key;
  struct FirstEnvironment {
    std::string name = "Production";
    std::string base_url;
    std::string product_name;
    std::string support_email;
  } environment;
  struct Mail {
    std::string host;
    int port = 587;
    std::string security = "starttls";
    std::string user;
    std::string password_file;
    std::string from;
    std::string ca_file;
  } mail;
  struct LogTo {
    std::string file;
    std::string level = "info";
  } log;
  login::ThrottleLimits limits;

  // The settings that the environment is born with.
  [[nodiscard]] environments::Settings first_settings() const;
  [[nodiscard]] LogLevel log_level() const;
};

// Where secrets and the database are may also be told by the process's environment:
// GATEHOUSE_MASTER_KEY_FILE, GATEHOUSE_SMTP_PASSWORD_FILE, GATEHOUSE_DATABASE_URL and
// GATEHOUSE_DATABASE_PASSWORD_FILE. Empty: not set.
struct ProcessEnvironment {
  std::string master_key_file;
  std::string smtp_password_file;
  std::string database_url = {};
  std::string database_password_file = {};
};
[[nodiscard]] ProcessEnvironment process_environment();

// From the text of a configuration file, looking at nothing else. Errors: invalid_argument, whose
// detail is one line that names the setting (and its line in the file) and what to do.
Result<Config, Error> parse_config(std::string_view toml, const ProcessEnvironment& given);
// From a file. Errors: as above; not_found, unavailable; failed_precondition if others than its
// owner and group may write to it, or may read a password in it.
Result<Config, Error> load_config(const std::string& path, const ProcessEnvironment& given);

// What the configuration's files hold, read once.
struct ConfigSecrets {
  crypto::MasterKey master_key;
  mail::SmtpTransportSettings mail;
};
// Looks at the disk: keys that others can read, folders that we cannot write to, and secrets that
// are none are refused, by the name of the setting.
Result<ConfigSecrets, Error> read_config_secrets(const Config& config);
Result<Unit, Error> check_config_files(const Config& config);
// Which database, with the password from its file. Errors: those of that file, by the name of the
// setting.
Result<storage::Location, Error> database_location(const Config& config);
// How the server and the commands open it.
[[nodiscard]] storage::OpenSettings database_settings(const Config& config, Instant now);

// The documentation of all settings as Markdown, and a complete commented example as TOML.
[[nodiscard]] std::string config_reference();
[[nodiscard]] std::string config_example();

}  // namespace gatehouse::app
