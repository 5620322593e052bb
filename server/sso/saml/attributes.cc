#include "server/sso/saml/attributes.h"

#include <algorithm>

#include "server/core/limits.h"
#include "server/encoding/json.h"
#include "server/sso/saml/names.h"

namespace gatehouse::sso::saml {
namespace {

constexpr std::string_view schema_instance_ns = "http://www.w3.org/2001/XMLSchema-instance";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// eduPersonTargetedID and its like hold a whole NameID.
std::string value_text(const xml::Element& value) {
  const std::optional<xml::Element> name_id = value.only_child(assertion_ns, "NameID");
  return name_id.has_value() ? name_id->trimmed_text() : value.trimmed_text();
}

std::size_t bytes_of(const Attribute& attribute) {
  std::size_t bytes = attribute.name.size();
  for (const std::string& value : attribute.values) bytes += value.size();
  return bytes;
}

}  // namespace

bool equal_in_any_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

Attributes::Attributes(const ProvenAssertion& assertion) {
  const xml::Element root = assertion.root();
  for (const xml::Element& statement : root.children(assertion_ns, "AttributeStatement")) {
    for (const xml::Element& element : statement.children(assertion_ns, "Attribute")) {
      add(element);
    }
  }
}

void Attributes::add(const xml::Element& element) {
  const std::string name = element.attribute("Name").value_or("");
  if (name.empty()) return;
  auto at = std::find_if(attributes_.begin(), attributes_.end(),
                         [&name](const Attribute& known) { return known.name == name; });
  if (at == attributes_.end()) {
    attributes_.push_back({.name = name,
                           .friendly_name = element.attribute("FriendlyName").value_or(""),
                           .values = {}});
    at = std::prev(attributes_.end());
  }
  for (const xml::Element& value : element.children(assertion_ns, "AttributeValue")) {
    const std::optional<std::string> nil = value.attribute(schema_instance_ns, "nil");
    if (nil == "true" || nil == "1") continue;
    std::string text = value_text(value);
    if (!text.empty()) at->values.push_back(std::move(text));
  }
}

const Attribute* Attributes::find(std::string_view name) const {
  const auto first = [this](auto&& matches) -> const Attribute* {
    for (const Attribute& attribute : attributes_) {
      if (!attribute.values.empty() && matches(attribute)) return &attribute;
    }
    return nullptr;
  };
  const Attribute* found =
      first([name](const Attribute& attribute) { return attribute.name == name; });
  if (found != nullptr) return found;
  found = first([name](const Attribute& a) { return equal_in_any_case(a.name, name); });
  if (found != nullptr) return found;
  return first([name](const Attribute& a) { return equal_in_any_case(a.friendly_name, name); });
}

const Attribute* Attributes::find(std::span<const std::string_view> names) const {
  for (const std::string_view name : names) {
    if (const Attribute* found = find(name); found != nullptr) return found;
  }
  return nullptr;
}

std::string Attributes::json() const {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  std::size_t bytes = 0;
  for (const Attribute& attribute : attributes_) {
    bytes += bytes_of(attribute);
    if (bytes > limits::saml_attributes_bytes_max) break;
    writer.key(attribute.name);
    if (attribute.values.size() == 1) {
      writer.value(attribute.values.front());
      continue;
    }
    writer.begin_array();
    for (const std::string& value : attribute.values) writer.value(value);
    writer.end_array();
  }
  writer.end_object();
  return out;
}

}  // namespace gatehouse::sso::saml
