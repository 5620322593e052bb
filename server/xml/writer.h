// Writes XML: elements in the order of the calls, names as given, values escaped. What is written
// is what Document::parse takes.

#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::xml {

using Attribute = std::pair<std::string_view, std::string_view>;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Writer& begin(std::string_view name, std::initializer_list<Attribute> attributes = {});
  Writer& attribute(std::string_view name, std::string_view value);  // right after begin()
  Writer& text(std::string_view text);
  Writer& end();
  // <name attributes>text</name>
  Writer& element(std::string_view name, std::string_view text,
                  std::initializer_list<Attribute> attributes = {});
  // A finished element, written by somebody who knows.
  Writer& raw(std::string_view xml);

 private:
  void close_start();

  std::string& out_;
  std::vector<std::string> open_;
  bool is_start_open_ = false;
};

// What must not stand in text or in an attribute's value as it is. Characters that XML cannot hold
// are left out.
[[nodiscard]] std::string escape(std::string_view text);

}  // namespace gatehouse::xml
