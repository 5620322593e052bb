// Nobody learns from us whether an address has an account, and nobody guesses codes.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

// The page without what differs in every sign-in: flow, form token, address.
std::string plain(const Page& page, std::string_view email) {
  std::string text(page.body());
  const auto blank = [&](std::string_view what) {
    for (std::size_t at = text.find(what); !what.empty() && at != std::string::npos;
         at = text.find(what, at)) {
      text.replace(at, what.size(), "*");
    }
  };
  for (const PageForm& form : page.forms()) {
    for (const auto& [name, value] : form.fields) {
      if (name == "flow" || name == "csrf") blank(value);
    }
  }
  blank(email);
  return std::to_string(page.status()) + "\n" + text;
}

TEST_CASE("known, unknown and disabled people get the same pages after the same work") {
  World world;
  world.disable("lone@acme.test");
  struct Seen {
    std::string mail_page, wrong_page, resent_page;
    std::vector<std::string> mail_work, wrong_work, resend_work;
    bool operator==(const Seen&) const = default;
  };
  std::vector<Seen> all;
  for (const char* prompt : {"login", "create"}) {
    for (const std::string email : {"ada@acme.test", "lone@acme.test", "nobody@nowhere.test"}) {
      Browser browser(world);
      const Page first = browser.authorize("Console", {{"prompt", prompt}});
      const PageForm& form = first.forms().front();
      const Fields typed = merged(form.fields, {{"email", email}});
      Seen seen;
      static_cast<void>(browser.send(http::Method::post, form.action, encode(typed), {}));
      seen.mail_work = world.last_statements();
      const Page check_mail = browser.open("/login?flow=" + form.fields.front().second);
      seen.mail_page = plain(check_mail, email);
      const std::string right = world.mail(email).code;
      const std::string wrong = right == "000000" ? "000001" : "000000";
      seen.wrong_page = plain(browser.submit(check_mail, "/login/code", {{"code", wrong}}), email);
      seen.wrong_work = world.last_statements();
      static_cast<void>(browser.send(http::Method::post, "/login/resend",
                                     encode(check_mail.find_form("/login/resend")->fields), {}));
      seen.resend_work = world.last_statements();
      seen.resent_page = plain(browser.open(check_mail.url()), email);
      all.push_back(std::move(seen));
    }
  }
  for (const Seen& seen : all) {
    CHECK(seen.mail_page == all.front().mail_page);
    CHECK(seen.wrong_page == all.front().wrong_page);
    CHECK(seen.resent_page == all.front().resent_page);
    CHECK(seen.mail_work == all.front().mail_work);
    CHECK(seen.wrong_work == all.front().wrong_work);
    CHECK(seen.resend_work == all.front().resend_work);
  }
}

TEST_CASE("known and unknown people get the same letter, but for their code and link") {
  World world;
  Browser browser(world);
  browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  browser.ask_for_mail(browser.authorize("Console"), "eve@acme.test");
  const auto known = world.mail("ada@acme.test");
  const auto unknown = world.mail("eve@acme.test");
  const auto plain_text = [](const mail::DeliveredLetter& letter) {
    std::string text = letter.text;
    text.replace(text.find(letter.link), letter.link.size(), "LINK");
    for (std::size_t at; (at = text.find(letter.code)) != std::string::npos;) {
      text.replace(at, letter.code.size(), "CODE");
    }
    return text;
  };
  CHECK(plain_text(known) == plain_text(unknown));
}

