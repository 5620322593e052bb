#include "server/claims/token.h"

#include <array>

#include "server/encoding/utf8.h"

namespace gatehouse::claims {
namespace {

// Longer ones before those that they begin with.
constexpr std::array<std::string_view, 19> symbols = {"?.", "??", "==", "!=", "<=", ">=", "&&",
                                                      "||", ".",  "(",  ")",  "[",  "]",  ",",
                                                      "<",  ">",  "!",  "#",  "-"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  Result<std::vector<Token>, Problem> all() {
    std::vector<Token> tokens;
    while (true) {
      while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
      if (at_ == text_.size()) break;
      tokens.push_back(TRY(next()));
    }
    tokens.push_back({Token::Kind::end, at_, ""});
    return tokens;
  }

 private:
  Result<Token, Problem> next() {
    const char c = text_[at_];
    if (c == '"' || c == '\'') return quoted();
    if (is_digit(c)) return run(Token::Kind::integer, is_digit);
    if (is_letter(c)) {
      return run(Token::Kind::name, [](char each) { return is_letter(each) || is_digit(each); });
    }
    for (const std::string_view symbol : symbols) {
      if (!text_.substr(at_).starts_with(symbol)) continue;
      const std::size_t start = at_;
      at_ += symbol.size();
      return Token{Token::Kind::symbol, start, std::string(symbol)};
    }
    return Problem{at_, "this character means nothing here"};
  }

  template <class Belongs>
  Token run(Token::Kind kind, Belongs belongs) {
    const std::size_t start = at_;
    while (at_ < text_.size() && belongs(text_[at_])) ++at_;
    return {kind, start, std::string(text_.substr(start, at_ - start))};
  }

  Result<Token, Problem> quoted() {
    const std::size_t start = at_;
    const char quote = text_[at_++];
    std::string meaning;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] != '\\') {
        meaning += text_[at_++];
        continue;
      }
      const char escaped = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      const std::size_t which = std::string_view("\"'\\nt").find(escaped);
      if (which == std::string_view::npos) return Problem{at_, "there is no such escape"};
      meaning += std::string_view("\"'\\\n\t")[which];
      at_ += 2;
    }
    if (at_ == text_.size()) return Problem{start, "this text does not end"};
    ++at_;
    return Token{Token::Kind::text, start, std::move(meaning)};
  }

  // tidy: allow view-member: a Scanner lives within one call of tokens_of
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<Token>, Problem> tokens_of(std::string_view expression) {
  if (expression.size() > expression_bytes_max) {
    return Problem{expression_bytes_max,
                   "an expression has at most " + std::to_string(expression_bytes_max) + " bytes"};
  }
  // Texts would carry a NUL into tokens, and other bytes would not be JSON.
  if (!is_utf8(expression) || expression.find('\0') != std::string_view::npos) {
    return Problem{0, "an expression is plain text in UTF-8"};
  }
  return Scanner(expression).all();
}

}  // namespace gatehouse::claims
