// Search keys: the form in which names are stored and compared for search, so that "É" is found
// by "é".

#pragma once

#include <string>
#include <string_view>

namespace gatehouse::users {

// `text` in lower case, as far as one character stands for one: Latin, Greek and Cyrillic letters.
// Whatever else it holds, invalid bytes included, stays as it is.
[[nodiscard]] std::string search_key(std::string_view text);

// The end, exclusive, of the range of texts that begin with `prefix`, in the order of their bytes.
[[nodiscard]] std::string end_of_prefix(std::string_view prefix);

}  // namespace gatehouse::users
