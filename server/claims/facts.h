// Facts: what an expression can say about a person, as one JSON value:
//
//   {"user": {…}, "organization": {…}, "membership": {…}}
//
// The last two are null for somebody who is signed in to no organization. Members without a value
// are null. The names are in the table of facts.cc.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/encoding/json.h"

namespace gatehouse::claims {

[[nodiscard]] bool is_root(std::string_view name);
// What `root` has; ENSUREs that it is one.
[[nodiscard]] std::span<const std::string_view> attributes_of(std::string_view root);
[[nodiscard]] bool has_attribute(std::string_view root, std::string_view name);
[[nodiscard]] std::string attributes_text(std::string_view root);  // "id, email, …"

}  // namespace gatehouse::claims
