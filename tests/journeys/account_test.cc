// The account page: where a person is signed in, and how they end that.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

constexpr const char* end_one = "/account/sessions/end";
constexpr const char* end_others = "/account/sessions/end-others";

std::vector<std::string> listed(const Page& page) {
  std::vector<std::string> sessions;
  for (const PageForm& form : page.forms()) {
    if (form.action != end_one) continue;
    for (const auto& [name, value] : form.fields) {
      if (name == "session") sessions.push_back(value);
    }
  }
  return sessions;
}

struct TwoBrowsers {
  World world;
  Browser laptop{world}, phone{world};

  TwoBrowsers() {
    laptop.sign_in("Console", "ada@acme.test");
    phone.call_itself("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/604.1");
    phone.come_from("192.0.2.44");
    world.advance(minutes(2));
    phone.sign_in("Console", "ada@acme.test");
  }
  static bool is_signed_in(Browser& browser) {
    return !browser.authorize("Console", {{"prompt", "none"}}).parameter("code").empty();
  }
};

TEST_CASE("who is not signed in signs in first and then sees their account") {
  World world;
  Browser browser(world);
  const Page first = browser.open("/account");
  REQUIRE(first.find_form("/login/email") != nullptr);
  const Page account =
      browser.type_code(browser.ask_for_mail(first, "ada@acme.test"), "ada@acme.test");
  CHECK(account.url() == "/account");
  CHECK(account.shows("ada@acme.test"));
  CHECK(account.shows("Ada Lovelace"));
  CHECK(account.shows("Acme"));
  CHECK(account.text_of("user-id") == world.user("ada@acme.test").text());
}

TEST_CASE("the account lists every session with its device and ends any one of them") {
  TwoBrowsers here;
  const Page account = here.laptop.open("/account");
  CHECK(account.shows("Firefox on Linux"));
  CHECK(account.shows("Safari on iPhone"));
  CHECK(account.shows("192.0.2.44"));
  const auto sessions = listed(account);
  REQUIRE(sessions.size() == 2);
  SUBCASE("another one") {
    const Page after = here.laptop.submit(account, end_one, {{"session", sessions[1]}});
    CHECK(listed(after).size() == 1);
    CHECK(!TwoBrowsers::is_signed_in(here.phone));
    CHECK(TwoBrowsers::is_signed_in(here.laptop));
  }
  SUBCASE("this one") {
    const Page after = here.laptop.submit(account, end_one, {{"session", sessions[0]}});
    CHECK(after.status() == 200);
    CHECK(here.laptop.cookie("gh_session").empty());
    CHECK(!TwoBrowsers::is_signed_in(here.laptop));
    CHECK(TwoBrowsers::is_signed_in(here.phone));
  }
  SUBCASE("all others at once") {
    here.phone.open("/account");
    CHECK(listed(here.laptop.submit(account, end_others)).size() == 1);
    CHECK(!TwoBrowsers::is_signed_in(here.phone));
    CHECK(TwoBrowsers::is_signed_in(here.laptop));
  }
}

TEST_CASE("nobody ends another person's session, or their own by a form from elsewhere") {
  TwoBrowsers here;
  const Page adas = here.laptop.open("/account");
  Browser bob(here.world);
  const Page choose = bob.sign_in("Console", "bob@acme.test");
  bob.submit(choose, "/login/organization",
             {{"organization", here.world.organization("Acme").text()}});
  const Page bobs = bob.open("/account");
  CHECK(listed(bobs).size() == 1);
  for (const std::string& session : listed(adas)) bob.submit(bobs, end_one, {{"session", session}});
  // Nor with the token of a form that was made for somebody else.
  bob.submit(adas, end_others);
  here.phone.submit(adas, end_others);
  here.laptop.post(end_others, adas.find_form(end_others)->fields,
                   {{"Sec-Fetch-Site", "cross-site"}});
  here.laptop.submit(adas, end_others, {{"csrf", ""}});
  CHECK(TwoBrowsers::is_signed_in(here.laptop));
  CHECK(TwoBrowsers::is_signed_in(here.phone));
  CHECK(TwoBrowsers::is_signed_in(bob));
}

}  // namespace
}  // namespace gatehouse::world
