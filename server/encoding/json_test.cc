#include "server/encoding/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace gatehouse {

namespace {

bool refused(std::string_view text) { return !Json::parse(text).ok(); }

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("each kind of value is read as itself") {
  const Json json =
      Json::parse(
          R"( {"t":true,"n":null,"i":-42,"d":1.5,"s":"a\u00e9\n","a":[1,[]],"o":{"k":"v"}} )")
          .value();
  CHECK(json.boolean("t") == true);
  REQUIRE(json.find("n") != nullptr);
  CHECK(json.find("n")->is_null());
  CHECK(json.integer("i") == -42);
  CHECK(json.number("i") == -42.0);
  CHECK(json.number("d") == 1.5);
  CHECK(json.string("s") == "a\xc3\xa9\n");
  REQUIRE(json.array("a") != nullptr);
  CHECK(json.array("a")->size() == 2);
  CHECK(json.array("a")->at(0).integer() == 1);
  REQUIRE(json.find("o") != nullptr);
  CHECK(json.find("o")->string("k") == "v");
  CHECK(json.object()->size() == 7);
}

TEST_CASE("a value asked for as another type is not there") {
  const Json json = Json::parse(R"({"i":1,"s":"1","d":1.0,"t":true})").value();
  CHECK_FALSE(json.string("i").has_value());
  CHECK_FALSE(json.integer("s").has_value());
  CHECK_FALSE(json.integer("d").has_value());
  CHECK_FALSE(json.boolean("i").has_value());
  CHECK_FALSE(json.integer("t").has_value());
  CHECK_FALSE(json.string("absent").has_value());
  CHECK(json.array("s") == nullptr);
  CHECK(json.object("s") == nullptr);
  CHECK(Json::parse("[1]").value().find("a") == nullptr);
}

TEST_CASE("what is not one strict JSON text is refused") {
  for (const char* text : {"",
                           " ",
                           "{",
                           "[",
                           "[1",
                           "[1,]",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{'a':1}",
                           "nul",
                           "NaN",
                           "Infinity",
                           "01",
                           "+1",
                           "1.",
                           ".5",
                           "1e",
                           "0x10",
                           "[1] x",
                           "[1][2]",
                           "{} {}",
                           "// c\n1",
                           "/* c */1",
                           "1 //",
                           "\"a",
                           "\"\n\"",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\ud800\"",
                           "\"\\udc00\"",
                           "\"\xff\"",
                           "\"\xc0\x80\"",
                           "\xef\xbb\xbf{}",
                           "{\"a\"}",
                           "{\"a\":}",
                           "[,]",
                           "true false",
                           "-"}) {
    CAPTURE(text);
    CHECK(refused(text));
  }
  CHECK(refused(std::string_view("1\0", 2)));
}

TEST_CASE("a key that occurs twice is refused, however it is spelled and wherever it is") {
  CHECK(refused(R"({"a":1,"a":2})"));
  CHECK(refused(R"({"a":1,"\u0061":2})"));
  CHECK(refused(R"([{"b":{"a":1,"x":2,"a":1}}])"));
  CHECK_FALSE(refused(R"([{"a":1},{"a":1},{"b":{"a":1},"a":2}])"));
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  CHECK_FALSE(refused(many + "\"l\":1}"));
  CHECK(refused(many + "\"k50\":1}"));
}

TEST_CASE("a NUL inside a string or a key is refused") {
  CHECK(refused(R"("a\u0000b")"));
  CHECK(refused(R"({"a\u0000":1})"));
}

TEST_CASE("numbers keep their value, or are refused") {
  CHECK(Json::parse("9223372036854775807").value().integer() ==
        std::numeric_limits<std::int64_t>::max());
  CHECK(Json::parse("-9223372036854775808").value().integer() ==
        std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(Json::parse("9223372036854775808").value().integer().has_value());
  CHECK(Json::parse("9223372036854775808").value().number() == 9223372036854775808.0);
  CHECK(Json::parse("0.1").value().number() == 0.1);
  CHECK(Json::parse("5e-324").value().number() == 5e-324);
  CHECK(std::signbit(*Json::parse("-0").value().number()));
  CHECK(refused("1e999"));
  CHECK(refused("[-1e999]"));
}

TEST_CASE("the limits on bytes, depth and count hold at the value and one beyond") {
  CHECK(Json::parse(nested(limits::json_depth_max)).ok());
  CHECK(refused(nested(limits::json_depth_max + 1)));
  CHECK(refused(std::string(100'000, '[')));
  CHECK(Json::parse("[1,2]", {.values_max = 3}).ok());
  CHECK_FALSE(Json::parse("[1,2,3]", {.values_max = 3}).ok());
  CHECK(Json::parse("[10]", {.bytes_max = 4}).ok());
  CHECK_FALSE(Json::parse("[100]", {.bytes_max = 4}).ok());
}

TEST_CASE("an error of JSON says where, and never what was sent") {
  const auto json = Json::parse(R"({"password":"hunter2",})");
  REQUIRE_FALSE(json.ok());
  CHECK(json.error().code == ErrorCode::invalid_argument);
  CHECK(json.error().detail.find("at byte") != std::string::npos);
  CHECK(json.error().detail.find("hunter2") == std::string::npos);
}

TEST_CASE("a value that was read is written as the same text") {
  const std::string text =
      R"({"b":1,"a":[true,false,null,1.5,2.0,-7,"x\"\\\n\u001f"],"o":{},"e":[]})";
  CHECK(Json::parse(text).value().text() == text);
  CHECK(Json::parse(Json::parse(" [ 1 , 2 ] ").value().text()).value() ==
        Json::parse("[1,2]").value());
  CHECK_FALSE(Json::parse("1").value() == Json::parse("1.0").value());
}

TEST_CASE("values can be built by hand") {
  Json::Object members;
  members.push_back({"s", Json(std::string("x"))});
  members.push_back({"t", Json(true)});
  members.push_back({"i", Json(std::int64_t{3})});
  CHECK(Json(members).text() == R"({"s":"x","t":true,"i":3})");
  CHECK(Json(Json::Array{Json(), Json(0.5)}).text() == "[null,0.5]");
}

TEST_CASE("the writer puts commas where they belong") {
  std::string out = "data: ";
  JsonWriter writer(out);
  writer.begin_object()
      .field("iss", "https://a.test")
      .field("iat", std::int64_t{1700000000})
      .field("big", std::numeric_limits<std::uint64_t>::max())
      .field("ok", true);
  writer.key("aud").begin_array().value("x").value(2).begin_object().end_object().end_array();
  writer.key("none").null().key("raw").raw("[1]").field("f", 0.25);
  writer.field("json", Json::parse("{\"a\":[]}").value());
  CHECK_FALSE(writer.is_complete());
  writer.end_object();
  CHECK(writer.is_complete());
  CHECK(out ==
        R"(data: {"iss":"https://a.test","iat":1700000000,"big":18446744073709551615,"ok":true,)"
        R"("aud":["x",2,{}],"none":null,"raw":[1],"f":0.25,"json":{"a":[]}})");
}

TEST_CASE("numbers that JSON does not have are written as null") {
  std::string out;
  JsonWriter(out).begin_array().value(std::nan("")).value(INFINITY).value(-1e300).end_array();
  CHECK(out == "[null,null,-1e+300]");
}

TEST_CASE("every string is escaped so that it is read back as it was") {
  // A character that needs care, at every place of a word of eight bytes and beyond.
  for (const std::string special :
       {"\"", "\\", "\n", "\x01", "\x1f", "\x7f", "\xc3\xa9", "\xf0\x9f\x98\x80"}) {
    for (std::size_t place = 0; place < 20; ++place) {
      std::string text(20, 'a');
      text.insert(place, special);
      std::string out;
      append_json_string(out, text);
      CAPTURE(out);
      CHECK(Json::parse(out).value().string() == text);
    }
  }
  std::string out;
  append_json_string(out, "</script>\b\f\r\t\x02");
  CHECK(out == R"("</script>\b\f\r\t\u0002")");
}

TEST_CASE("bytes that are not UTF-8 become the replacement character") {
  std::string out;
  append_json_string(out,
                     "a\xff"
                     "b\xc3");
  CHECK(out ==
        "\"a\xef\xbf\xbd"
        "b\xef\xbf\xbd\"");
  CHECK(Json::parse(out).ok());
}

}  // namespace gatehouse
