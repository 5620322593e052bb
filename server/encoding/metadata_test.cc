#include "server/encoding/metadata.h"

#include <doctest/doctest.h>

#include "server/encoding/utf8.h"

namespace gatehouse {

TEST_CASE("metadata: what is stored comes back as it was") {
  const Metadata metadata{{"plan", "gold \"1\""}, {"naïve", "\u65e5\u672c\n"}};
  CHECK(metadata_from_json(metadata_to_json(metadata)).value() == metadata);
  CHECK(metadata_to_json({}) == "{}");
  CHECK(metadata_from_json("{}").value().empty());
}

TEST_CASE("metadata: only an object of texts is metadata") {
  for (const char* text : {"", "[]", "null", R"({"key":1})", R"({"key":null})", "{"}) {
    CAPTURE(text);
    CHECK_FALSE(metadata_from_json(text).ok());
  }
}

TEST_CASE("metadata: lengths are counted in characters, and pairs are limited") {
  std::string value;
  for (int i = 0; i < 256; ++i) value += "ä";
  CHECK_FALSE(metadata_problem({{"äää", value}}, 1).has_value());
  CHECK(metadata_problem({{"key", value + "ä"}}, 1).has_value());
  CHECK(metadata_problem({{"kä", "v"}}, 1).has_value());
  CHECK(metadata_problem({{std::string(26, 'k'), "v"}}, 1).has_value());
  CHECK(metadata_problem({{"key", ""}}, 1).has_value());
  CHECK(metadata_problem({{"key", "\xff"}}, 1).has_value());
  CHECK(metadata_problem({{"key", std::string("a\0b", 3)}}, 1).has_value());
  CHECK(metadata_problem({{"one", "1"}, {"two", "2"}}, 1).has_value());
  CHECK_FALSE(metadata_problem({{"one", "1"}, {"two", "2"}}, 2).has_value());
  CHECK_FALSE(metadata_problem({}, 0).has_value());
}

TEST_CASE("utf8: characters are counted, not bytes") {
  CHECK(count_characters("") == 0);
  CHECK(count_characters("aä\u65e5") == 3);
  CHECK_FALSE(count_characters("a\xc3").has_value());
}

}  // namespace gatehouse
