#include "server/users/email.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/world/seeded_random.h"

namespace gatehouse::users {
namespace {

bool is_accepted(std::string_view text) { return Email::parse(text).has_value(); }

std::string from(Random& random, std::string_view alphabet, std::size_t length) {
  std::string text;
  while (text.size() < length) text += alphabet[random_below(random, alphabet.size())];
  return text;
}

}  // namespace

TEST_CASE("email: ordinary addresses are taken and stored in lower case") {
  CHECK(Email::parse("ada@acme.test")->text() == "ada@acme.test");
  CHECK(Email::parse("Ada.Lovelace@ACME.Test")->text() == "ada.lovelace@acme.test");
  CHECK(Email::parse("  ada+sales@mail.acme.co.uk ")->text() == "ada+sales@mail.acme.co.uk");
  CHECK(Email::parse("o'brien_{x}=~#$&*/?^-@xn--bcher-kva.example")->text() ==
        "o'brien_{x}=~#$&*/?^-@xn--bcher-kva.example");
  CHECK(Email::parse("1@2.3d")->text() == "1@2.3d");
  CHECK(Email::parse("ada@acme.test")->domain() == "acme.test");
}

TEST_CASE("email: two spellings of one address are one address") {
  CHECK(*Email::parse("ADA@Acme.test") == *Email::parse("ada@acme.TEST "));
  CHECK_FALSE(*Email::parse("ada@acme.test") == *Email::parse("ada@acme.tests"));
}

TEST_CASE("email: whatever is not plainly local@domain is refused [RFC 5321 §4.1.2]") {
  const std::vector<std::string> refused{
      "",
      " ",
      "ada",
      "@",
      "@acme.test",
      "ada@",
      "ada@localhost",
      "a@evil@corp.com",
      "a@b@c@d.com",
      "\"ada\"@acme.test",
      "\"a@evil.com\"@corp.com",
      "ada lovelace@acme.test",
      "ada@acme.test\r\n",
      "ada@acme.test\r\nBcc: eve@evil.test",
      "ada\n@acme.test",
      "ada@acme.test\t",
      std::string("ada@acme.test\0", 14),
      std::string("ada\0@acme.test", 14),
      "ada@acme.test.",
      "ada@.acme.test",
      "ada@acme..test",
      "ada@.",
      ".ada@acme.test",
      "ada.@acme.test",
      "a..da@acme.test",
      "ada@-acme.test",
      "ada@acme-.test",
      "ada@ac_me.test",
      "ada@127.0.0.1",
      "ada@[127.0.0.1]",
      "ada@[IPv6:::1]",
      "ada@acme.123",
      "ada(comment)@acme.test",
      "ada@acme.test(comment)",
      "Ada <ada@acme.test>",
      "<ada@acme.test>",
      "@relay.test:ada@acme.test",
      "ada%corp.com@evil.test",
      "corp.com!ada@evil.test",
      "|/bin/sh@acme.test",
      "`id`@acme.test",
      "=?utf-8?q?=61@evil.test=3e?=@corp.com",
      "ada@acme.test,eve@evil.test",
      "ada;eve@acme.test",
      "ada:x@acme.test",
      "ada\\@acme.test",
      "m\xc4\xb1ke@github.com",  // dotless i
      "mike@g\xc4\xb1thub.com",  // dotless i
      "\xe2\x84\xaa"
      "ate@acme.test",  // the Kelvin sign, which some lower-case to k
      "ada@b\xc3\xbc"
      "cher.example",
      "ada\xef\xbc\xa0"
      "evil.test@acme.test",  // a full-width @
      "ada\xff@acme.test",
  };
  for (const std::string& text : refused) {
    CAPTURE(text);
    CHECK_FALSE(is_accepted(text));
  }
}

TEST_CASE("email: the limits of length hold to the byte [RFC 5321 §4.5.3.1]") {
  const std::string domain = "acme.test";
  CHECK(is_accepted(std::string(64, 'a') + "@" + domain));
  CHECK_FALSE(is_accepted(std::string(65, 'a') + "@" + domain));
  CHECK(is_accepted("a@" + std::string(63, 'b') + ".test"));
  CHECK_FALSE(is_accepted("a@" + std::string(64, 'b') + ".test"));
  const std::string label = std::string(60, 'b') + ".";
  const std::string longest = std::string(61, 'a') + "@" + label + label + label + "testtesty";
  REQUIRE(longest.size() == 254);
  CHECK(is_accepted(longest));
  CHECK_FALSE(is_accepted("a" + longest));
}

TEST_CASE("email: masked shows one's own address to oneself and to nobody else") {
  CHECK(Email::parse("ada@acme.test")->masked() == "a•••@acme.test");
  CHECK(Email::parse("a@acme.test")->masked() == "a•••@acme.test");
}

TEST_CASE("email: what is accepted holds no character that means something to a mail system") {
  world::SeededRandom random(7);
  constexpr std::string_view tempting = "aZ0.-_+@@..%!\"\\<>()[]:;, \t\r\n=?|`'x\xc4\xb1";
  int accepted = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text = "Ada.l@mail.acme.test";
    for (std::uint64_t changes = random_below(random, 4); changes > 0; --changes) {
      text.replace(random_below(random, text.size()), random_below(random, 3),
                   from(random, tempting, random_below(random, 3)));
    }
    const auto email = Email::parse(text);
    if (!email.has_value()) continue;
    ++accepted;
    CAPTURE(text);
    const std::string& stored = email->text();
    REQUIRE(stored.find_first_of(std::string_view("%!\"\\<>()[]:;, \t\r\n|`\0", 21)) ==
            std::string::npos);
    REQUIRE(stored.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos);
    REQUIRE(stored.find('@') == stored.rfind('@'));
    REQUIRE(stored.find("..") == std::string::npos);
    for (const char c : stored) REQUIRE((c > ' ' && c < 0x7f));
    REQUIRE(Email::parse(stored) == email);  // the stored form is stable
    REQUIRE(email->domain().find('.') != std::string_view::npos);
  }
  CHECK(accepted > 10'000);  // the search is not in vain
}

TEST_CASE("email: every well-formed address is accepted") {
  world::SeededRandom random(8);
  constexpr std::string_view local = "abcXYZ019#$&'*+-/=^_{}~";
  constexpr std::string_view host = "abcXYZ019";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = from(random, local, 1 + random_below(random, 20));
    if (random_below(random, 2) == 0) text += "." + from(random, local, 1);
    text += "@" + from(random, host, 1 + random_below(random, 20));
    if (random_below(random, 2) == 0) text += "-" + from(random, host, 3);
    text += ".test";
    CAPTURE(text);
    REQUIRE(is_accepted(text));
  }
}

}  // namespace gatehouse::users
