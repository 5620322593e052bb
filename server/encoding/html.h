// Html: markup that is safe to put into a page. Text from anywhere becomes Html by being escaped;
// markup becomes Html only when it is written in our source, or rendered by something that escapes.

#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace gatehouse {

// Replaces & < > " ' so that the text means itself in element content and in quoted attributes.
[[nodiscard]] std::string escape_html(std::string_view text);
void append_escaped_html(std::string& out, std::string_view text);

// A string literal, and nothing that is put together at run time. For parameters only.
class HtmlLiteral {
 public:
  consteval HtmlLiteral(const char* text) : text_(text) {}
  [[nodiscard]] constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;  // tidy: allow view-member: of static storage only
};

class Html {
 public:
  Html() = default;

  [[nodiscard]] static Html escaped(std::string_view text);
  [[nodiscard]] static Html literal(HtmlLiteral markup);
  // For renderers: `markup` is the outcome of a template that escaped all it was given.
  [[nodiscard]] static Html rendered(std::string markup);

  Html& operator+=(const Html& other);

  [[nodiscard]] const std::string& markup() const { return markup_; }
  [[nodiscard]] std::string take() && { return std::move(markup_); }
  [[nodiscard]] bool empty() const { return markup_.empty(); }

 private:
  explicit Html(std::string markup) : markup_(std::move(markup)) {}
  std::string markup_;
};

}  // namespace gatehouse
