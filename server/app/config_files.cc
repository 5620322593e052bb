// What the configuration names on the disk.

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/app/config.h"
#include "server/app/config_database.h"
#include "server/app/data_folder.h"

namespace gatehouse::app {
namespace {

// The same reason, under the name of the setting.
Error about(std::string_view setting, const Error& error) {
  return Error(error.code, std::string(setting) + ": " + error.detail);
}
Error refused(std::string_view setting, const std::string& why) {
  return Error(ErrorCode::failed_precondition, std::string(setting) + ": " + why);
}

Result<crypto::MasterKey, Error> read_key(const std::string& path) {
  const auto text = read_secret_file(path);
  if (!text.ok() && text.error().code == ErrorCode::not_found) {
    return refused(
        "master_key.file",
        "there is no " + path + "; make it: (umask 077; openssl rand -hex 32 > " + path + ")");
  }
  if (!text.ok()) return about("master_key.file", text.error());
  auto key = master_key_from_text(text.value());
  if (!key.ok()) return about("master_key.file", key.error());
  return std::move(key).value();
}

Result<mail::SmtpTransportSettings, Error> mail_settings(const Config::Mail& mail) {
  net::SmtpSettings smtp{.host = mail.host,
                         .port = static_cast<std::uint16_t>(mail.port),
                         .security = mail.security == "tls"     ? net::SmtpSecurity::tls
                                     : mail.security == "plain" ? net::SmtpSecurity::plain
                                                                : net::SmtpSecurity::starttls,
                         .user = mail.user,
                         .ca_file = mail.ca_file};
  if (!mail.password_file.empty()) {
    auto password = read_secret_file(mail.password_file);
    if (!password.ok()) return about("mail.password_file", password.error());
    smtp.password = std::move(password).value();
    if (smtp.password.empty()) return refused("mail.password_file", "the file is empty");
  }
  if (!mail.ca_file.empty() && ::access(mail.ca_file.c_str(), R_OK) != 0) {
    return refused("mail.ca_file", mail.ca_file + ": " + std::strerror(errno));
  }
  const std::string problem = net::settings_problem(smtp);
  if (!problem.empty()) return refused("mail", problem);
  const auto from = net::MailAddress::parse(mail.from);
  ENSURE(from.has_value());
  return mail::SmtpTransportSettings{std::move(smtp), *from};
}

Result<Unit, Error> check_tls(const Config::Server& server) {
  if (server.tls_key.empty()) return Unit{};
  if (::access(server.tls_certificate.c_str(), R_OK) != 0) {
    return refused("server.tls_certificate", server.tls_certificate + ": " + std::strerror(errno));
  }
  struct ::stat facts {};
  if (::stat(server.tls_key.c_str(), &facts) != 0 || ::access(server.tls_key.c_str(), R_OK) != 0) {
    return refused("server.tls_key", server.tls_key + ": " + std::strerror(errno));
  }
  if ((facts.st_mode & S_IRWXO) != 0) {
    return refused("server.tls_key",
                   "everybody may read " + server.tls_key + "; run: chmod o= " + server.tls_key);
  }
  return Unit{};
}

Result<Unit, Error> check_data(const std::string& folder) {
  const auto opened = DataFolder::open(folder);
  if (!opened.ok()) return about("data.folder", opened.error());
  struct ::stat facts {};
  if (::stat(folder.c_str(), &facts) != 0) {
    return refused("data.folder", folder + ": " + std::strerror(errno));
  }
  if (!S_ISDIR(facts.st_mode)) return refused("data.folder", folder + " is not a folder");
  if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return refused("data.folder", "others may write to " + folder + "; run: chmod go-w " + folder);
  }
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
    return refused("data.folder", folder + ": " + std::strerror(errno));
  }
  return Unit{};
}

}  // namespace

Result<ConfigSecrets, Error> read_config_secrets(const Config& config) {
  auto key = TRY(read_key(config.master_key.file));
  auto mail = TRY(mail_settings(config.mail));
  return ConfigSecrets{std::move(key), std::move(mail)};
}

Result<storage::Location, Error> database_location(const Config& config) {
  const Config::Database& database = config.database;
  if (database.url.empty()) {
    return storage::Location::sqlite_file(config.data.folder + "/gatehouse.db");
  }
  std::string url = database.url;
  if (!database.password_file.empty()) {
    const auto password = read_secret_file(database.password_file);
    if (!password.ok()) return about("database.password_file", password.error());
    if (password.value().empty()) return refused("database.password_file", "the file is empty");
    url = with_password(url, password.value());
  }
  auto location = storage::Location::parse(url);
  if (!location.ok()) return about("database.url", location.error());
  return location;
}

storage::OpenSettings database_settings(const Config& config, Instant now) {
  storage::OpenSettings settings;
  settings.now = now;
  settings.connections_max = config.database.connections_max;
  settings.answer_timeout = storage::server_answer_timeout;
  if (config.database.migrate == "never") settings.schema = storage::OpenSettings::Schema::as_is;
  return settings;
}

Result<Unit, Error> check_config_files(const Config& config) {
  TRY(check_tls(config.server));
  return check_data(config.data.folder);
}

}  // namespace gatehouse::app
