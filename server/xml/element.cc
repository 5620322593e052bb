#include <algorithm>

#include "server/xml/held.h"

namespace gatehouse::xml {
namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr std::string_view xml_namespace = "http://www.w3.org/XML/1998/namespace";

std::string_view uri_of(const xmlNs* ns) { return ns == nullptr ? "" : view(ns->href); }

std::optional<std::string> find_attribute(const xmlNode* element, std::string_view namespace_uri,
                                          std::string_view name) {
  for (const xmlAttr* at = element->properties; at != nullptr; at = at->next) {
    if (view(at->name) != name || uri_of(at->ns) != namespace_uri) continue;
    std::string joined;
    return std::string(value_of(at, joined));
  }
  return std::nullopt;
}

}  // namespace

std::string_view value_of(const xmlAttr* attribute, std::string& joined) {
  const xmlNode* part = attribute->children;
  if (part == nullptr) return {};
  if (part->next == nullptr) return view(part->content);
  for (; part != nullptr; part = part->next) joined += view(part->content);
  return joined;
}

std::string_view Element::local_name() const { return view(node_->name); }

std::string_view Element::namespace_uri() const { return uri_of(node_->ns); }

bool Element::is(std::string_view namespace_uri, std::string_view local_name) const {
  return this->local_name() == local_name && this->namespace_uri() == namespace_uri;
}

std::optional<std::string> Element::attribute(std::string_view name) const {
  return find_attribute(node_, {}, name);
}

std::optional<std::string> Element::attribute(std::string_view namespace_uri,
                                              std::string_view name) const {
  return find_attribute(node_, namespace_uri, name);
}

std::string Element::text() const {
  std::string text;
  for (const xmlNode* node = node_; node != nullptr; node = next_in(node_, node)) {
    if (node->type == XML_TEXT_NODE) text += view(node->content);
  }
  return text;
}

std::string Element::trimmed_text() const {
  std::string text = this->text();
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<Element> Element::children() const {
  std::vector<Element> found;
  for (const xmlNode* at = element_from(node_->children); at != nullptr;
       at = element_from(at->next)) {
    found.emplace_back(at);
  }
  return found;
}

std::vector<Element> Element::children(std::string_view namespace_uri,
                                       std::string_view local_name) const {
  std::vector<Element> found = children();
  std::erase_if(found, [&](const Element& each) { return !each.is(namespace_uri, local_name); });
  return found;
}

std::optional<Element> Element::only_child(std::string_view namespace_uri,
                                           std::string_view local_name) const {
  const std::vector<Element> found = children(namespace_uri, local_name);
  if (found.size() != 1) return std::nullopt;
  return found.front();
}

std::optional<std::string> Element::namespace_of_prefix(std::string_view prefix) const {
  if (prefix == "xml") return std::string(xml_namespace);
  for (const xmlNode* at = node_; at != nullptr && at->type == XML_ELEMENT_NODE; at = at->parent) {
    for (const xmlNs* ns = at->nsDef; ns != nullptr; ns = ns->next) {
      if (view(ns->prefix) != prefix) continue;
      if (view(ns->href).empty()) return std::nullopt;
      return std::string(view(ns->href));
    }
  }
  return std::nullopt;
}

}  // namespace gatehouse::xml
