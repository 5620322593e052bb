#include "server/app/config_settings.h"

#include <arpa/inet.h>

#include <array>

#include "server/app/config_database.h"
#include "server/net/address_guard.h"

namespace gatehouse::app {
namespace {

using Need = Setting::Need;

Error refused(std::string why) { return Error(ErrorCode::invalid_argument, std::move(why)); }

// Addresses are compared as texts, so they are kept in the form that the system gives them.
Result<std::string, Error> ip_address(std::string_view text) {
  const auto address = net::IpAddress::parse(text);
  if (!address.has_value()) {
    return refused("'" + std::string(text) + "' is not an IP address (no names, no networks)");
  }
  const bool is_v4 = address->family() == net::IpAddress::Family::v4;
  std::array<char, INET6_ADDRSTRLEN> out{};
  ENSURE(::inet_ntop(is_v4 ? AF_INET : AF_INET6, address->bytes().data(), out.data(), out.size()) !=
         nullptr);
  return std::string(out.data());
}

Result<std::string, Error> base_url(std::string_view text) {
  return environments::normalize_base_url(environments::Kind::production, text);
}

Result<std::string, Error> mail_address(std::string_view text) {
  const auto address = net::MailAddress::parse(text);
  if (!address.has_value())
    return refused("must be a plain e-mail address, such as id@example.com");
  return address->text();
}

Result<std::string, Error> mail_security(std::string_view text) {
  if (text == "starttls" || text == "tls" || text == "plain") return std::string(text);
  return refused("is starttls, tls or plain");
}

Result<std::string, Error> migrate(std::string_view text) {
  if (text == "at_start" || text == "never") return std::string(text);
  return refused("is at_start or never");
}

Result<std::string, Error> log_level(std::string_view text) {
  if (text == "debug" || text == "info" || text == "warning" || text == "error") {
    return std::string(text);
  }
  return refused("is debug, info, warning or error");
}

// clang-format off
#define PLACE(type, member) [](Config& config) -> type* { return &config.member; }
#define TEXT(member) ConfigText(PLACE(std::string, member))
#define NUMBER(member) ConfigNumber(PLACE(int, member))
#define LIST(member) ConfigList(PLACE(std::vector<std::string>, member))
// clang-format on

constexpr int threads_max = 64;
constexpr int workers_max = 512;
constexpr int throttle_max = 1'000'000;
constexpr int connections_least = 2;
constexpr int connections_most = 200;

constexpr Section sections[] = {
    {"server", "Where it listens, and with what certificate."},
    {"data", "What it keeps on this machine."},
    {"database",
     "Where what it knows is. Without a URL that is SQLite, a file in the data folder, for one "
     "server. With one it is PostgreSQL 15 or newer, which any number of servers share, each with "
     "the same URL, master key and environment."},
    {"master_key", "The one key that everything secret at rest is sealed with."},
    {"environment",
     "The environment that the first start makes. Later starts hold it against what the data "
     "folder "
     "has, and change nothing: `gatehouse admin environments set` does."},
    {"mail", "How sign-in codes and links are sent. People cannot sign in without mail."},
    {"log", "One JSON object a line. Secrets, codes and addresses of pages never enter it."},
    {"limits",
     "How often one may try. Each can be raised, for office networks behind one address say; none "
     "can be switched off."},
};

constexpr Setting settings[] = {
    {"server",
     "bind",
     TEXT(server.bind),
     "IP address to listen on: 127.0.0.1 behind a proxy on the same machine, 0.0.0.0 or :: for all "
     "networks.",
     {},
     Need::optional,
     0,
     0,
     ip_address},
    {"server", "port", NUMBER(server.port), "Port to listen on.", "8443", Need::required, 1, 65535},
    {"server", "tls_certificate", TEXT(server.tls_certificate),
     "Certificate chain as PEM, the server's own first. Certificate and key go together. Without "
     "them there must be a trusted proxy that ends TLS.",
     "\"/etc/gatehouse/tls.pem\""},
    {"server", "tls_key", TEXT(server.tls_key),
     "Private key of the certificate as PEM. Refused if everybody may read it.",
     "\"/etc/gatehouse/tls.key\""},
    {"server", "trusted_proxies", LIST(server.trusted_proxies),
     "IP addresses of your own proxies, whose X-Forwarded-For is believed. Nobody else's is.",
     "[\"10.0.0.2\"]", Need::optional, 0, 0, ip_address},
    {"server",
     "io_threads",
     NUMBER(server.io_threads),
     "Threads that serve connections: about one for each core of the machine.",
     {},
     Need::optional,
     1,
     threads_max},
    {"server",
     "worker_threads",
     NUMBER(server.worker_threads),
     "Threads for work that waits, for a durable commit say.",
     {},
     Need::optional,
     1,
     workers_max},
    {"data", "folder", TEXT(data.folder),
     "Folder of the database, unless that is elsewhere. Made if it is missing; refused if others "
     "may write to it. Back it up with `gatehouse backup`, and the master key beside it.",
     "\"/var/lib/gatehouse\"", Need::required},
    {"database", "url", TEXT(database.url),
     "URL of a PostgreSQL database in UTF-8; several hosts, separated by commas, are tried until "
     "one takes writes. Hosts on other machines need sslmode=verify-full. A socket's folder is "
     "written as postgres:///gatehouse?host=/run/postgresql. Without it, the database is "
     "gatehouse.db in data.folder. GATEHOUSE_DATABASE_URL can say it instead.",
     "\"postgres://gatehouse@db.example.com/gatehouse?sslmode=verify-full\"", Need::optional, 0, 0,
     accept_database_url},
    {"database", "password_file", TEXT(database.password_file),
     "File with the password, readable by its owner only. Without it, PGPASSFILE, a client "
     "certificate (sslcert and sslkey in the URL) or a socket's peer are what else PostgreSQL "
     "offers. GATEHOUSE_DATABASE_PASSWORD_FILE can say it instead.",
     "\"/etc/gatehouse/database.password\""},
    {"database",
     "connections_max",
     NUMBER(database.connections_max),
     "Connections to PostgreSQL that one server opens at most. All servers together stay below its "
     "max_connections.",
     {},
     Need::optional,
     connections_least,
     connections_most},
    {"database",
     "migrate",
     TEXT(database.migrate),
     "`at_start`: every start, and every command, first brings the schema up to date; servers of "
     "the release before go on working on it. `never`: they refuse until `gatehouse migrate` has "
     "run.",
     {},
     Need::optional,
     0,
     0,
     migrate},
    {"master_key", "file", TEXT(master_key.file),
     "File with 64 hexadecimal digits, readable by its owner only: `(umask 077; openssl rand -hex "
     "32 > master.key)`. Without this key the database cannot be used. GATEHOUSE_MASTER_KEY_FILE "
     "can say it instead.",
     "\"/etc/gatehouse/master.key\"", Need::required},
    {"environment", "name", TEXT(environment.name), "What operators call it.", {}, Need::optional},
    {"environment", "base_url", TEXT(environment.base_url),
     "The issuer: the https address under which people and applications reach this server, without "
     "a path.",
     "\"https://id.example.com\"", Need::required, 0, 0, base_url},
    {"environment", "product_name", TEXT(environment.product_name),
     "What hosted pages and mails call themselves.", "\"Acme\"", Need::required},
    {"environment", "support_email", TEXT(environment.support_email),
     "Shown on error pages, where people ask for help.", "\"help@example.com\"", Need::optional, 0,
     0, mail_address},
    {"mail", "host", TEXT(mail.host), "Name or address of the mail server.", "\"smtp.example.com\"",
     Need::required},
    {"mail",
     "port",
     NUMBER(mail.port),
     "Its port: 587 for starttls, 465 for tls.",
     {},
     Need::optional,
     1,
     65535},
    {"mail",
     "security",
     TEXT(mail.security),
     "`starttls` or `tls`: encrypted or not sent. `plain` is for a relay on this machine only.",
     {},
     Need::optional,
     0,
     0,
     mail_security},
    {"mail", "user", TEXT(mail.user), "User name at the mail server, where it wants one.",
     "\"gatehouse\""},
    {"mail", "password_file", TEXT(mail.password_file),
     "File with the password, readable by its owner only. User and password go together. "
     "GATEHOUSE_SMTP_PASSWORD_FILE can say it instead.",
     "\"/etc/gatehouse/smtp.password\""},
    {"mail", "from", TEXT(mail.from), "Address that the mails come from.", "\"id@example.com\"",
     Need::required, 0, 0, mail_address},
    {"mail", "ca_file", TEXT(mail.ca_file),
     "PEM bundle of authorities that replaces the system's, for a mail server of your own.",
     "\"/etc/gatehouse/mail-ca.pem\""},
    {"log", "file", TEXT(log.file), "File that is appended to. Standard error unless said.",
     "\"/var/log/gatehouse.log\""},
    {"log",
     "level",
     TEXT(log.level),
     "The lowest level that is written: debug, info, warning, "
     "error.",
     {},
     Need::optional,
     0,
     0,
     log_level},
    {"limits",
     "mails_per_address_per_minute",
     NUMBER(limits.mails_per_address_per_minute),
     "Mails to one address in a minute.",
     {},
     Need::optional,
     1,
     throttle_max},
    {"limits",
     "mails_per_address_per_hour",
     NUMBER(limits.mails_per_address_per_hour),
     "Mails to one address in an hour.",
     {},
     Need::optional,
     1,
     throttle_max},
    {"limits",
     "mails_per_source_per_hour",
     NUMBER(limits.mails_per_source_per_hour),
     "Mails that one IP address can cause in an hour.",
     {},
     Need::optional,
     1,
     throttle_max},
    {"limits",
     "wrong_codes_per_address_per_hour",
     NUMBER(limits.wrong_codes_per_address_per_hour),
     "Wrong codes for one address in an hour.",
     {},
     Need::optional,
     1,
     throttle_max},
    {"limits",
     "wrong_codes_per_source_per_hour",
     NUMBER(limits.wrong_codes_per_source_per_hour),
     "Wrong codes from one IP address in an hour.",
     {},
     Need::optional,
     1,
     throttle_max},
};

#undef LIST
#undef NUMBER
#undef TEXT
#undef PLACE

}  // namespace

std::string Setting::name() const { return std::string(section) + "." + std::string(key); }

std::span<const Setting> all_settings() { return settings; }
std::span<const Section> all_sections() { return sections; }

}  // namespace gatehouse::app
