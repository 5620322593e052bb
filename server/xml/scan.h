// The first look at XML, at its bytes alone: no DOCTYPE, comment, processing instruction, CDATA or
// entity, and within the limits. A tree is built of nothing that did not pass here.

#pragma once

#include "server/xml/document.h"

namespace gatehouse::xml {

// Where an element stands, as offsets into the bytes that were scanned.
struct ElementSpan {
  std::size_t begin;          // of "<name"
  std::size_t content_begin;  // behind the ">" of its start tag
  std::size_t end;            // behind the ">" of its end tag, or of its only tag
  enum class Form { pair, empty_tag } form;
};

struct Scanned {
  std::size_t body_begin;             // behind a byte order mark and the XML declaration
  std::vector<ElementSpan> elements;  // in document order
};

[[nodiscard]] Result<Scanned, ParseProblem> scan(std::string_view bytes, const ParseLimits& limits);

}  // namespace gatehouse::xml
