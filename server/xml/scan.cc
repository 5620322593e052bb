#include "server/xml/scan.h"

#include <algorithm>
#include <array>

#include "server/encoding/utf8.h"

namespace gatehouse::xml {
namespace {

using Checked = Result<Unit, ParseProblem>;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::array<std::string_view, 5> entities = {"amp", "lt", "gt", "quot", "apos"};
constexpr std::size_t reference_bytes_max = 10;  // of "#x10FFFF" and some zeros

// Each one in scope is searched for each name: more would make the tree slow to build.
constexpr std::size_t namespaces_in_scope_max = 128;

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool ends_name(char c) {
  return is_blank(c) || c == '=' || c == '/' || c == '>' || c == '<' || c == '"' || c == '\'';
}

// Whatever begins with "<!" or "<?", wherever it stands: a "<" is nothing but markup in XML that is
// well-formed without CDATA.
Checked check_markup(std::string_view body) {
  for (std::size_t at = body.find('<'); at != std::string_view::npos; at = body.find('<', at + 1)) {
    const char next = at + 1 < body.size() ? body[at + 1] : '\0';
    if (next == '!') {
      return body.substr(at).starts_with("<!--") ? ParseProblem::comment : ParseProblem::doctype;
    }
    if (next == '?') return ParseProblem::processing;
  }
  return Unit{};
}

// What stands between "&" and ";".
bool is_harmless_reference(std::string_view name) {
  if (!name.starts_with('#')) return std::ranges::find(entities, name) != entities.end();
  name.remove_prefix(1);
  if (name.starts_with('x')) {
    name.remove_prefix(1);
    return !name.empty() && std::ranges::all_of(name, is_hex);
  }
  return !name.empty() && std::ranges::all_of(name, is_digit);
}

Checked check_references(std::string_view text) {
  for (std::size_t at = text.find('&'); at != std::string_view::npos; at = text.find('&', at + 1)) {
    const std::string_view rest = text.substr(at + 1, reference_bytes_max + 1);
    const std::size_t end = rest.find(';');
    if (end == std::string_view::npos || !is_harmless_reference(rest.substr(0, end))) {
      return ParseProblem::entity;
    }
  }
  return Unit{};
}

// Reads words off the front of an XML declaration.
class DeclarationReader {
 public:
  explicit DeclarationReader(std::string_view text) : rest_(text) {}

  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }
  // name = "value" or 'value', with a blank before it; empty if it is something else.
  [[nodiscard]] std::string_view take(std::string_view name) {
    std::string_view at = rest_;
    const auto skip = [&at] {
      while (!at.empty() && is_blank(at.front())) at.remove_prefix(1);
    };
    skip();
    if (at.size() == rest_.size() || !at.starts_with(name)) return {};
    at.remove_prefix(name.size());
    skip();
    if (!at.starts_with('=')) return {};
    at.remove_prefix(1);
    skip();
    if (at.empty() || (at.front() != '"' && at.front() != '\'')) return {};
    const std::size_t close = at.find(at.front(), 1);
    if (close == std::string_view::npos) return {};
    rest_ = at.substr(close + 1);
    return at.substr(1, close - 1);
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;  // tidy: allow view-member: of the bytes that are being scanned
};

// Where the body begins: behind <?xml version="1.0" encoding="UTF-8" standalone="…"?>, if there is
// such a thing.
Result<std::size_t, ParseProblem> skip_declaration(std::string_view bytes) {
  std::size_t begin = bytes.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  const std::string_view text = bytes.substr(begin);
  constexpr std::string_view open = "<?xml";
  if (text.starts_with(open) && text.size() > open.size() && is_blank(text[open.size()])) {
    const std::size_t close = text.find("?>");
    if (close == std::string_view::npos) return ParseProblem::malformed;
    DeclarationReader reader(text.substr(open.size(), close - open.size()));
    if (reader.take("version") != "1.0") return ParseProblem::malformed;
    std::string encoding(reader.take("encoding"));
    for (char& c : encoding) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    if (!encoding.empty() && encoding != "utf-8") return ParseProblem::not_utf8;
    (void)reader.take("standalone");
    reader.skip_blanks();
    if (!reader.rest().empty()) return ParseProblem::malformed;
    begin += close + 2;
  }
  while (begin < bytes.size() && is_blank(bytes[begin])) ++begin;
  // The parser would skip a second byte order mark, and guess at other encodings.
  if (begin == bytes.size() || bytes[begin] != '<') return ParseProblem::malformed;
  return begin;
}

class TagScanner {
 public:
  TagScanner(std::string_view bytes, const ParseLimits& limits) : bytes_(bytes), limits_(limits) {}

