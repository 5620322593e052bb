// Tokens: the words of an expression.

#pragma once

#include "server/claims/expression.h"

namespace gatehouse::claims {

struct Token {
  enum class Kind { name, text, integer, symbol, end } kind;
  std::size_t position;
  std::string text;  // of a text its meaning, else as written
};

// All of them, an `end` last. Errors: a character that begins nothing, a text that does not end, an
// escape other than \" \' \\ \n \t, too long an expression, one that is not UTF-8.
Result<std::vector<Token>, Problem> tokens_of(std::string_view expression);

}  // namespace gatehouse::claims