TEST_CASE("two mails a minute go to an address, however it is written") {
  World world({.throttle = {}});
  Browser browser(world);
  for (const char* written : {"ada@acme.test", "ADA@Acme.TEST"}) {
    CHECK(browser.ask_for_mail(browser.authorize("Console"), written).status() == 200);
  }
  const Page third = browser.ask_for_mail(browser.authorize("Console"), " Ada@acme.test ");
  CHECK(third.status() == 429);
  CHECK(third.header("Retry-After") == "60");
  CHECK(world.all_mail("ada@acme.test").size() == 2);
  CHECK(world.last_refusal("login.refused") == "too many mails");
  // Others are not held up, and neither is the same person a minute later.
  CHECK(browser.ask_for_mail(browser.authorize("Console"), "bob@acme.test").status() == 200);
  world.advance(minutes(1));
  CHECK(browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test").status() == 200);
}

TEST_CASE("asking again on the same page counts as well") {
  World world({.throttle = {}});
  Browser browser(world);
  const Page page = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  world.advance(milliseconds(1));
  CHECK(browser.submit(page, "/login/resend").status() == 200);
  CHECK(browser.submit(page, "/login/resend").status() == 429);
  // The code of the second mail still works.
  CHECK(!browser.type_code(page, "ada@acme.test").parameter("code").empty());
}

TEST_CASE("one source may not mail the whole world") {
  World world({.throttle = {.mails_per_source_per_hour = 5}});
  for (int i = 0; i < 5; ++i) {
    Browser browser(world);
    const std::string email = "person" + std::to_string(i) + "@acme.test";
    CHECK(browser.ask_for_mail(browser.authorize("Console"), email).status() == 200);
  }
  Browser sixth(world), elsewhere(world);
  CHECK(sixth.ask_for_mail(sixth.authorize("Console"), "ada@acme.test").status() == 429);
  elsewhere.come_from("192.0.2.200");
  CHECK(elsewhere.ask_for_mail(elsewhere.authorize("Console"), "ada@acme.test").status() == 200);
}

TEST_CASE("five wrong codes end a sign-in, and a new mail does not give more") {
  World world;
  Browser browser(world);
  const Page page = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  const auto wrong = [&](int i) { return "00000" + std::to_string(i); };
  for (int i = 0; i < 3; ++i) {
    CHECK(browser.submit(page, "/login/code", {{"code", wrong(i)}}).status() == 422);
  }
  browser.submit(page, "/login/resend");
  CHECK(browser.submit(page, "/login/code", {{"code", wrong(3)}}).status() == 422);
  browser.submit(page, "/login/code", {{"code", "not a code"}});
  const auto letter = world.mail("ada@acme.test");
  const Page right = browser.submit(page, "/login/code", {{"code", letter.code}});
  CHECK(right.status() == 429);
  CHECK(right.parameter("code").empty());
  // The link of that mail is void with it.
  CHECK(browser.open(letter.link).find_form("/login/link") == nullptr);
  CHECK(browser.submit(page, "/login/resend").status() == 429);
  CHECK(world.audit("session.created").empty());
  CHECK(!browser.sign_in("Console", "ada@acme.test").parameter("code").empty());
}

TEST_CASE("wrong codes are counted by address and by source over all sign-ins") {
  login::ThrottleLimits limits = no_throttle();
  SUBCASE("by address") { limits.wrong_codes_per_address_per_hour = 7; }
  SUBCASE("by source") { limits.wrong_codes_per_source_per_hour = 7; }
  World world({.throttle = limits});
  int refused = 0;
  for (int flow = 0; flow < 3; ++flow) {
    Browser browser(world);
    const Page page = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
    for (int i = 0; i < 4; ++i) {
      const Page answer =
          browser.submit(page, "/login/code", {{"code", "00000" + std::to_string(i)}});
      if (answer.status() == 429) ++refused;
    }
  }
  CHECK(refused == 5);
  world.advance(milliseconds(1));  // mails of one millisecond have no order
  Browser victim(world);
  const bool by_source = limits.wrong_codes_per_source_per_hour == 7;
  if (by_source) victim.come_from("192.0.2.201");
  CHECK(victim.sign_in("Console", "ada@acme.test").parameter("code").empty() == !by_source);
  world.advance(hours(1));
  Browser later(world);
  CHECK(!later.sign_in("Console", "ada@acme.test").parameter("code").empty());
}

TEST_CASE("addresses that are none are asked for again, on the same page for all of them") {
  World world;
  Browser browser(world);
  const Page first = browser.authorize("Console");
  for (const char* typed : {"", "ada", "ada@", "@acme.test", "ada@acme", "a b@acme.test",
                            "ada@acme.test\r\nBcc: eve@evil.test", "ada@acme.test,eve@evil.test",
                            "\"ada\"@acme.test", "ada%evil.test@acme.test"}) {
    CAPTURE(typed);
    const Page page = browser.submit(first, "/login/email", {{"email", typed}});
    CHECK(page.find_form("/login/code") == nullptr);
    CHECK(page.status() == 422);
  }
  CHECK(world.all_mail().empty());
}

}  // namespace
}  // namespace gatehouse::world
