#include "server/xml/writer.h"

#include "server/core/ensure.h"

namespace gatehouse::xml {

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      case '\t': out += "&#9;"; break;
      case '\n': out += "&#10;"; break;
      case '\r': out += "&#13;"; break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
  }
  return out;
}

void Writer::close_start() {
  if (is_start_open_) out_ += '>';
  is_start_open_ = false;
}

Writer& Writer::begin(std::string_view name, std::initializer_list<Attribute> attributes) {
  close_start();
  out_.append("<").append(name);
  open_.emplace_back(name);
  is_start_open_ = true;
  for (const auto& [key, value] : attributes) attribute(key, value);
  return *this;
}

Writer& Writer::attribute(std::string_view name, std::string_view value) {
  ENSURE(is_start_open_);
  out_.append(" ").append(name).append("=\"").append(escape(value)).append("\"");
  return *this;
}

Writer& Writer::text(std::string_view text) {
  close_start();
  out_ += escape(text);
  return *this;
}

Writer& Writer::end() {
  ENSURE(!open_.empty());
  if (is_start_open_) {
    out_ += "/>";
    is_start_open_ = false;
  } else {
    out_.append("</").append(open_.back()).append(">");
  }
  open_.pop_back();
  return *this;
}

Writer& Writer::element(std::string_view name, std::string_view content,
                        std::initializer_list<Attribute> attributes) {
  return begin(name, attributes).text(content).end();
}

Writer& Writer::raw(std::string_view xml) {
  close_start();
  out_ += xml;
  return *this;
}

}  // namespace gatehouse::xml
