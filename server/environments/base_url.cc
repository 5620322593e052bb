// The rules of a base URL, which is the issuer of everything the environment says
// [OIDC Discovery §3] [RFC 8414 §2].

#include <arpa/inet.h>

#include <array>

#include "server/encoding/uri.h"
#include "server/environments/environment.h"

namespace gatehouse::environments {
namespace {

constexpr std::size_t base_url_bytes_max = 255;

// How a browser writes the host, and therefore how requests name it [RFC 5952 §4].
std::string host_text(const Uri& uri) {
  if (uri.host_kind != HostKind::ipv6) return uri.host;
  std::array<unsigned char, 16> address{};
  std::array<char, INET6_ADDRSTRLEN> text{};
  ENSURE(::inet_pton(AF_INET6, uri.host.c_str(), address.data()) == 1);
  ENSURE(::inet_ntop(AF_INET6, address.data(), text.data(), text.size()) != nullptr);
  return "[" + std::string(text.data()) + "]";
}

// What keeps `uri` from being an issuer; nullopt if nothing does.
std::optional<std::string> problem_of(Kind kind, const Uri& uri) {
  const bool is_http = uri.scheme == "http";
  if (uri.scheme != "https" && !is_http) return "it must begin with https://";
  if (uri.userinfo.has_value()) return "it must not contain a user name or password";
  if (uri.query.has_value()) return "it must not contain a query (?)";
  if (uri.fragment.has_value()) return "it must not contain a fragment (#)";
  if (!uri.path.empty() && uri.path != "/") return "it must not contain a path";
  if (kind == Kind::development) return std::nullopt;
  if (is_http) return "http is for development environments only: use https";
  if (is_loopback_host(uri)) {
    return "localhost is for development environments only: use the name that people will see";
  }
  return std::nullopt;
}

}  // namespace

Result<std::string, Error> normalize_base_url(Kind kind, std::string_view text) {
  const auto refused = [](std::string_view why) {
    return Error(ErrorCode::invalid_argument, "base URL: " + std::string(why));
  };
  if (text.size() > base_url_bytes_max) return refused("it is longer than 255 bytes");
  const std::optional<Uri> uri = parse_uri(text);
  if (!uri.has_value() || !uri->has_authority || uri->host_kind == HostKind::none) {
    return refused("it must have the form https://host or https://host:port");
  }
  const auto problem = problem_of(kind, *uri);
  if (problem.has_value()) return refused(*problem);

  std::string url = uri->scheme + "://" + host_text(*uri);
  const std::uint16_t usual_port = uri->scheme == "https" ? 443 : 80;
  if (uri->port.has_value() && *uri->port != usual_port) url += ":" + std::to_string(*uri->port);
  return url;
}

}  // namespace gatehouse::environments
