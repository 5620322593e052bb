#include "server/app/config.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "server/app/config_database.h"
#include "server/app/config_settings.h"
#include "server/encoding/utf8.h"
#include "server/net/address_guard.h"

namespace gatehouse::app {
namespace {

constexpr std::size_t config_bytes_max = 256 * 1024;
constexpr std::size_t text_bytes_max = 4096;
constexpr std::size_t list_items_max = 100;

Error refused(std::string why) { return Error(ErrorCode::invalid_argument, std::move(why)); }

// Values that can carry neither a second line nor an end of their own.
bool is_plain(std::string_view text) {
  return text.size() <= text_bytes_max && is_utf8(text) && std::ranges::none_of(text, [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

Result<std::string, Error> accept(const Setting& setting, const std::string& text) {
  if (!is_plain(text)) return refused("has control characters in it, or is too long");
  // Taken as absent; required ones are missed by name afterwards.
  if (text.empty() || setting.accept == nullptr) return text;
  return setting.accept(text);
}

Result<Unit, Error> put_list(const Setting& setting, std::vector<std::string>& place,
                             const std::vector<std::string>& items) {
  if (items.size() > list_items_max) return refused("has too many items");
  place.clear();
  for (const std::string& item : items) {
    if (item.empty()) return refused("has an empty item");
    place.push_back(TRY(accept(setting, item)));
  }
  return Unit{};
}

Result<Unit, Error> put(const Setting& setting, const GivenSetting& given, Config& config) {
  if (const auto* place = std::get_if<ConfigText>(&setting.place)) {
    const auto* text = std::get_if<std::string>(&given.value);
    if (text == nullptr) return refused("is a text: write it in quotes");
    *(*place)(config) = TRY(accept(setting, *text));
  } else if (const auto* number_place = std::get_if<ConfigNumber>(&setting.place)) {
    const auto* number = std::get_if<std::int64_t>(&given.value);
    if (number == nullptr || *number < setting.min || *number > setting.max) {
      return refused("is a whole number from " + std::to_string(setting.min) + " to " +
                     std::to_string(setting.max));
    }
    *(*number_place)(config) = static_cast<int>(*number);
  } else {
    const auto* items = std::get_if<std::vector<std::string>>(&given.value);
    if (items == nullptr) return refused("is a list of texts: [\"…\", \"…\"]");
    return put_list(setting, *std::get<ConfigList>(setting.place)(config), *items);
  }
  return Unit{};
}

std::string unknown(const GivenSetting& given) {
  // A quoted key can be anything, and the answer stays one line.
  const std::string section = clean_display_name(given.section, 100).value_or("?");
  const std::string name = section + "." + clean_display_name(given.key, 100).value_or("?");
  if (name == "mail.password" || name == "master_key.key" || name == "mail.smtp_password" ||
      name == "database.password") {
    return name + ": secrets do not stand in this file; name a file of mode 0600 instead, with " +
           (given.section == "master_key" ? "master_key.file" : given.section + ".password_file");
  }
  const bool is_section = std::ranges::any_of(
      all_sections(), [&given](const Section& row) { return row.name == given.section; });
  return is_section ? "there is no setting " + name : "there is no section [" + section + "]";
}

Result<Unit, Error> put_all(const std::vector<GivenSetting>& all, Config& config) {
  for (const GivenSetting& given : all) {
    const std::string line = "line " + std::to_string(given.line) + ": ";
    const auto setting = std::ranges::find_if(all_settings(), [&given](const Setting& row) {
      return row.section == given.section && row.key == given.key;
    });
    if (setting == all_settings().end()) return refused(line + unknown(given));
    const auto done = put(*setting, given, config);
    if (!done.ok()) return refused(line + setting->name() + " " + done.error().detail);
  }
  return Unit{};
}

struct Told {
  std::string_view setting;
  std::string_view variable;
  const std::string& value;
  std::string_view things;  // that they name
};

// Each is named in one place; two that differ are a mistake somewhere.
Result<Unit, Error> take(const Told& told, std::string& place) {
  if (told.value.empty()) return Unit{};
  if (!is_plain(told.value)) {
    return refused(std::string(told.variable) + " has control characters in it, or is too long");
  }
  if (!place.empty() && place != told.value) {
    return refused(std::string(told.setting) + " and " + std::string(told.variable) +
                   " name different " + std::string(told.things) + ": keep one of them");
  }
  place = told.value;
  return Unit{};
}

Result<Unit, Error> take_all(const ProcessEnvironment& given, Config& config) {
  TRY(take({"master_key.file", "GATEHOUSE_MASTER_KEY_FILE", given.master_key_file, "files"},
           config.master_key.file));
  TRY(take(
      {"mail.password_file", "GATEHOUSE_SMTP_PASSWORD_FILE", given.smtp_password_file, "files"},
      config.mail.password_file));
  TRY(take({"database.url", "GATEHOUSE_DATABASE_URL", given.database_url, "databases"},
           config.database.url));
  if (!given.database_url.empty()) {
    const auto accepted = accept_database_url(given.database_url);
    if (!accepted.ok()) return refused("GATEHOUSE_DATABASE_URL " + accepted.error().detail);
  }
  return take({"database.password_file", "GATEHOUSE_DATABASE_PASSWORD_FILE",
               given.database_password_file, "files"},
              config.database.password_file);
}

Result<Unit, Error> check_database(const Config::Database& database) {
  if (database.password_file.empty()) return Unit{};
  if (database.url.empty()) {
    return refused("database.url is missing: database.password_file needs it");
  }
  if (has_password(database.url)) {
    return refused("database.url has a password, and database.password_file too: keep the file");
  }
  return Unit{};
}

Result<Unit, Error> check_required(Config& config) {
  for (const Setting& setting : all_settings()) {
    if (setting.need != Setting::Need::required) continue;
    const auto* text = std::get_if<ConfigText>(&setting.place);
    const auto* number = std::get_if<ConfigNumber>(&setting.place);
    const bool is_missing = (text != nullptr && (*text)(config)->empty()) ||
                            (number != nullptr && *(*number)(config) == 0);
    if (is_missing) {
      return refused(setting.name() + " is missing; for example: [" + std::string(setting.section) +
                     "] " + std::string(setting.key) + " = " + std::string(setting.example));
    }
  }
  return Unit{};
}

Result<Unit, Error> check_server(const Config::Server& server) {
  if (server.tls_certificate.empty() != server.tls_key.empty()) {
    return refused(server.tls_key.empty()
                       ? "server.tls_key is missing: server.tls_certificate needs it"
                       : "server.tls_certificate is missing: server.tls_key needs it");
  }
  if (server.tls_key.empty() && server.trusted_proxies.empty()) {
    return refused(
        "server.tls_certificate and server.tls_key are missing; or name the proxy that ends TLS in "
        "server.trusted_proxies");
  }
  return Unit{};
}

bool is_this_machine(const std::string& host) {
  const auto address = net::IpAddress::parse(host);
  return host == "localhost" || (address.has_value() && net::is_loopback(*address));
}

Result<Unit, Error> check_mail(const Config::Mail& mail) {
  if (mail.user.empty() != mail.password_file.empty()) {
    return refused(mail.user.empty() ? "mail.user is missing: mail.password_file needs it"
                                     : "mail.password_file is missing: mail.user needs it");
  }
  if (mail.security == "plain" && !is_this_machine(mail.host)) {
    return refused(
        "mail.security is plain, which would show sign-in codes to the network: use starttls or "
        "tls, or a relay on this machine");
  }
  return Unit{};
}

}  // namespace

environments::Settings Config::first_settings() const {
  environments::Settings settings;
  settings.product_name = environment.product_name;
  settings.support_email = environment.support_email;
  return settings;
}

LogLevel Config::log_level() const {
  if (log.level == "debug") return LogLevel::debug;
  if (log.level == "warning") return LogLevel::warning;
  if (log.level == "error") return LogLevel::error;
  return LogLevel::info;
}

ProcessEnvironment process_environment() {
  const auto text = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  return {text("GATEHOUSE_MASTER_KEY_FILE"), text("GATEHOUSE_SMTP_PASSWORD_FILE"),
          text("GATEHOUSE_DATABASE_URL"), text("GATEHOUSE_DATABASE_PASSWORD_FILE")};
}

Result<Config, Error> parse_config(std::string_view toml, const ProcessEnvironment& given) {
  if (toml.size() > config_bytes_max) return refused("the configuration is too long");
  Config config;
  const auto settings = TRY(read_toml(toml));
  TRY(put_all(settings, config));
  TRY(take_all(given, config));
  TRY(check_required(config));
  TRY(check_server(config.server));
  TRY(check_mail(config.mail));
  TRY(check_database(config.database));
  const auto problem = config.first_settings().problem();
  if (problem.has_value()) return refused("environment: " + *problem);
  const std::size_t name_bytes_max = limits::display_name_bytes_max;
  if (clean_display_name(config.environment.name, name_bytes_max) != config.environment.name) {
    return refused("environment.name is 1 to 200 bytes of plain text");
  }
  return config;
}

Result<Config, Error> load_config(const std::string& path, const ProcessEnvironment& given) {
  std::ifstream file(path, std::ios::binary);
  struct ::stat facts {};
  if (!file || ::stat(path.c_str(), &facts) != 0) {
    return Error(ErrorCode::not_found,
                 path + " cannot be read; `gatehouse serve --print-config-example` writes one");
  }
  if (!S_ISREG(facts.st_mode)) return Error(ErrorCode::unavailable, path + " is not a file");
  if ((facts.st_mode & S_IWOTH) != 0) {
    return Error(ErrorCode::failed_precondition,
                 path + ": everybody may write to it; run: chmod o-w " + path);
  }
  std::string text(config_bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  auto config = parse_config(text, given);
  if (!config.ok()) {
    return Error(config.error().code, path + ": " + config.error().detail);
  }
  const std::string& url = config.value().database.url;
  const bool is_in_file = given.database_url.empty() || text.find(url) != std::string::npos;
  if (is_in_file && has_password(url) && (facts.st_mode & S_IROTH) != 0) {
    return Error(ErrorCode::failed_precondition,
                 path +
                     ": everybody may read the password in database.url; put it into a file of"
                     " its own, with database.password_file, or run: chmod o= " +
                     path);
  }
  return config;
}

}  // namespace gatehouse::app
