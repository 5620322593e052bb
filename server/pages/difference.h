// Where two texts differ: what they have in common at the start and at the end, and what is
// between.

#pragma once

#include <cstddef>
#include <string_view>

namespace gatehouse::pages {

// The three parts of `text`, seen against another: start + differing + end == text. The parts are
// cut between whole UTF-8 characters.
struct Difference {
  std::string_view same_start;
  std::string_view differing;
  std::string_view same_end;
};

struct Compared {
  std::string_view text;
  std::string_view other;
};
[[nodiscard]] Difference difference(const Compared& texts);

// How many bytes of `text` it shares with the other, at the start and at the end.
[[nodiscard]] std::size_t common_length(const Compared& texts);

}  // namespace gatehouse::pages
