// Cookies [RFC 6265]: reading one of ours out of a request, and setting one in an answer.
//
// A neighbouring host, or a page in clear text, can plant a cookie beside ours. Which of two a
// browser sends first is up to the attacker, so two of one name are never chosen from: the reader
// learns that the name is ambiguous and goes on without it.

#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.h"

namespace gatehouse::http {

struct CookieRead {
  enum class State { absent, found, ambiguous };
  State state = State::absent;
  std::string value;  // only if found
};

// The cookie of exactly that name, whatever else is sent beside it. A cookie of that name whose
// value we could not have set (quotes, blanks, bytes beyond ASCII) counts as ambiguous.
[[nodiscard]] CookieRead read_cookie(const Request& request, std::string_view name);

enum class SameSite { strict, lax, none };

struct Cookie {
  std::string name = {};
  std::string value = {};
  // None: until the browser closes.
  std::optional<std::chrono::seconds> max_age = {};
  std::string path = "/";
  bool http_only = true;
  bool secure = true;
  SameSite same_site = SameSite::lax;
};

// Adds a Set-Cookie field and makes the answer `Cache-Control: no-store`. ENSUREs what a browser
// would silently refuse: a name that is no token, bytes that no cookie can hold, `__Host-` without
// Secure or with another path, SameSite=None without Secure.
void set_cookie(Response& response, const Cookie& cookie);

// Takes a cookie back. The fields that identify it must be those with which it was set.
void expire_cookie(Response& response, Cookie cookie);

// "__Host-name" where pages are served over https, so that no other host can set it; "name" alone
// on http, where browsers refuse the prefix. `scheme` is that of the issuer, not of the connection:
// a proxy may stand between.
[[nodiscard]] std::string cookie_name(std::string_view name, Scheme scheme);

}  // namespace gatehouse::http
