// XML from outside, fenced in. A Document is parsed once from bytes that hold no DOCTYPE, no
// comment and no processing instruction, within the limits below, and is then only read.
//
// A Document proves nothing: who wrote it is said by signature.h alone, whose VerifiedElement is a
// Document of its own. Functions that hand on what somebody is take that type.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/error.h"
#include "server/core/result.h"

struct _xmlNode;

namespace gatehouse::xml {

// Whether this machine has libxml2 (library.h). Without it the functions of this module ENSURE.
[[nodiscard]] bool is_available();

// Why bytes are not taken for XML. Where several reasons stand in the bytes, it is the first in
// the order of the checks, which is this one but for what is well-formed and the limits: those are
// looked at together, from the front.
enum class ParseProblem {
  too_long,
  not_utf8,            // or another encoding is declared, or NUL is in it
  doctype,             // "<!" of any kind but CDATA, which is refused as well
  comment,             //
  processing,          // a processing instruction; the XML declaration is allowed at the start
  entity,              // a reference to anything but the five predefined ones and characters
  malformed,           // not well-formed, or not namespace-well-formed
  relative_namespace,  // a namespace name that is no absolute URI: it cannot be canonicalised
  too_deep,
  too_large,     // elements, attributes of one, namespaces in scope, or parts of signatures
  duplicate_id,  // one ID twice, whatever the attributes are called (ID, Id, id, xml:id, wsu:Id)
};
[[nodiscard]] std::string_view parse_problem_name(ParseProblem problem);

struct ParseLimits {
  std::size_t bytes_max = 512 * 1024;
  std::size_t elements_max = 10'000;
  std::size_t depth_max = 50;
  std::size_t attributes_max = 64;  // of one element, namespace declarations included
};

// One element of a Document, which must outlive it.
class Element {
 public:
  explicit Element(const _xmlNode* node) : node_(node) {}

  [[nodiscard]] std::string_view local_name() const;
  [[nodiscard]] std::string_view namespace_uri() const;  // empty: none
  [[nodiscard]] bool is(std::string_view namespace_uri, std::string_view local_name) const;
  // An attribute without a namespace; nullopt if it is absent.
  [[nodiscard]] std::optional<std::string> attribute(std::string_view name) const;
  [[nodiscard]] std::optional<std::string> attribute(std::string_view namespace_uri,
                                                     std::string_view name) const;
  // The whole text of the element and everything below it.
  [[nodiscard]] std::string text() const;
  // text() without blanks at both ends: issuers and audiences are padded by some senders.
  [[nodiscard]] std::string trimmed_text() const;
  [[nodiscard]] std::vector<Element> children() const;
  [[nodiscard]] std::vector<Element> children(std::string_view namespace_uri,
                                              std::string_view local_name) const;
  // The only child of that name; nullopt if there is none, or more than one.
  [[nodiscard]] std::optional<Element> only_child(std::string_view namespace_uri,
                                                  std::string_view local_name) const;
  // The prefix "xs" in a value like "xs:string", as declared here; nullopt if it is not.
  [[nodiscard]] std::optional<std::string> namespace_of_prefix(std::string_view prefix) const;
  [[nodiscard]] const _xmlNode* node() const { return node_; }

 private:
  const _xmlNode* node_;
};

class Document {
 public:
  [[nodiscard]] static Result<Document, ParseProblem> parse(std::string_view bytes,
                                                            const ParseLimits& limits = {});
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  [[nodiscard]] Element root() const;
  // Every element of that name, in document order.
  [[nodiscard]] std::vector<Element> all(std::string_view namespace_uri,
                                         std::string_view local_name) const;

  struct Held;  // of document.cc and its neighbours in this module
  [[nodiscard]] const Held& held() const { return *held_; }
  explicit Document(std::unique_ptr<Held> held);

 private:
  std::unique_ptr<Held> held_;
};

}  // namespace gatehouse::xml
