#include "server/http/redirect.h"

#include <algorithm>

#include "server/encoding/form.h"

namespace gatehouse::http {

Response see_other(std::string_view url) {
  Response response;
  response.status = 303;
  response.headers.add("Location", url);
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("Referrer-Policy", "no-referrer");
  return response;
}

std::string with_query(std::string_view url, const std::vector<QueryParameter>& parameters) {
  const std::size_t fragment = std::min(url.find('#'), url.size());
  std::string out(url.substr(0, fragment));
  const std::size_t mark = out.find('?');
  // Nothing needs to stand between "?" or "&" and the first parameter.
  std::string_view joint = "&";
  if (mark == std::string::npos) {
    joint = "?";
  } else if (mark + 1 == out.size() || out.back() == '&') {
    joint = "";
  }
  std::string query;
  for (const QueryParameter& parameter : parameters) {
    append_form_field(query, parameter.name, parameter.value);
  }
  if (!query.empty()) out.append(joint).append(query);
  return out.append(url.substr(fragment));
}

bool is_local_target(std::string_view target) {
  if (!target.starts_with('/') || target.starts_with("//")) return false;
  return std::all_of(target.begin(), target.end(),
                     [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
}

}  // namespace gatehouse::http
