#include "server/app/config_database.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "server/encoding/uri.h"
#include "server/net/address_guard.h"

namespace gatehouse::app {
namespace {

Error refused(std::string why) { return Error(ErrorCode::invalid_argument, std::move(why)); }

struct DatabaseUrl {
  std::string userinfo;
  std::vector<std::string> hosts;  // as written, decoded; an address without its brackets
  std::vector<std::pair<std::string, std::string>> options;

  [[nodiscard]] bool has(std::string_view name) const {
    return std::ranges::any_of(options, [name](const auto& one) { return one.first == name; });
  }
};

// "host", "host:5432", "[::1]:5432", "%2Frun%2Fpostgresql".
std::optional<std::string> host_of(std::string_view text) {
  if (!text.starts_with('[')) return percent_decode(text.substr(0, text.find(':')));
  const std::size_t end = text.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  return std::string(text.substr(1, end - 1));
}

bool split(std::string_view text, char separator, auto each) {
  while (true) {
    const std::size_t at = text.find(separator);
    if (!each(text.substr(0, at))) return false;
    if (at == std::string_view::npos) return true;
    text.remove_prefix(at + 1);
  }
}

std::optional<DatabaseUrl> parse(std::string_view text) {
  DatabaseUrl url;
  const bool has_scheme = text.starts_with("postgres://") || text.starts_with("postgresql://");
  if (!has_scheme) return std::nullopt;
  text.remove_prefix(text.find("://") + 3);
  const std::size_t question = text.find('?');
  const std::string_view query =
      question == std::string_view::npos ? std::string_view() : text.substr(question + 1);
  // The first "@" before a "/" ends the user, wherever the "?" is: they are not to be confused.
  if (query.find('@') != std::string_view::npos) return std::nullopt;
  std::string_view authority = text.substr(0, question);
  authority = authority.substr(0, authority.find('/'));
  const std::size_t at = authority.find('@');
  if (at != std::string_view::npos) {
    url.userinfo = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  const auto add_host = [&url](std::string_view one) {
    auto host = host_of(one);
    const bool is_whole = host.has_value() && host->find('@') == std::string::npos;
    if (is_whole && !host->empty()) url.hosts.push_back(std::move(*host));
    return is_whole;
  };
  if (!split(authority, ',', add_host)) return std::nullopt;
  const auto add_option = [&url](std::string_view one) {
    if (one.empty()) return true;
    const std::size_t equals = one.find('=');
    if (equals == std::string_view::npos) return false;
    auto name = percent_decode(one.substr(0, equals));
    auto value = percent_decode(one.substr(equals + 1));
    if (!name.has_value() || !value.has_value()) return false;
    url.options.emplace_back(std::move(*name), std::move(*value));
    return true;
  };
  if (!split(query, '&', add_option)) return std::nullopt;
  for (const auto& [name, value] : url.options) {
    if (name != "host" && name != "hostaddr") continue;
    split(value, ',', [&url](std::string_view one) {
      url.hosts.emplace_back(one);
      return true;
    });
  }
  return url;
}

// A socket's folder, an abstract socket, or an address of this machine.
bool is_local(const std::string& host) {
  if (host.starts_with('/') || host.starts_with('@') || host == "localhost") return true;
  const auto address = net::IpAddress::parse(host);
  return address.has_value() && net::is_loopback(*address);
}

bool is_verified(const DatabaseUrl& url) {
  return url.has("sslmode") && std::ranges::all_of(url.options, [](const auto& one) {
           return one.first != "sslmode" || one.second == "verify-full";
         });
}

}  // namespace

Result<std::string, Error> accept_database_url(std::string_view text) {
  const auto url = parse(text);
  if (!url.has_value()) {
    return refused(
        "is not a URL of PostgreSQL, as in postgres://gatehouse@db.example.com/gatehouse"
        "?sslmode=verify-full");
  }
  for (const std::string_view name : {"service", "servicefile", "ssl", "passfile"}) {
    if (url->has(name)) {
      return refused("has '" + std::string(name) +
                     "' in it, which would have parts of it stand elsewhere: write them out");
    }
  }
  if (url->hosts.empty() || std::ranges::any_of(url->hosts, &std::string::empty)) {
    return refused(
        "names no host; for a socket on this machine write"
        " postgres:///gatehouse?host=/run/postgresql");
  }
  if (!std::ranges::all_of(url->hosts, is_local) && !is_verified(*url)) {
    return refused(
        "leads to another machine, so it needs sslmode=verify-full, which alone proves whom the"
        " data goes to; add ?sslmode=verify-full&sslrootcert=FILE with the authority of the"
        " database's certificate");
  }
  return std::string(text);
}

bool has_password(std::string_view database_url) {
  const auto url = parse(database_url);
  return url.has_value() && (url->userinfo.find(':') != std::string::npos || url->has("password") ||
                             url->has("sslpassword"));
}

std::string with_password(std::string_view database_url, const Secret& password) {
  std::string url(database_url);
  url += url.find('?') == std::string::npos ? '?' : '&';
  return url + "password=" + percent_encode(password.reveal());
}

Result<storage::Location, Error> named_database(std::string_view option, std::string_view text) {
  if (!text.starts_with("sqlite:")) {
    const auto accepted = accept_database_url(text);
    if (!accepted.ok()) return refused(std::string(option) + " " + accepted.error().detail);
  }
  auto location = storage::Location::parse(text);
  if (!location.ok()) return refused(std::string(option) + ": " + location.error().detail);
  return location;
}

}  // namespace gatehouse::app
