// View: what a template may show: texts, flags, lists and nested views, by name. It knows nothing
// of the template engine, and it holds plain text only: escaping is the template's work.

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gatehouse::pages {

class View {
 public:
  // A text for {{name}}. An empty text is a text: a section on it is shown.
  View& text(std::string_view name, std::string_view value);
  // A text that may be missing: if it is empty, nothing is set and a section on it is left out.
  View& text_if_any(std::string_view name, std::string_view value);
  // Turns on the section {{#name}}. Sections that nobody turns on are left out.
  View& show(std::string_view name);
  // The section {{#name}} once per item, with the item's own names in front of the outer ones.
  View& list(std::string_view name, std::vector<View> items);

  struct Flag {};
  using Value = std::variant<std::string, Flag, std::vector<View>>;
  [[nodiscard]] const std::map<std::string, Value, std::less<>>& values() const { return values_; }

 private:
  View& put(std::string_view name, Value value);
  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace gatehouse::pages
