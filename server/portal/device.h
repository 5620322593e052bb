// What a User-Agent says in words that a person recognises: "Firefox on Linux". A guess for
// display, good for nothing else.

#pragma once

#include <string>
#include <string_view>

namespace gatehouse::portal {

[[nodiscard]] std::string device_name(std::string_view user_agent);

}  // namespace gatehouse::portal
