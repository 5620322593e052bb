// XML from outside: what is accepted has a canonical form, which is libxml2's, is accepted again
// and stays as it is; and the scanner sees the elements that the tree has.

// fuzz-modules: core encoding crypto xml

#include "server/core/ensure.h"
#include "server/xml/canonical.h"
#include "server/xml/scan.h"
#include "server/xml/test_libxml.h"

namespace {

using namespace gatehouse;

std::size_t count_elements(const xml::Element& element) {
  std::size_t count = 1;
  for (const xml::Element& child : element.children()) count += count_elements(child);
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto document = xml::Document::parse(bytes);
  if (!document.ok()) {
    (void)xml::parse_problem_name(document.error());
    return 0;
  }
  const xml::Element root = document.value().root();
  const auto scanned = xml::scan(bytes, {});
  ENSURE(scanned.ok() && scanned.value().elements.size() == count_elements(root));
  ENSURE(scanned.value().elements.front().begin == scanned.value().body_begin);

  const auto canonical = xml::canonicalise(root, {});
  if (!canonical.has_value()) return 0;
  ENSURE(*canonical == xml::canonical_by_libxml(bytes, {}));
  const auto again =
      xml::Document::parse(*canonical, {.bytes_max = 4'000'000, .attributes_max = 256});
  ENSURE(again.ok());
  ENSURE(again.value().root().text() == root.text());
  ENSURE(xml::canonicalise(again.value().root(), {}) == canonical);
  const auto inclusive = xml::canonicalise(root, {.inclusive_prefixes = {"p", ""}});
  ENSURE(!inclusive.has_value() || *inclusive == xml::canonical_by_libxml(bytes, {"p", ""}));
  return 0;
}
