#include <doctest/doctest.h>

#include "server/mail/letters.h"

namespace gatehouse::mail {
namespace {

constexpr Instant noon = instant_from_ms(1'800'000'000'000);

PasswordlessLetter sample(std::string code, std::string link) {
  return {.kind = PasswordlessLetter::Kind::sign_in,
          .to = *net::MailAddress::parse("ada@acme.test"),
          .product_name = "Acme Console",
          .code = std::move(code),
          .link = std::move(link),
          .lifetime = minutes(5),
          .useful_until = noon};
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a passwordless letter with code and link says both, in text and HTML") {
  const Letters letters = Letters::load().value();
  const Letter letter =
      letters.compose(sample("048291", "https://app.acme.test/magic?link_token=7.abc"));
  CHECK(letter.subject.text() == "048291 is your code for Acme Console");
  CHECK(letter.purpose == "passwordless");
  CHECK(letter.code == "048291");
  CHECK(letter.link == "https://app.acme.test/magic?link_token=7.abc");
  CHECK(letter.useful_until == noon);
  for (const std::string& body : {letter.text, letter.html}) {
    CHECK(has(body, "048291"));
    CHECK(has(body, "https://app.acme.test/magic?link_token=7.abc"));
    CHECK(has(body, "Or open"));
    CHECK(has(body, "5 minutes"));
    CHECK_FALSE(has(body, "{{"));
  }
}

TEST_CASE("a passwordless letter with a code alone has no link") {
  const Letters letters = Letters::load().value();
  const Letter letter = letters.compose(sample("048291", {}));
  CHECK(has(letter.text, "048291"));
  CHECK_FALSE(has(letter.text, "link"));
  CHECK_FALSE(has(letter.html, "href="));
}

TEST_CASE("a passwordless letter with a link alone has no code") {
  const Letters letters = Letters::load().value();
  PasswordlessLetter wanted = sample({}, "https://app.acme.test/magic?link_token=7.abc");
  wanted.kind = PasswordlessLetter::Kind::sign_up;
  wanted.lifetime = seconds(60);
  const Letter letter = letters.compose(wanted);
  CHECK(letter.subject.text() == "Your link to join Acme Console");
  CHECK(has(letter.text, "\nhttps://app.acme.test/magic?link_token=7.abc\n"));
  CHECK(has(letter.html, "Create account"));
  for (const std::string& body : {letter.text, letter.html}) {
    CHECK(has(body, "1 minute."));
    CHECK_FALSE(has(body, "code"));
  }
}

TEST_CASE("a passwordless letter takes no markup from the product's name") {
  PasswordlessLetter wanted = sample("048291", {});
  wanted.product_name = "<b>Acme</b>\r\nBcc: evil@x.test";
  const Letter letter = Letters::load().value().compose(wanted);
  CHECK_FALSE(has(letter.html, "<b>"));
  CHECK_FALSE(has(letter.text, "\nBcc"));
}

}  // namespace gatehouse::mail
