#include "server/portal/portal_cookie.h"

#include "server/http/cookies.h"

namespace gatehouse::portal {
namespace {

constexpr std::size_t value_bytes_max = 128;

http::Cookie cookie(const environments::Environment& environment) {
  const http::Scheme scheme = environment.is_https() ? http::Scheme::https : http::Scheme::http;
  http::Cookie cookie;
  cookie.name = http::cookie_name("gh_portal", scheme);
  cookie.secure = scheme == http::Scheme::https;
  return cookie;
}

}  // namespace

std::optional<Secret> read_portal_cookie(const http::Request& request,
                                         const environments::Environment& environment) {
  auto read = http::read_cookie(request, cookie(environment).name);
  if (read.state != http::CookieRead::State::found) return std::nullopt;
  if (read.value.empty() || read.value.size() > value_bytes_max) return std::nullopt;
  return Secret(std::move(read.value));
}

void set_portal_cookie(http::Response& response, const environments::Environment& environment,
                       const Secret& token, Duration lifetime) {
  http::Cookie session = cookie(environment);
  session.value = token.reveal();
  session.max_age = std::chrono::floor<std::chrono::seconds>(lifetime);
  http::set_cookie(response, session);
}

void clear_portal_cookie(http::Response& response, const environments::Environment& environment) {
  http::expire_cookie(response, cookie(environment));
}

}  // namespace gatehouse::portal
