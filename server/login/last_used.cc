#include "server/login/last_used.h"

#include "server/http/cookies.h"

namespace gatehouse::login {
namespace {

constexpr std::string_view by_mail = "email";

http::Cookie named_cookie(const environments::Environment& environment) {
  const http::Scheme scheme = environment.is_https() ? http::Scheme::https : http::Scheme::http;
  return {.name = http::cookie_name("gh_last", scheme), .secure = scheme == http::Scheme::https};
}

}  // namespace

std::optional<LastUsed> read_last_used(const http::Request& request,
                                       const environments::Environment& environment) {
  const http::CookieRead cookie = http::read_cookie(request, named_cookie(environment).name);
  if (cookie.state != http::CookieRead::State::found) return std::nullopt;
  if (cookie.value == by_mail) return LastUsed{};
  const auto connection = ConnectionId::parse(cookie.value);
  if (!connection.has_value()) return std::nullopt;
  return LastUsed{connection};
}

void set_last_used(http::Response& response, const environments::Environment& environment,
                   const LastUsed& last) {
  http::Cookie cookie = named_cookie(environment);
  cookie.value = last.connection.has_value() ? last.connection->text() : std::string(by_mail);
  cookie.max_age = days(365);
  http::set_cookie(response, cookie);
}

}  // namespace gatehouse::login