  // From `begin` to the end.
  Result<std::vector<ElementSpan>, ParseProblem> run(std::size_t begin) {
    at_ = begin;
    while (at_ < bytes_.size()) {
      const std::size_t tag = std::min(bytes_.find('<', at_), bytes_.size());
      TRY(check_references(bytes_.substr(at_, tag - at_)));
      at_ = tag;
      if (at_ == bytes_.size()) break;
      if (peek(1) == '/') {
        TRY(end_tag());
      } else {
        TRY(start_tag());
      }
    }
    if (!open_.empty() || elements_.empty()) return ParseProblem::malformed;
    return std::move(elements_);
  }

 private:
  struct Open {
    std::size_t index;  // among elements_
    std::size_t namespaces_before;
  };

  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < bytes_.size() ? bytes_[at_ + ahead] : '\0';
  }
  void skip_blanks() {
    while (is_blank(peek())) ++at_;
  }
  std::string_view name() {
    const std::size_t begin = at_;
    while (at_ < bytes_.size() && !ends_name(bytes_[at_])) ++at_;
    return bytes_.substr(begin, at_ - begin);
  }

  Checked end_tag() {
    at_ += 2;
    if (name().empty()) return ParseProblem::malformed;
    skip_blanks();
    if (peek() != '>' || open_.empty()) return ParseProblem::malformed;
    ++at_;
    elements_[open_.back().index].end = at_;
    namespaces_ = open_.back().namespaces_before;
    open_.pop_back();
    return Unit{};
  }

  Checked start_tag() {
    if (elements_.size() == limits_.elements_max) return ParseProblem::too_large;
    if (open_.size() == limits_.depth_max) return ParseProblem::too_deep;
    const Open opened{elements_.size(), namespaces_};
    ElementSpan span{.begin = at_, .content_begin = 0, .end = 0, .form = ElementSpan::Form::pair};
    ++at_;
    if (name().empty()) return ParseProblem::malformed;
    TRY(attributes());
    const bool is_empty = peek() == '/';
    at_ += is_empty ? 1 : 0;
    if (peek() != '>') return ParseProblem::malformed;
    ++at_;
    span.content_begin = at_;
    if (is_empty) {
      span.end = at_;
      span.form = ElementSpan::Form::empty_tag;
      namespaces_ = opened.namespaces_before;
    } else {
      open_.push_back(opened);
    }
    elements_.push_back(span);
    return Unit{};
  }

  Checked attributes() {
    for (std::size_t count = 0;; ++count) {
      skip_blanks();
      if (peek() == '>' || peek() == '/') return Unit{};
      if (count == limits_.attributes_max) return ParseProblem::too_large;
      const std::string_view key = name();
      if (key == "xmlns" || key.starts_with("xmlns:")) ++namespaces_;
      if (namespaces_ > namespaces_in_scope_max) return ParseProblem::too_large;
      skip_blanks();
      if (key.empty() || peek() != '=') return ParseProblem::malformed;
      ++at_;
      skip_blanks();
      const char quote = peek();
      if (quote != '"' && quote != '\'') return ParseProblem::malformed;
      const std::size_t close = bytes_.find(quote, at_ + 1);
      if (close == std::string_view::npos) return ParseProblem::malformed;
      const std::string_view value = bytes_.substr(at_ + 1, close - at_ - 1);
      if (value.find('<') != std::string_view::npos) return ParseProblem::malformed;
      TRY(check_references(value));
      at_ = close + 1;
    }
  }

  std::string_view bytes_;  // tidy: allow view-member: a scan lives within one call
  const ParseLimits& limits_;
  std::size_t at_ = 0;
  std::size_t namespaces_ = 0;  // in scope
  std::vector<Open> open_;
  std::vector<ElementSpan> elements_;
};

}  // namespace

Result<Scanned, ParseProblem> scan(std::string_view bytes, const ParseLimits& limits) {
  if (bytes.size() > limits.bytes_max) return ParseProblem::too_long;
  if (bytes.find('\0') != std::string_view::npos || !is_utf8(bytes)) return ParseProblem::not_utf8;
  const std::size_t begin = TRY(skip_declaration(bytes));
  TRY(check_markup(bytes.substr(begin)));
  TagScanner scanner(bytes, limits);
  std::vector<ElementSpan> elements = TRY(scanner.run(begin));
  return Scanned{begin, std::move(elements)};
}

}  // namespace gatehouse::xml
