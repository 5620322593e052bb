#include "server/encoding/utf8.h"

#include <doctest/doctest.h>

#include "server/encoding/html.h"

namespace gatehouse {

TEST_CASE("well-formed UTF-8 is taken") {
  for (const char* text : {"", "plain", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                           "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(text);
    CHECK(is_utf8(text));
  }
}

TEST_CASE("overlong forms, surrogates and cut-off bytes are no UTF-8") {
  for (const char* text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80", "\xe0\x9f\xbf",
        "\xed\xa0\x80", "\xed\xbf\xbf", "\xe2\x82", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "\xe2(\xa1",
        "long enough for a word\xc0\xaf"}) {
    CAPTURE(text);
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("every code point comes back from its UTF-8 form") {
  for (char32_t value = 0; value <= 0x10ffff; value += value < 0x3000 ? 1 : 37) {
    if (value >= 0xd800 && value <= 0xdfff) continue;
    std::string text;
    append_utf8(text, value);
    const auto point = first_code_point(text);
    REQUIRE(point.has_value());
    REQUIRE(point->value == value);
    REQUIRE(point->bytes == text.size());
  }
}

TEST_CASE("a display name keeps its letters and joiners") {
  CHECK(clean_display_name("Ada Lovelace", 200) == "Ada Lovelace");
  CHECK(clean_display_name("  Zo\xc3\xab \t\n  Q\xc2\xa0X ", 200) == "Zo\xc3\xab Q X");
  const std::string persian = "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae";  // with a non-joiner
  CHECK(clean_display_name(persian, 200) == persian);
  const std::string family = "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9";
  CHECK(clean_display_name(family, 200) == family);
}

TEST_CASE("a display name loses control, direction and invisible characters") {
  CHECK(clean_display_name("ad\xe2\x80\xaemin", 200) == "admin");  // right-to-left override
  CHECK(clean_display_name("a\xe2\x81\xa6"
                           "b\xe2\x81\xa9",
                           200) == "ab");  // isolates
  CHECK(clean_display_name("a\x1b[31mb\x7f", 200) == "a[31mb");
  CHECK(clean_display_name("a\xe2\x80\x8b\xef\xbb\xbf\xc2\xad"
                           "b",
                           200) == "ab");
  CHECK(clean_display_name("Bcc: x\r\nTo: y", 200) == "Bcc: x To: y");
  CHECK(clean_display_name("a\xf3\xa0\x81\xa1"
                           "b",
                           200) == "ab");  // a tag
  CHECK(clean_display_name(std::string_view("a\0b", 3), 200) == "ab");
}

TEST_CASE("a display name that is empty, invisible, too long or not UTF-8 is refused") {
  for (const char* text : {"", "   ", "\xe2\x80\x8b", "\xe2\x80\x8d", "\xe3\x85\xa4",
                           "\xe2\xa0\x80", "\xef\xb8\x8f", "a\xff"}) {
    CAPTURE(text);
    CHECK_FALSE(clean_display_name(text, 200).has_value());
  }
  CHECK(clean_display_name("abcd", 4).has_value());
  CHECK_FALSE(clean_display_name("abcde", 4).has_value());
}

TEST_CASE("escaped text cannot leave an element or an attribute") {
  CHECK(escape_html("<a href='x' title=\"y\">&amp;") ==
        "&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;amp;");
  CHECK(escape_html("plain \xc3\xa9") == "plain \xc3\xa9");
  Html page = Html::literal("<b>");
  page += Html::escaped("</b><script>");
  page += Html::literal("</b>");
  CHECK(page.markup() == "<b>&lt;/b&gt;&lt;script&gt;</b>");
  CHECK(Html().empty());
}

}  // namespace gatehouse
