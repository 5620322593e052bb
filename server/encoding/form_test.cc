#include "server/encoding/form.h"

#include <doctest/doctest.h>

namespace gatehouse {

TEST_CASE("a form is decoded field by field") {
  const Form form = Form::parse("a=1&b=two+words&c=%C3%A9%3D%26&d&e=x=y&&").value();
  CHECK(form.size() == 5);
  CHECK(form.get("a") == "1");
  CHECK(form.get("b") == "two words");
  CHECK(form.get("c") == "\xc3\xa9=&");
  CHECK(form.get("d") == "");
  CHECK(form.get("e") == "x=y");
  CHECK_FALSE(form.get("f").has_value());
  CHECK(form.at(1).name == "b");
  CHECK(Form::parse("").value().size() == 0);
  CHECK(Form::parse("&&&").value().size() == 0);
  CHECK(Form().size() == 0);
}

TEST_CASE("a parameter without a value counts as not given where that is asked") {
  const Form form = Form::parse("prompt=&state=x").value();
  CHECK_FALSE(form.get_given("prompt").has_value());
  CHECK_FALSE(form.get_given("nonce").has_value());
  CHECK(form.get_given("state") == "x");
}

TEST_CASE("repeated names are told, however they are spelled") {
  const Form form = Form::parse("client_id=a&x=1&client%5Fid=b&x=2").value();
  CHECK(form.has_duplicates("client_id"));
  CHECK_FALSE(form.has_duplicates("state"));
  CHECK(form.first_duplicate() == "client_id");
  CHECK(form.get("client_id") == "a");
  CHECK(form.all("x") == std::vector<std::string_view>{"1", "2"});
  CHECK_FALSE(Form::parse("a=1&A=2").value().first_duplicate().has_value());
}

TEST_CASE("a malformed form is refused as a whole") {
  const auto refused = [](std::string_view text) { return !Form::parse(text).ok(); };
  for (const char* text : {"a=%", "a=%4", "a=%4g", "a=%g4", "%zz=1", "a=1&b=%", "a=%c3", "a=%ff",
                           "a=%ed%a0%80", "a=%c0%ae", "a=%00", "%00=a", "a=\xff", "a=% 1"}) {
    CAPTURE(text);
    CHECK(refused(text));
  }
  CHECK(refused(std::string_view("a=\0", 3)));
}

TEST_CASE("an error of a form does not repeat what was sent") {
  const auto form = Form::parse("password=hunter2%");
  REQUIRE_FALSE(form.ok());
  CHECK(form.error().code == ErrorCode::invalid_argument);
  CHECK(form.error().detail.find("hunter2") == std::string::npos);
}

TEST_CASE("a form may have as many fields as its limit and no more") {
  std::string text;
  for (std::size_t i = 0; i < limits::form_fields_max; ++i) {
    append_form_field(text, "n" + std::to_string(i), "v");
  }
  CHECK(Form::parse(text).value().size() == limits::form_fields_max);
  append_form_field(text, "one", "more");
  CHECK_FALSE(Form::parse(text).ok());
  CHECK_FALSE(Form::parse("a&b", 1).ok());
}

TEST_CASE("what is encoded decodes to what it was") {
  std::string every;
  for (char32_t c = 1; c < 0x100; ++c) {
    every += c < 0x80 ? std::string(1, static_cast<char>(c)) : std::string("\xc3\xa9");
  }
  std::string text;
  append_form_field(text, every, every);
  append_form_field(text, "b", "");
  const Form form = Form::parse(text).value();
  REQUIRE(form.size() == 2);
  CHECK(form.at(0).name == every);
  CHECK(form.at(0).value == every);
  std::string encoded;
  append_form_encoded(encoded, "a b+&=/?*-._~");
  CHECK(encoded == "a+b%2B%26%3D%2F%3F*-._%7E");
  CHECK(decode_form_text(encoded) == "a b+&=/?*-._~");
  CHECK_FALSE(decode_form_text("%").has_value());
}

}  // namespace gatehouse
