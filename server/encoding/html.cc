#include "server/encoding/html.h"

#include <utility>

namespace gatehouse {

void append_escaped_html(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t special = text.find_first_of("&<>\"'");
    out.append(text.substr(0, special));
    if (special == std::string_view::npos) return;
    switch (text[special]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += "&#39;"; break;
    }
    text.remove_prefix(special + 1);
  }
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  append_escaped_html(out, text);
  return out;
}

Html Html::escaped(std::string_view text) { return Html(escape_html(text)); }

Html Html::literal(HtmlLiteral markup) { return Html(std::string(markup.text())); }

Html Html::rendered(std::string markup) { return Html(std::move(markup)); }

Html& Html::operator+=(const Html& other) {
  markup_ += other.markup_;
  return *this;
}

}  // namespace gatehouse
