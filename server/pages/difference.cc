#include "server/pages/difference.h"

#include <algorithm>

namespace gatehouse::pages {
namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

}  // namespace

Difference difference(const Compared& texts) {
  const auto [text, other] = texts;
  const std::size_t shorter = std::min(text.size(), other.size());
  std::size_t start = 0;
  while (start < shorter && text[start] == other[start]) ++start;
  while (start > 0 && start < text.size() && continues_character(text[start])) --start;
  std::size_t end = 0;
  while (end < shorter - start && text[text.size() - 1 - end] == other[other.size() - 1 - end])
    ++end;
  while (end > 0 && continues_character(text[text.size() - end])) --end;
  return {.same_start = text.substr(0, start),
          .differing = text.substr(start, text.size() - start - end),
          .same_end = text.substr(text.size() - end)};
}

std::size_t common_length(const Compared& texts) {
  return texts.text.size() - difference(texts).differing.size();
}

}  // namespace gatehouse::pages
