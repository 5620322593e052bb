#include "server/http/cookies.h"

#include <algorithm>

#include "server/core/ensure.h"

namespace gatehouse::http {

namespace {

// cookie-octet [RFC 6265 §4.1.1].
bool is_cookie_value(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
  });
}

// Counts the cookies of that name in one Cookie field; `value` is that of the last.
std::size_t count_in_field(std::string_view field, std::string_view name, std::string_view& value) {
  std::size_t count = 0;
  while (true) {
    const std::size_t end = std::min(field.find(';'), field.size());
    const std::string_view pair = field.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && trim_blanks(pair.substr(0, equals)) == name) {
      ++count;
      value = trim_blanks(pair.substr(equals + 1));
    }
    if (end == field.size()) return count;
    field.remove_prefix(end + 1);
  }
}

std::string_view same_site_name(SameSite same_site) {
  switch (same_site) {
    case SameSite::strict: return "Strict";
    case SameSite::lax: return "Lax";
    case SameSite::none: return "None";
  }
  return "Strict";
}

}  // namespace

CookieRead read_cookie(const Request& request, std::string_view name) {
  std::size_t count = 0;
  std::string_view value;
  // HTTP/2 may send each cookie in a field of its own [RFC 9113 §8.2.3].
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const Headers::Field field = request.headers.at(i);
    if (equal_ignoring_case(field.name, "cookie")) {
      count += count_in_field(field.value, name, value);
    }
  }
  if (count == 0) return CookieRead{};
  if (count > 1 || !is_cookie_value(value)) return CookieRead{CookieRead::State::ambiguous, {}};
  return CookieRead{CookieRead::State::found, std::string(value)};
}

void set_cookie(Response& response, const Cookie& cookie) {
  ENSURE(is_field_name(cookie.name));
  ENSURE(is_cookie_value(cookie.value));
  ENSURE(cookie.path.starts_with('/') && is_field_value(cookie.path) &&
         cookie.path.find(';') == std::string::npos);
  ENSURE(!cookie.name.starts_with("__Host-") || (cookie.secure && cookie.path == "/"));
  ENSURE(!cookie.name.starts_with("__Secure-") || cookie.secure);
  ENSURE(cookie.same_site != SameSite::none || cookie.secure);
  std::string field;
  field.reserve(cookie.name.size() + cookie.value.size() + cookie.path.size() + 80);
  field.append(cookie.name).append("=").append(cookie.value).append("; Path=").append(cookie.path);
  if (cookie.max_age) field.append("; Max-Age=").append(std::to_string(cookie.max_age->count()));
  if (cookie.secure) field.append("; Secure");
  if (cookie.http_only) field.append("; HttpOnly");
  field.append("; SameSite=").append(same_site_name(cookie.same_site));
  response.headers.add("Set-Cookie", field);
  response.headers.set("Cache-Control", "no-store");
}

void expire_cookie(Response& response, Cookie cookie) {
  cookie.value.clear();
  cookie.max_age = std::chrono::seconds(0);
  set_cookie(response, cookie);
}

std::string cookie_name(std::string_view name, Scheme scheme) {
  return std::string(scheme == Scheme::https ? "__Host-" : "").append(name);
}

}  // namespace gatehouse::http
