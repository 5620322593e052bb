// Words of a command line that is shown to be copied into a POSIX shell.

#pragma once

#include <string>
#include <string_view>

namespace gatehouse {

// The text as one word: as it is where that is safe, in single quotes otherwise.
[[nodiscard]] std::string shell_word(std::string_view text);

}  // namespace gatehouse
