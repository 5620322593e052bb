#include "server/xml/canonical.h"

#include <dlfcn.h>
#include <doctest/doctest.h>

#include "server/xml/test_libxml.h"

namespace gatehouse::xml {
namespace {

std::string canonical(std::string_view xml, const std::vector<std::string>& prefixes = {}) {
  const auto document = Document::parse(xml);
  ENSURE(document.ok());
  return canonicalise(document.value().root(), {.inclusive_prefixes = prefixes}).value();
}

TEST_CASE("xml canonical: attributes and namespaces are sorted, text is escaped, tags are whole") {
  CHECK(canonical("<a  z='1' b=\"2\" xmlns:p='urn:2' xmlns:o='urn:1' p:b='3' o:z='4'><c/></a >") ==
        "<a xmlns:o=\"urn:1\" xmlns:p=\"urn:2\" b=\"2\" z=\"1\" o:z=\"4\" p:b=\"3\"><c></c></a>");
  CHECK(canonical("<a b='&lt;>&quot;&apos;&amp;&#9;&#10;&#13;\t'>&lt;&gt;\"'&amp;&#13;\n\t]</a>") ==
        "<a b=\"&lt;>&quot;'&amp;&#x9;&#xA;&#xD; \">&lt;&gt;\"'&amp;&#xD;\n\t]</a>");
}

TEST_CASE("xml canonical: a namespace stands where it is first used, and not where it is not") {
  CHECK(canonical("<a xmlns:p='urn:p' xmlns:q='urn:q'><p:b><p:c/></p:b><p:d/></a>") ==
        "<a><p:b xmlns:p=\"urn:p\"><p:c></p:c></p:b><p:d xmlns:p=\"urn:p\"></p:d></a>");
  CHECK(canonical("<a xmlns='urn:a'><b xmlns=''><c xmlns='urn:a'/></b></a>") ==
        "<a xmlns=\"urn:a\"><b xmlns=\"\"><c xmlns=\"urn:a\"></c></b></a>");
  CHECK(canonical("<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/></p:b></p:a>") ==
        "<p:a xmlns:p=\"urn:1\"><p:b xmlns:p=\"urn:2\"><p:c xmlns:p=\"urn:1\"></p:c></p:b></p:a>");
}

TEST_CASE("xml canonical: inclusive prefixes stand where they are declared, used or not") {
  const std::string xml =
      "<a xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q'><b xmlns:p='urn:p2'/></a>";
  CHECK(canonical(xml) == "<a xmlns=\"urn:d\"><b></b></a>");
  CHECK(canonical(xml, {"p"}) ==
        "<a xmlns=\"urn:d\" xmlns:p=\"urn:p\"><b xmlns:p=\"urn:p2\"></b></a>");
  CHECK(canonical("<p:a xmlns='urn:d' xmlns:p='urn:p'/>", {""}) ==
        "<p:a xmlns=\"urn:d\" xmlns:p=\"urn:p\"></p:a>");
}

TEST_CASE("xml canonical: an element in a document brings what it needs from above") {
  const auto document = Document::parse(
      "<r xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q' xml:lang='en'><p:a><b/>t</p:a></r>");
  REQUIRE(document.ok());
  const Element apex = document.value().root().children().front();
  CHECK(canonicalise(apex, {}) == "<p:a xmlns:p=\"urn:p\"><b xmlns=\"urn:d\"></b>t</p:a>");
  CHECK(canonicalise(apex, {.inclusive_prefixes = {"q", ""}}) ==
        "<p:a xmlns=\"urn:d\" xmlns:p=\"urn:p\" xmlns:q=\"urn:q\"><b></b>t</p:a>");
  CHECK(canonicalise(apex, {.omitted = apex.children()[0].node()}) ==
        "<p:a xmlns:p=\"urn:p\">t</p:a>");
  CHECK(canonicalise(apex, {.bytes_max = 10}) == std::nullopt);
}

TEST_CASE("xml canonical: it is what libxml2 makes of it, for thousands of documents") {
  // A small generator of its own: the same documents on every machine.
  std::uint32_t state = 1;
  const auto below = [&state](std::uint32_t bound) {
    state = state * 1664525 + 1013904223;
    return (state >> 16) % bound;
  };
  const std::vector<std::string> names = {"a", "b", "p:a", "p:b", "q:a"};
  const std::vector<std::string> declarations = {"xmlns='urn:1'",   "xmlns='urn:2'",
                                                 "xmlns=''",        "xmlns:p='urn:1'",
                                                 "xmlns:p='urn:3'", "xmlns:q='urn:4'"};
  const std::vector<std::string> attributes = {"x='1'", "b='&#13;&quot;'", "p:x='2'", "q:y='3'",
                                               "xml:lang='en'"};
  int compared = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string xml = "<r xmlns:p='urn:0' xmlns:q='urn:5'>";
    std::vector<std::string> open;
    for (int step = 0; step < 8; ++step) {
      if (!open.empty() && below(3) == 0) {
        xml += "</" + open.back() + ">";
        open.pop_back();
      }
      open.push_back(names[below(5)]);
      xml += "<" + open.back();
      for (const std::string& each : declarations) xml += below(5) == 0 ? " " + each : "";
      for (const std::string& each : attributes) xml += below(4) == 0 ? " " + each : "";
      xml += ">t&gt;\n";
    }
    for (; !open.empty(); open.pop_back()) xml += "</" + open.back() + ">";
    xml += "</r>";
    const auto document = Document::parse(xml);
    if (!document.ok()) continue;  // an attribute twice
    std::vector<std::string> prefixes;
    for (const char* each : {"p", "q", ""}) {
      if (below(3) == 0) prefixes.emplace_back(each);
    }
    CAPTURE(xml);
    REQUIRE(canonicalise(document.value().root(), {.inclusive_prefixes = prefixes}) ==
            canonical_by_libxml(xml, prefixes));
    ++compared;
  }
  CHECK(compared > 1000);
}

}  // namespace
}  // namespace gatehouse::xml
