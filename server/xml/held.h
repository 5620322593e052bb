// What a Document holds, for the files of this module.

#pragma once

#include <libxml/tree.h>

#include "server/xml/document.h"

namespace gatehouse::xml {

struct FreeDocument {
  void operator()(xmlDoc* document) const;
};
struct Document::Held {
  std::unique_ptr<xmlDoc, FreeDocument> tree;
};

inline std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

// The first element at or after `node` among its siblings; nullptr if there is none.
inline const xmlNode* element_from(const xmlNode* node) {
  while (node != nullptr && node->type != XML_ELEMENT_NODE) node = node->next;
  return node;
}

// The node after `node` in document order, within the subtree of `apex`; nullptr at its end.
inline const xmlNode* next_in(const xmlNode* apex, const xmlNode* node) {
  if (node->children != nullptr) return node->children;
  while (node != apex) {
    if (node->next != nullptr) return node->next;
    node = node->parent;
  }
  return nullptr;
}

// The value of an attribute as it is in the tree: no copy where it is one piece, as it nearly
// always is, otherwise put together in `joined`.
std::string_view value_of(const xmlAttr* attribute, std::string& joined);

}  // namespace gatehouse::xml
