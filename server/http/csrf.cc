#include "server/http/csrf.h"

#include <algorithm>
#include <optional>

#include "server/encoding/uri.h"

namespace gatehouse::http {

namespace {

// Whether one of the items of a list, up to its parameters, is that token: "prefetch;prerender".
bool has_token(std::string_view field, std::string_view token) {
  while (true) {
    const std::size_t comma = std::min(field.find(','), field.size());
    std::string_view item = field.substr(0, comma);
    item = trim_blanks(item.substr(0, item.find(';')));
    if (equal_ignoring_case(item, token)) return true;
    if (comma == field.size()) return false;
    field.remove_prefix(comma + 1);
  }
}

bool any_has_token(const Headers& headers, std::string_view name, std::string_view token) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const Headers::Field field = headers.at(i);
    if (equal_ignoring_case(field.name, name) && has_token(field.value, token)) return true;
  }
  return false;
}

}  // namespace

bool is_same_origin(const Request& request, std::string_view own_origin) {
  const Headers& headers = request.headers;
  for (const std::string_view name : {"Sec-Fetch-Site", "Origin", "Referer"}) {
    if (headers.count(name) > 1) return false;
  }
  const auto origin = headers.get("Origin");
  const bool is_ours = origin == own_origin;
  if (const auto site = headers.get("Sec-Fetch-Site")) {
    return site == "same-origin" && (!origin || is_ours || origin == "null");
  }
  if (origin) return is_ours;
  const auto referer = headers.get("Referer");
  return referer && origin_of(*referer) == own_origin;
}

bool is_speculative(const Request& request) {
  const Headers& headers = request.headers;
  return request.method == Method::head || any_has_token(headers, "Sec-Purpose", "prefetch") ||
         any_has_token(headers, "Purpose", "prefetch") ||
         any_has_token(headers, "X-Purpose", "preview") ||
         any_has_token(headers, "X-Moz", "prefetch") ||
         any_has_token(headers, "Sec-Fetch-Dest", "empty");
}

}  // namespace gatehouse::http
