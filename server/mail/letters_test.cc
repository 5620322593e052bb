#include "server/mail/letters.h"

#include <doctest/doctest.h>

namespace gatehouse::mail {
namespace {

constexpr Instant noon = instant_from_ms(1'800'000'000'000);

CodeLetter sample() {
  return {.kind = CodeLetter::Kind::sign_in,
          .to = *net::MailAddress::parse("ada@acme.test"),
          .product_name = "Acme Console",
          .code = "482913",
          .link = "https://auth.acme.test/login/link?flow=flw_1&token=abc",
          .host = "auth.acme.test",
          .expires_in_minutes = 10,
          .asked_from = "Firefox on Linux, 192.0.2.10",
          .useful_until = noon};
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a code letter says the same in text and HTML") {
  const Letters letters = Letters::load().value();
  const Letter letter = letters.compose(sample());
  CHECK(letter.subject.text() == "482913 is your code for Acme Console");
  CHECK(letter.from_name.text() == "Acme Console");
  CHECK(letter.purpose == "sign_in");
  CHECK(letter.code == "482913");
  CHECK(letter.useful_until == noon);
  for (const std::string& body : {letter.text, letter.html}) {
    CHECK(has(body, "482913"));
    CHECK(has(body, "10 minutes"));
    CHECK(has(body, "Firefox on Linux, 192.0.2.10"));
    CHECK_FALSE(has(body, "{{"));
  }
  CHECK(has(letter.text, "\nhttps://auth.acme.test/login/link?flow=flw_1&token=abc\n"));
  CHECK(has(letter.html, "href=\"https://auth.acme.test/login/link?flow=flw_1&amp;token=abc\""));
}

TEST_CASE("the text ends with the line that lets browsers fill in the code on one host only") {
  const Letters letters = Letters::load().value();
  for (const auto kind : {CodeLetter::Kind::sign_in, CodeLetter::Kind::sign_up}) {
    CodeLetter letter = sample();
    letter.kind = kind;
    CHECK(letters.compose(letter).text.ends_with("\n\n@auth.acme.test #482913"));
  }
}

TEST_CASE("a sign-up letter is another letter") {
  const Letters letters = Letters::load().value();
  CodeLetter letter = sample();
  letter.kind = CodeLetter::Kind::sign_up;
  letter.asked_from.clear();
  const Letter composed = letters.compose(letter);
  CHECK(composed.subject.text() == "482913 is your code to join Acme Console");
  CHECK(composed.purpose == "sign_up");
  CHECK_FALSE(has(composed.text, "asked for from"));
}

InvitationLetter invitation() {
  return {.to = *net::MailAddress::parse("grace@hopper.test"),
          .product_name = "Acme Console",
          .organization_name = "Navy",
          .inviter = "ada@acme.test",
          .link = "https://auth.acme.test/invitation?token=1.abc",
          .expires_at = noon};
}

TEST_CASE("an invitation says who invites whom to what, until when, and has one link") {
  const Letters letters = Letters::load().value();
  const Letter letter = letters.compose(invitation());
  CHECK(letter.subject.text() == "You are invited to join Navy");
  CHECK(letter.purpose == "invitation");
  CHECK(letter.code.empty());
  CHECK(letter.useful_until == noon);
  for (const std::string& body : {letter.text, letter.html}) {
    CHECK(has(body, "ada@acme.test invites you to join"));
    CHECK(has(body, "Acme Console"));
    CHECK(has(body, "15 January 2027"));
    CHECK_FALSE(has(body, "reminder"));
    CHECK_FALSE(has(body, "{{"));
  }
  CHECK(has(letter.text, "\nhttps://auth.acme.test/invitation?token=1.abc\n"));
  CHECK(letter.html.find("href=") == letter.html.rfind("href="));
  CHECK(has(letter.html, "because somebody invited this address"));
}

TEST_CASE("a reminder says so, and an invitation by nobody in particular names nobody") {
  const Letters letters = Letters::load().value();
  InvitationLetter again = invitation();
  again.kind = InvitationLetter::Kind::reminder;
  again.inviter.clear();
  const Letter letter = letters.compose(again);
  CHECK(letter.subject.text() == "Reminder: you are invited to join Navy");
  CHECK(has(letter.text, "A reminder:\nYou are invited to join Navy on Acme Console.\n"));
  CHECK(has(letter.html, "A reminder: you are invited to join"));
}

TEST_CASE("an organization's name can break out of neither the subject nor the letter") {
  const Letters letters = Letters::load().value();
  InvitationLetter letter = invitation();
  letter.organization_name = "<i>Navy</i>\r\nBcc: evil@x.test" + std::string(400, 'x');
  const Letter composed = letters.compose(letter);
  CHECK(composed.subject.text().size() < 300);
  CHECK_FALSE(has(composed.html, "<i>"));
  CHECK_FALSE(has(composed.text, "\nBcc"));
}

TEST_CASE("a letter loads nothing from anywhere and has one link") {
  const std::string html = Letters::load().value().compose(sample()).html;
  CHECK_FALSE(has(html, "src="));
  CHECK_FALSE(has(html, "url("));
  CHECK_FALSE(has(html, "<script"));
  CHECK_FALSE(has(html, "@import"));
  CHECK(html.find("href=") == html.rfind("href="));
}

TEST_CASE("names cannot become markup, headers or further lines") {
  const Letters letters = Letters::load().value();
  CodeLetter letter = sample();
  letter.product_name = "<b>Acme</b>\r\nBcc: evil@x.test\n\n@evil.test #000000";
  letter.asked_from = "<script>\n\u202eevil";
  const Letter composed = letters.compose(letter);
  CHECK_FALSE(has(composed.html, "<b>"));
  CHECK_FALSE(has(composed.html, "<script>"));
  CHECK(has(composed.html, "&lt;b&gt;Acme"));
  CHECK_FALSE(has(composed.text, "\nBcc"));
  CHECK_FALSE(has(composed.text, "\n@evil"));
  CHECK_FALSE(has(composed.text, "\u202e"));
  CHECK(composed.from_name.text() == "<b>Acme</b>Bcc: evil@x.test@evil.test #000000");
}

TEST_CASE("a line is cleaned of controls, marks of direction and broken bytes, and cut") {
  CHECK(clean_line("Gr\u00fc\u00dfe \u4f60\u597d \U0001f511") ==
        "Gr\u00fc\u00dfe \u4f60\u597d \U0001f511");
  CHECK(clean_line("a\r\n\t\x7f\xc2\x85"
                   "b") == "ab");
  CHECK(clean_line("a\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\u061c"
                   "b") == "ab");
  CHECK(clean_line("a\xff\xc0\xaf\xed\xa0\x80"
                   "b") == "ab");
  CHECK(clean_line("a\xe2\x80") == "a");
  CHECK(clean_line(std::string_view("a\0b", 3)) == "ab");
  CHECK(clean_line(std::string(199, 'x') + "\u00fc").size() == 199);
  CHECK(clean_line(std::string(500, 'x')).size() == 200);
}

}  // namespace
}  // namespace gatehouse::mail
