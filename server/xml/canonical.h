// Exclusive canonicalisation [XML Exclusive Canonicalization 1.0] of an element of a Document.
//
// A Document has elements, attributes and text, and nothing else, which makes this small. It is
// written here rather than asked of libxml2 because it must be bounded: with a long namespace name
// declared once and used a thousand times, canonical XML is a thousand times longer than what
// arrived. The fuzz target compares it with libxml2's.

#pragma once

#include "server/xml/document.h"

namespace gatehouse::xml {

struct Canonicalisation {
  // The InclusiveNamespaces: prefixes treated as in inclusive canonicalisation; "" is the default.
  std::vector<std::string> inclusive_prefixes;
  // A child of the apex that is left out with all that it holds: the enveloped signature.
  const _xmlNode* omitted = nullptr;
  std::size_t bytes_max = 2 * 1024 * 1024;
};

// Never empty. nullopt if it would be longer than bytes_max.
[[nodiscard]] std::optional<std::string> canonicalise(const Element& apex,
                                                      const Canonicalisation& how);

}  // namespace gatehouse::xml
