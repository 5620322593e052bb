// The admin portal: a link opens it once, in one browser, for some hours.

#include "server/orgs/portal_link.h"
#include "tests/world/browser.h"

namespace gatehouse::world {
namespace {

using orgs::Feature;

struct Link {
  PortalLinkId id;
  std::string path;
};

Link make_link(World& world, orgs::FeatureSet features = {}) {
  const OrgId acme = world.organization("Acme");
  const auto made = world.must([&](storage::Transaction& transaction) {
    return orgs::create_portal_link(transaction, world.development(), acme, world.context(),
                                    world.random(), features);
  });
  world.keep_canary(made.token.reveal());
  return {.id = made.link.id, .path = "/magicLink/" + std::string(made.token.reveal())};
}

Page open_portal(Browser& browser, const Link& link) {
  return browser.submit(browser.open(link.path), link.path);
}

bool is_in_portal(Browser& browser) { return browser.open("/portal").status() == 200; }

}  // namespace

TEST_CASE("portal: a link shows a button, and only the button opens the portal") {
  World world;
  const Link link = make_link(world);
  Browser browser(world);
  for (int i = 0; i < 3; ++i) {
    const Page page = browser.open(link.path);
    CHECK(page.status() == 200);
    CHECK(page.text_of("organization") == "Acme");
    REQUIRE(page.find_form(link.path) != nullptr);
  }
  CHECK(browser.cookie("gh_portal").empty());
  CHECK_FALSE(is_in_portal(browser));
  const Page portal = open_portal(browser, link);
  CHECK(portal.status() == 200);
  CHECK(portal.url().ends_with("/portal"));
  CHECK(portal.shows("Acme"));
  CHECK(portal.text_of("organization-id") == world.organization("Acme").text());
  CHECK_FALSE(portal.text_of("ends").empty());
  CHECK(portal.shows("Single sign-on"));
  CHECK(portal.shows("Directory sync"));
  CHECK(world.audit("portal_link.opened").size() == 1);
  CHECK(world.violations() == "");
}

TEST_CASE("portal: a link that was opened says so, and what it opened goes on") {
  World world;
  const Link link = make_link(world);
  Browser first(world), second(world);
  REQUIRE(open_portal(first, link).status() == 200);
  const Page shown = second.open(link.path);
  CHECK(shown.status() == 410);
  CHECK(shown.shows("This link is over"));
  CHECK(shown.forms().empty());
  CHECK(shown.link("to-portal").empty());
  CHECK(second.post(link.path, {}).status() == 410);
  CHECK(second.cookie("gh_portal").empty());
  CHECK(world.audit("portal_link.refused").size() == 1);
  // The browser that opened it finds its way back.
  const Page again = first.open(link.path);
  CHECK(again.status() == 410);
  CHECK(again.link("to-portal") == "/portal");
  CHECK(is_in_portal(first));
}

TEST_CASE("portal: a link is open for a minute, its portal for six hours") {
  World world;
  Browser late(world), browser(world);
  const Link slow = make_link(world);
  const Page shown = late.open(slow.path);
  world.advance(minutes(1));
  CHECK(late.submit(shown, slow.path).status() == 410);
  CHECK(late.open(slow.path).status() == 410);

  const Link link = make_link(world);
  REQUIRE(open_portal(browser, link).status() == 200);
  world.advance(hours(6) - seconds(1));
  CHECK(is_in_portal(browser));
  world.advance(seconds(1));
  const Page over = browser.open("/portal");
  CHECK(over.status() == 403);
  CHECK(over.shows("The portal is closed"));
}

TEST_CASE("portal: it is limited to the features of its link") {
  World world;
  Browser browser(world);
  const Page portal = open_portal(browser, make_link(world, {Feature::dir_sync}));
  CHECK(portal.shows("Directory sync"));
  CHECK_FALSE(portal.shows("Single sign-on"));
}

TEST_CASE("portal: leaving it closes it for good, as does withdrawing its link") {
  World world;
  Browser browser(world);
  const Link link = make_link(world);
  const Page portal = open_portal(browser, link);
  const std::string cookie = browser.cookie("gh_portal");
  const Page left = browser.submit(portal, "/portal/leave");
  CHECK(left.status() == 200);
  CHECK(left.shows("You have left the portal"));
  CHECK(browser.cookie("gh_portal").empty());
  browser.set_cookie("gh_portal", cookie);
  CHECK_FALSE(is_in_portal(browser));
  CHECK(browser.post("/portal/leave", {}).status() == 200);

  const Link other = make_link(world);
  REQUIRE(open_portal(browser, other).status() == 200);
  const OrgId acme = world.organization("Acme");
  world.must([&](storage::Transaction& transaction) {
    return orgs::delete_portal_link(transaction, world.development(), acme, world.context(),
                                    world.random(), other.id);
  });
  CHECK_FALSE(is_in_portal(browser));
}

TEST_CASE("portal: what is no link opens nothing") {
  World world;
  Browser browser(world);
  for (const std::string& path :
       {std::string("/magicLink/x"), std::string("/magicLink/00000000-0000-4000-8000-000000000000"),
        "/magicLink/" + std::string(200, 'a'), std::string("/magicLink/%3Cscript%3E")}) {
    CAPTURE(path);
    const Page page = browser.open(path);
    CHECK(page.status() == 410);
    CHECK_FALSE(page.shows("<script>"));
    CHECK(browser.post(path, {}).status() == 410);
  }
  browser.set_cookie("gh_portal", "guess");
  CHECK_FALSE(is_in_portal(browser));
}

TEST_CASE("portal: no other page, prefetch or HEAD opens a link") {
  World world;
  const Link link = make_link(world);
  Browser browser(world);
  CHECK(browser.open(link.path, {{"Sec-Purpose", "prefetch"}}).status() == 204);
  CHECK(browser.send(http::Method::head, link.path, "", {}).status == 204);
  const Page foreign = browser.post(
      link.path, {}, {{"Origin", "https://evil.test"}, {"Sec-Fetch-Site", "cross-site"}});
  CHECK(foreign.status() == 403);
  CHECK(browser.cookie("gh_portal").empty());
  CHECK(open_portal(browser, link).status() == 200);
}

TEST_CASE("portal: a link of one environment opens nothing in another") {
  World world;
  const Link link = make_link(world);
  Browser browser(world);
  const std::string elsewhere = std::string(production_url) + link.path;
  CHECK(browser.open(elsewhere).status() == 410);
  CHECK(browser.post(elsewhere, {}).status() == 410);
  Browser at_home(world);
  CHECK(open_portal(at_home, link).status() == 200);
}

}  // namespace gatehouse::world
