#include "server/xml/document.h"

#include <algorithm>
#include <climits>

#include "server/core/ensure.h"
#include "server/core/enum_names.h"
#include "server/xml/held.h"
#include "server/xml/library.h"
#include "server/xml/names.h"
#include "server/xml/scan.h"

namespace gatehouse::xml {
namespace {

struct FreeParser {
  void operator()(xmlParserCtxt* parser) const { library().free_parser(parser); }
};
using Parser = std::unique_ptr<xmlParserCtxt, FreeParser>;
using Tree = std::unique_ptr<xmlDoc, FreeDocument>;
using Checked = Result<Unit, ParseProblem>;

constexpr std::size_t signatures_max = 16;  // in one document; the same for their References
constexpr std::size_t transforms_max = 2 * signatures_max;

constexpr EnumNames<ParseProblem, 11> problem_names({"too_long", "not_utf8", "doctype", "comment",
                                                     "processing", "entity", "malformed",
                                                     "relative_namespace", "too_deep", "too_large",
                                                     "duplicate_id"});

constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Whether a scheme stands in front [RFC 3986 §4.3], and something behind it. What XML escapes may
// not stand in it, though a URI may have two of them: libxml2 neither reads nor writes it right.
bool is_absolute_uri(std::string_view uri) {
  const std::size_t colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == uri.size()) return false;
  const std::string_view scheme = uri.substr(0, colon);
  return is_alpha(scheme.front()) &&
         std::ranges::all_of(scheme,
                             [](char c) {
                               return is_alpha(c) || is_digit(c) || c == '+' || c == '-' ||
                                      c == '.';
                             }) &&
         std::ranges::none_of(uri, [](char c) {
           return (c >= '\0' && c <= ' ') || c == '&' || c == '<' || c == '>' || c == '"' ||
                  c == '\'';
         });
}

bool is_id_name(std::string_view name) {
  return name.size() == 2 && (name[0] | 0x20) == 'i' && (name[1] | 0x20) == 'd';
}

// What the parser lets pass and we do not. Holds views of the tree.
class Inspection {
 public:
  Checked run(const xmlNode* root) {
    for (const xmlNode* node = root; node != nullptr; node = next_in(root, node)) {
      if (node->type == XML_TEXT_NODE) continue;
      if (node->type != XML_ELEMENT_NODE) return ParseProblem::malformed;
      TRY(look_at(node));
    }
    std::ranges::sort(ids_);
    if (std::ranges::adjacent_find(ids_) != ids_.end()) return ParseProblem::duplicate_id;
    return Unit{};
  }

 private:
  Checked look_at(const xmlNode* element) {
    for (const xmlNs* ns = element->nsDef; ns != nullptr; ns = ns->next) {
      const std::string_view uri = view(ns->href);
      // xmlns="" takes the default namespace back.
      if (uri.empty() && ns->prefix == nullptr) continue;
      if (!is_absolute_uri(uri)) return ParseProblem::relative_namespace;
    }
    for (const xmlAttr* at = element->properties; at != nullptr; at = at->next) {
      for (const xmlNode* part = at->children; part != nullptr; part = part->next) {
        if (part->type != XML_TEXT_NODE) return ParseProblem::entity;
      }
      if (!is_id_name(view(at->name))) continue;
      std::string joined;
      const std::string_view id = value_of(at, joined);
      if (!id.empty()) ids_.emplace_back(id);
    }
    if (element->ns != nullptr && view(element->ns->href) == names::signature) count(element);
    const bool is_fine = signatures_ <= signatures_max && references_ <= signatures_max &&
                         transforms_ <= transforms_max;
    return is_fine ? Checked(Unit{}) : Checked(ParseProblem::too_large);
  }

  void count(const xmlNode* element) {
    const std::string_view name = view(element->name);
    signatures_ += name == "Signature" ? 1 : 0;
    references_ += name == "Reference" ? 1 : 0;
    transforms_ += name == "Transform" ? 1 : 0;
  }

  std::vector<std::string> ids_;
  std::size_t signatures_ = 0;
  std::size_t references_ = 0;
  std::size_t transforms_ = 0;
};

// It would write to standard error.
void ignore_report(void*, xmlErrorPtr) {}

// No network, no substitution of entities, no recovery, no lifted limits.
constexpr int parse_options =
    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT;

Tree build_tree(std::string_view body) {
  ENSURE(body.size() <= INT_MAX);
  const Parser parser(library().new_parser());
  ENSURE(parser != nullptr && parser->sax != nullptr);
  parser->sax->serror = ignore_report;
  parser->vctxt.error = nullptr;
  parser->vctxt.warning = nullptr;
  Tree tree(library().read_memory(parser.get(), body.data(), static_cast<int>(body.size()), nullptr,
                                  nullptr, parse_options));
  // A tree comes out of names with undeclared prefixes as well.
  if (parser->wellFormed != 1 || parser->nsWellFormed != 1) return nullptr;
  return tree;
}

}  // namespace

std::string_view parse_problem_name(ParseProblem problem) { return problem_names.name(problem); }

void FreeDocument::operator()(xmlDoc* document) const { library().free_document(document); }

Document::Document(std::unique_ptr<Held> held) : held_(std::move(held)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document, ParseProblem> Document::parse(std::string_view bytes, const ParseLimits& limits) {
  const Scanned scanned = TRY(scan(bytes, limits));
  Tree tree = build_tree(bytes.substr(scanned.body_begin));
  if (tree == nullptr) return ParseProblem::malformed;
  const xmlNode* root = tree->children;
  const bool is_plain = root != nullptr && root->type == XML_ELEMENT_NODE &&
                        root->next == nullptr && tree->intSubset == nullptr;
  if (!is_plain) return ParseProblem::malformed;
  TRY(Inspection().run(root));
  return Document(std::make_unique<Held>(Held{std::move(tree)}));
}

Element Document::root() const { return Element(held_->tree->children); }

std::vector<Element> Document::all(std::string_view namespace_uri,
                                   std::string_view local_name) const {
  std::vector<Element> found;
  const xmlNode* top = held_->tree->children;
  for (const xmlNode* node = top; node != nullptr; node = next_in(top, node)) {
    if (node->type == XML_ELEMENT_NODE && Element(node).is(namespace_uri, local_name)) {
      found.emplace_back(node);
    }
  }
  return found;
}

}  // namespace gatehouse::xml
