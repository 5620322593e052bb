#include "server/login/session_cookie.h"

#include "server/crypto/hash.h"
#include "server/crypto/hmac.h"
#include "server/encoding/base64.h"
#include "server/http/cookies.h"

namespace gatehouse::login {
namespace {

constexpr std::string_view session_name = "gh_session";
constexpr std::string_view browser_name = "gh_browser";
constexpr std::size_t browser_token_bytes = 32;
constexpr std::size_t cookie_value_bytes_max = 128;
constexpr Duration browser_lifetime = days(400);  // as long as browsers keep any cookie

http::Scheme scheme_of(const environments::Environment& environment) {
  return environment.is_https() ? http::Scheme::https : http::Scheme::http;
}

http::Cookie cookie(const environments::Environment& environment, std::string_view name) {
  const http::Scheme scheme = scheme_of(environment);
  http::Cookie cookie;
  cookie.name = http::cookie_name(name, scheme);
  cookie.secure = scheme == http::Scheme::https;
  return cookie;
}

std::optional<Secret> read(const http::Request& request,
                           const environments::Environment& environment, std::string_view name) {
  auto read = http::read_cookie(request, http::cookie_name(name, scheme_of(environment)));
  if (read.state != http::CookieRead::State::found) return std::nullopt;
  if (read.value.empty() || read.value.size() > cookie_value_bytes_max) return std::nullopt;
  return Secret(std::move(read.value));
}

Browser browser_with(Secret token, Browser::Seen seen) {
  std::string hash = crypto::sha256(token.reveal());
  return {.token = std::move(token), .hash = std::move(hash), .seen = seen};
}

}  // namespace

std::optional<Secret> read_session_cookie(const http::Request& request,
                                          const environments::Environment& environment) {
  return read(request, environment, session_name);
}

void set_session_cookie(http::Response& response, const environments::Environment& environment,
                        const Secret& token, Duration lifetime) {
  http::Cookie session = cookie(environment, session_name);
  session.value = token.reveal();
  session.max_age = std::chrono::floor<std::chrono::seconds>(lifetime);
  http::set_cookie(response, session);
}

void clear_session_cookie(http::Response& response, const environments::Environment& environment) {
  http::expire_cookie(response, cookie(environment, session_name));
}

std::optional<Browser> known_browser(const http::Request& request,
                                     const environments::Environment& environment) {
  auto token = read(request, environment, browser_name);
  if (!token.has_value()) return std::nullopt;
  return browser_with(std::move(*token), Browser::Seen::before);
}

Browser recognize_browser(const http::Request& request,
                          const environments::Environment& environment, Random& random) {
  if (auto known = known_browser(request, environment)) return std::move(*known);
  return browser_with(Secret(base64url_encode(random_bytes(random, browser_token_bytes))),
                      Browser::Seen::first_time);
}

void set_browser_cookie(http::Response& response, const environments::Environment& environment,
                        const Browser& browser) {
  http::Cookie binding = cookie(environment, browser_name);
  binding.value = browser.token.reveal();
  binding.max_age = std::chrono::floor<std::chrono::seconds>(browser_lifetime);
  http::set_cookie(response, binding);
}

std::string form_token(const Secret& form_key, const Browser& browser,
                       std::string_view belongs_to) {
  std::string text("form\n");
  text.append(browser.hash).append("\n").append(belongs_to);
  return base64url_encode(crypto::hmac_sha256(form_key.reveal(), text));
}

bool form_token_matches(const Secret& form_key, const Browser& browser, std::string_view belongs_to,
                        std::string_view shown) {
  return equal_in_constant_time(form_token(form_key, browser, belongs_to), shown);
}

}  // namespace gatehouse::login
