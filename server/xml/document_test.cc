#include "server/xml/document.h"

#include <doctest/doctest.h>

#include <thread>

#include "server/xml/writer.h"

namespace gatehouse::xml {
namespace {

std::string outcome(std::string_view xml, const ParseLimits& limits = {}) {
  const auto document = Document::parse(xml, limits);
  return document.ok() ? "taken" : std::string(parse_problem_name(document.error()));
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST_CASE("xml: names, attributes and text are read as the namespaces say") {
  const auto document = Document::parse(
      "\xEF\xBB\xBF<?xml version=\"1.0\" encoding='utf-8' standalone=\"yes\"?>\r\n"
      "<p:a xmlns:p='urn:p' xmlns='urn:d' x='1' p:x='2&#10;&lt;'>\n <b>t&amp;u<c/>v</b>"
      "<p:b y='\tz'/><b> w\n</b></p:a>\n");
  REQUIRE(document.ok());
  const Element root = document.value().root();
  CHECK(root.is("urn:p", "a"));
  CHECK(!root.is("urn:d", "a"));
  CHECK(root.attribute("x") == "1");
  CHECK(root.attribute("urn:p", "x") == "2\n<");
  CHECK(root.attribute("y") == std::nullopt);
  CHECK(root.children().size() == 3);
  CHECK(root.children("urn:d", "b").size() == 2);
  CHECK(root.only_child("urn:d", "b") == std::nullopt);
  CHECK(root.only_child("urn:d", "none") == std::nullopt);
  REQUIRE(root.only_child("urn:p", "b") != std::nullopt);
  CHECK(root.only_child("urn:p", "b")->attribute("y") == " z");
  CHECK(root.children()[0].text() == "t&uv");
  CHECK(root.children()[2].text() == " w\n");
  CHECK(root.children()[2].trimmed_text() == "w");
  CHECK(root.children()[1].trimmed_text().empty());
  CHECK(document.value().all("urn:d", "c").size() == 1);
  CHECK(document.value().all("", "c").empty());
  CHECK(root.children()[0].namespace_of_prefix("p") == "urn:p");
  CHECK(root.namespace_of_prefix("") == "urn:d");
  CHECK(root.namespace_of_prefix("q") == std::nullopt);
}

TEST_CASE("xml: the default namespace can be taken back") {
  const auto document = Document::parse("<a xmlns='urn:a'><b xmlns=''/></a>");
  REQUIRE(document.ok());
  const Element b = document.value().root().children().front();
  CHECK(b.namespace_uri().empty());
  CHECK(b.namespace_of_prefix("") == std::nullopt);
}

TEST_CASE("xml: what could mean two things is refused in the bytes") {
  CHECK(outcome("<a>good</a>") == "taken");
  CHECK(outcome("<a>go<!-- x -->od</a>") == "comment");
  CHECK(outcome("<!-- x --><a/>") == "comment");
  CHECK(outcome("<a/><!-- x -->") == "comment");
  CHECK(outcome("<a>go<?x y?>od</a>") == "processing");
  CHECK(outcome("<?xml-stylesheet href='file:///etc/passwd'?><a/>") == "processing");
  CHECK(outcome("<a/><?xml version='1.0'?>") == "processing");
  CHECK(outcome("<a>go<![CDATA[od]]></a>") == "doctype");
  CHECK(outcome("<!DOCTYPE a><a/>") == "doctype");
  CHECK(outcome("<!doctype a><a/>") == "doctype");
  CHECK(outcome("<!DOCTYPE a [<!ATTLIST b id ID #IMPLIED>]><a/>") == "doctype");
  CHECK(outcome("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>") == "doctype");
  // Where markup cannot stand it is refused all the same.
  CHECK(outcome("<a b='<!-- x -->'/>") == "comment");
  CHECK(outcome("<a b='<c>'/>") == "malformed");
}

TEST_CASE("xml: billion laughs never begin") {
  std::string xml = "<!DOCTYPE l [<!ENTITY l0 'ha'>";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "&l" + std::to_string(i - 1) + ";";
    xml += "<!ENTITY l" + std::to_string(i) + " '" + before + before + "'>";
  }
  CHECK(outcome(xml + "]><l>&l29;</l>") == "doctype");
  CHECK(outcome("<l>&l29;</l>") == "entity");
}

TEST_CASE("xml: references are the five predefined ones and characters") {
  CHECK(outcome("<a b='&amp;&lt;&gt;&quot;&apos;&#65;&#x41;'>&amp;&lt;&gt;&quot;&apos;&#13;</a>") ==
        "taken");
  for (const char* wrong : {"&x;", "&nbsp;", "&AMP;", "&", "& ;", "&#;", "&#x;", "&#xg;", "&#-1;",
                            "&amp", "&#00000000000000065;", "&#65", "&lt&gt;"}) {
    CHECK(outcome("<a>" + std::string(wrong) + "</a>") == "entity");
    CHECK(outcome("<a b='" + std::string(wrong) + "'/>") == "entity");
  }
  CHECK(outcome("<a>&#0;</a>") == "malformed");
  CHECK(outcome("<a>&#xFFFE;</a>") == "malformed");
}

TEST_CASE("xml: it is UTF-8 and says nothing else") {
  CHECK(outcome("<a>\xC3\xA5</a>") == "taken");
  CHECK(outcome("<?xml version='1.0' encoding='UTF-8'?><a/>") == "taken");
  CHECK(outcome("<a>\xE5</a>") == "not_utf8");
  CHECK(outcome(std::string_view("<a>\0</a>", 8)) == "not_utf8");
  CHECK(outcome(std::string_view("<\0a\0/\0>\0", 8)) == "not_utf8");
  CHECK(outcome("<?xml version='1.0' encoding='ISO-8859-1'?><a/>") == "not_utf8");
  CHECK(outcome("<?xml version='1.0' encoding='UTF-7'?><a>+ADw-b/+AD4-</a>") == "not_utf8");
  CHECK(outcome("\xEF\xBB\xBF<a/>") == "taken");
  CHECK(outcome("\xEF\xBB\xBF\xEF\xBB\xBF<a/>") == "malformed");
  CHECK(outcome("<?xml version='1.0'?>\xEF\xBB\xBF<a/>") == "malformed");
  CHECK(outcome("<?xml version='1.1'?><a/>") == "malformed");
  CHECK(outcome("<?xml encoding='UTF-8'?><a/>") == "malformed");
  CHECK(outcome("<?xml version='1.0' more='1'?><a/>") == "malformed");
}

TEST_CASE("xml: what is not well-formed, with its namespaces, is refused") {
  for (const char* wrong : {"",
                            " ",
                            "a",
                            "<a>",
                            "</a>",
                            "<a></b>",
                            "<a/><b/>",
                            "<a/>b",
                            "b<a/>",
                            "<a b/>",
                            "<a b=c/>",
                            "<a b='1' b='2'/>",
                            "<a b='1'c='2'/>",
                            "<a",
                            "<a b='",
                            "<",
                            "<a>]]></a>",
                            "<a>\x01</a>",
                            "<p:a/>",
                            "<a p:b='1'/>",
                            "<a xmlns:p=''/>",
                            "<a xmlns:xml='urn:x'/>",
                            "<a xmlns:xmlns='urn:x'/>",
                            "<a xmlns:p='urn:p' xmlns:q='urn:p' p:b='1' q:b='2'/>",
                            "<1/>",
                            "< a/>",
                            "<a>< /a>",
                            "<a:b:c xmlns:a='urn:a'/>"}) {
    CAPTURE(wrong);
    CHECK(outcome(wrong) == "malformed");
  }
}

TEST_CASE("xml: a namespace that cannot be canonicalised is refused, used or not") {
  CHECK(outcome("<a xmlns:x='urn:1'/>") == "taken");
  CHECK(outcome("<a xmlns='http://example.org/ns'/>") == "taken");
  for (const char* wrong :
       {"1", "a/b", "//host/x", "#x", "urn:", "urn:x?a&amp;b", "urn:x?&#38;b"}) {
    CHECK(outcome("<a xmlns:x='" + std::string(wrong) + "'/>") == "relative_namespace");
    CHECK(outcome("<a><b xmlns='" + std::string(wrong) + "'/></a>") == "relative_namespace");
  }
  for (const char* wrong : {":x", "1a:b", "u rn:x", "urn:x y", "urn:&quot;"}) {
    CHECK(outcome("<a xmlns:x='" + std::string(wrong) + "'/>") == "malformed");
  }
}

TEST_CASE("xml: one ID is one element's, whatever the attributes are called") {
  const auto two = [](const std::string& first, const std::string& second) {
    return outcome("<a xmlns:w='urn:w' " + first + "='1'><b " + second + "='1'/></a>");
  };
  CHECK(outcome("<a ID='1'><b ID='2'/></a>") == "taken");
  CHECK(outcome("<a ID='1'><b InResponseTo='1'/></a>") == "taken");
  for (const std::string first : {"ID", "Id", "id", "xml:id", "w:Id", "w:ID"}) {
    for (const std::string second : {"ID", "Id", "id", "iD", "xml:id", "w:id"}) {
      CHECK(two(first, second) == "duplicate_id");
    }
  }
  CHECK(outcome("<a ID='1' xml:id='1'/>") == "duplicate_id");
  CHECK(outcome("<a ID='&#49;'><b ID='1'/></a>") == "duplicate_id");
  CHECK(outcome("<a ID=''><b ID=''/></a>") == "taken");  // which no Reference can name
}

TEST_CASE("xml: length, depth, elements and attributes have limits") {
  const ParseLimits limits;
  CHECK(outcome(repeated("<a>", 50) + repeated("</a>", 50)) == "taken");
  CHECK(outcome(repeated("<a>", 51) + repeated("</a>", 51)) == "too_deep");
  CHECK(outcome(repeated("<a>", 100'000)) == "too_deep");
  CHECK(outcome(repeated("<a>", 200'000), {.bytes_max = 1'000'000}) == "too_deep");
  CHECK(outcome("<a>" + repeated("<a/>", limits.elements_max - 1) + "</a>") == "taken");
  CHECK(outcome("<a>" + repeated("<a/>", limits.elements_max) + "</a>") == "too_large");
  const auto attributes = [](std::size_t count) {
    std::string xml = "<a";
    for (std::size_t i = 0; i < count; ++i) xml += " a" + std::to_string(i) + "=''";
    return outcome(xml + "/>", {.bytes_max = 2'000'000});
  };
  CHECK(attributes(64) == "taken");
  CHECK(attributes(65) == "too_large");
  CHECK(attributes(100'000) == "too_large");
  const std::string most(limits.bytes_max - 7, 'x');
  CHECK(outcome("<a>" + most + "</a>") == "taken");
  CHECK(outcome("<a>x" + most + "</a>") == "too_long");
}

TEST_CASE("xml: namespaces in scope have a limit, those beside each other have none") {
  const auto nested = [](std::size_t depth) {
    std::string xml;
    for (std::size_t i = 0; i < depth; ++i) {
      xml += "<a";
      for (std::size_t j = 0; j < 16; ++j) {
        xml += " xmlns:n" + std::to_string(16 * i + j) + "='urn:x'";
      }
      xml += ">";
    }
    return outcome(xml + repeated("</a>", depth));
  };
  CHECK(nested(8) == "taken");
  CHECK(nested(9) == "too_large");
  CHECK(outcome("<a>" + repeated("<b xmlns:x='urn:x'/><b xmlns:x='urn:x'></b>", 300) + "</a>") ==
        "taken");
}

TEST_CASE("xml: parts of signatures have a limit") {
  const auto with = [](std::string_view name, std::size_t count) {
    const std::string part = "<ds:" + std::string(name) + "/>";
    return outcome("<a xmlns:ds='http://www.w3.org/2000/09/xmldsig#'>" + repeated(part, count) +
                   "</a>");
  };
  CHECK(with("Signature", 16) == "taken");
  CHECK(with("Signature", 17) == "too_large");
  CHECK(with("Reference", 17) == "too_large");
  CHECK(with("Transform", 32) == "taken");
  CHECK(with("Transform", 33) == "too_large");
}

TEST_CASE("xml: what it refers to is not fetched") {
  const auto document = Document::parse(
      "<a xmlns:i='http://www.w3.org/2001/XInclude' xmlns:s='http://www.w3.org/2001/XMLSchema-"
      "instance' s:schemaLocation='urn:x file:///etc/passwd'><i:include parse='text' "
      "href='file:///etc/passwd'/></a>");
  REQUIRE(document.ok());
  CHECK(document.value().root().text().empty());
}

TEST_CASE("xml: many threads may parse at once, the first time as well") {
  std::vector<std::thread> threads;
  std::vector<int> taken(4, 0);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    threads.emplace_back([&taken, i] {
      for (int round = 0; round < 200; ++round) {
        taken[i] += outcome("<a xmlns='urn:a' ID='x'><b>text</b></a>") == "taken" ? 1 : 0;
        taken[i] += outcome("<a><b></a>") == "malformed" ? 1 : 0;
      }
    });
  }
  for (std::thread& each : threads) each.join();
  for (const int count : taken) CHECK(count == 400);
}

TEST_CASE("xml: what is written is read as it was given") {
  std::string xml;
  const std::string hostile = "<a b='\"'>&amp;]]>\t\r\n\xC3\xA5";
  Writer(xml)
      .begin("p:a", {{"xmlns:p", "urn:p"}, {"x", hostile}})
      .element("p:b", hostile)
      .element("p:c", "")
      .begin("p:d")
      .end()
      .raw("<p:e/>")
      .text("\x01x")
      .end();
  const auto document = Document::parse(xml);
  REQUIRE(document.ok());
  const Element root = document.value().root();
  CHECK(root.attribute("x") == hostile);
  CHECK(root.children()[0].text() == hostile);
  CHECK(root.children().size() == 4);
  CHECK(root.text() == hostile + "x");
}

}  // namespace
}  // namespace gatehouse::xml
