// Redirects, and the URLs that they go to.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.h"

namespace gatehouse::http {

// 303: whatever the method was, the next request is a GET without a body, so that credentials that
// were posted are never posted on [RFC 9700 §4.12]. Not cached, and no Referer goes along: the URL
// may carry a code. ENSUREs that `url` can stand in a field.
[[nodiscard]] Response see_other(std::string_view url);

struct QueryParameter {
  std::string name;
  std::string value;
};

// The URL with parameters after those of its query, before its fragment.
[[nodiscard]] std::string with_query(std::string_view url,
                                     const std::vector<QueryParameter>& parameters);

// Whether a text that a request brought is a path of ours and can be nothing else in any browser:
// one slash and then no second one, no backslash, no control byte, no blank, no byte beyond ASCII.
[[nodiscard]] bool is_local_target(std::string_view target);

}  // namespace gatehouse::http
