// Invitations: from the mail to the application, and every link that leads nowhere.

#include "server/login/invitation.h"

#include "server/orgs/membership.h"
#include "server/sessions/session.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

using storage::Transaction;

constexpr auto eve = "eve@newcomer.test";
const char* const initiate_login = "http://localhost:4321/api/auth/login";

class Inviting {
 public:
  explicit Inviting(World& world) : world_(world) {}

  UserId person(std::string_view email) {
    return world_.must([&](Transaction& transaction) -> Result<UserId, Error> {
      const auto known = TRY(users::find_user_by_email(transaction, world_.development(),
                                                       *users::Email::parse(email)));
      if (known.has_value()) return known->id;
      return TRY(users::create(transaction, world_.development(), world_.context(), world_.random(),
                               {.email = *users::Email::parse(email)}))
          .id;
    });
  }
  // The link that is mailed to somebody who is invited to Acme.
  std::string invite(std::string_view email) {
    const UserId user = person(email);
    const OrgId acme = world_.organization("Acme");
    world_.must([&](Transaction& transaction) -> Result<Unit, Error> {
      TRY(orgs::add_member(transaction, world_.development(), acme, world_.context(),
                           world_.random(),
                           orgs::NewMember{.user = user,
                                           .provisioning = orgs::Provisioning::invitation,
                                           .status = orgs::MembershipStatus::pending_invite}));
      TRY(rbac::assign_role(transaction, world_.development(), acme, world_.context(),
                            world_.random(), user, "member"));
      TRY(login::invite(deps(), transaction, environment(), acme, world_.context(), user,
                        {.inviter_email = "ada@acme.test"}));
      return Unit{};
    });
    return world_.mail(email).link;
  }
  std::string resend(std::string_view email) {
    const UserId user = person(email);
    const OrgId acme = world_.organization("Acme");
    world_.must([&](Transaction& transaction) {
      return login::resend_invitation(deps(), transaction, environment(), acme, world_.context(),
                                      user);
    });
    return world_.mail(email).link;
  }
  void remove(std::string_view email) {
    const UserId user = person(email);
    const OrgId acme = world_.organization("Acme");
    world_.must([&](Transaction& transaction) {
      return orgs::remove_member(transaction, world_.development(), acme, world_.context(),
                                 world_.random(), user);
    });
  }
  std::optional<orgs::Membership> membership(std::string_view email) {
    const UserId user = person(email);
    const OrgId acme = world_.organization("Acme");
    return world_.must([&](Transaction& transaction) {
      return orgs::find_membership(transaction, world_.development(), acme, user);
    });
  }

 private:
  [[nodiscard]] login::InvitationDeps deps() const {
    const login::Deps& all = world_.app().login_deps();
    return {.random = all.random, .outbox = all.outbox, .letters = all.letters};
  }
  [[nodiscard]] const environments::Environment& environment() const {
    return world_.app().catalog().current()->by_id(world_.development())->environment;
  }

  World& world_;
};

TEST_CASE("an invited person presses one button, and the application signs them in by itself") {
  World world;
  Inviting inviting(world);
  Browser browser(world);
  const Page page = browser.open(inviting.invite(eve));
  CHECK(page.status() == 200);
  CHECK(page.shows("Join Acme"));
  CHECK(page.shows("ada@acme.test"));
  CHECK(page.text_of("invited") == eve);
  CHECK(browser.cookie("gh_session").empty());

  const Page joined = browser.submit(page, "/invitation");
  CHECK(joined.status() == 303);
  CHECK(joined.location() == initiate_login);
  CHECK(!browser.cookie("gh_session").empty());
  CHECK(inviting.membership(eve)->status == orgs::MembershipStatus::active);

  // What the application does at that address: no page of ours is shown on the way back to it.
  const Page callback = browser.authorize("Console");
  CHECK(!callback.parameter("code").empty());
  Client console(world, "Console");
  const Json claims =
      console.claims(console.exchange(callback).access_token(), jose::TokenType::access_token);
  CHECK(claims.string("oid") == world.organization("Acme").text());
  CHECK(claims.string("email") == eve);
  CHECK(claims.boolean("email_verified") == true);
  CHECK(claims.array("roles")->front().string() == "member");

  CHECK(world.audit("invitation.sent").size() == 1);
  const auto accepted = world.audit("invitation.accepted");
  REQUIRE(accepted.size() == 1);
  CHECK(accepted[0].actor_id == inviting.person(eve).text());
  CHECK(world.violations() == "");
}

TEST_CASE("looking at an invitation, however often and by whatever scanner, uses nothing up") {
  World world;
  Inviting inviting(world);
  Browser browser(world), scanner(world);
  const std::string link = inviting.invite(eve);
  const std::string path = link.substr(development_url.size());
  CHECK(scanner.send(http::Method::head, path, {}, {}).status == 204);
  CHECK(scanner.open(link, {{"Sec-Purpose", "prefetch"}}).status() == 204);
  for (int i = 0; i < 3; ++i) CHECK(scanner.open(link).status() == 200);
  CHECK(inviting.membership(eve)->status == orgs::MembershipStatus::pending_invite);
  CHECK(browser.submit(browser.open(link), "/invitation").location() == initiate_login);
}

TEST_CASE("an invitation works once, in whatever browser") {
  World world;
  Inviting inviting(world);
  Browser browser(world), other(world);
  const std::string link = inviting.invite(eve);
  const Page page = browser.open(link);
  CHECK(browser.submit(page, "/invitation").status() == 303);

  const Page again = other.submit(page, "/invitation");
  CHECK(again.status() == 410);
  CHECK(again.shows("You have joined already"));
  CHECK(again.link("continue") == initiate_login);
  CHECK(other.cookie("gh_session").empty());
  CHECK(other.open(link).status() == 410);
  CHECK(world.audit("session.created").size() == 1);
  CHECK(world.last_refusal("invitation.refused").find("not open") != std::string::npos);
}

TEST_CASE("a reminder's link works as the first one does, and using one voids the other") {
  World world;
  Inviting inviting(world);
  Browser browser(world), other(world);
  const std::string first = inviting.invite(eve);
  world.advance(days(14));
  const std::string second = inviting.resend(eve);
  CHECK(first != second);
  const Page from_second = other.open(second);
  CHECK(from_second.status() == 200);
  CHECK(browser.submit(browser.open(first), "/invitation").status() == 303);
  CHECK(other.submit(from_second, "/invitation").status() == 410);
  CHECK(other.cookie("gh_session").empty());
}

TEST_CASE("after fifteen days the link is over and the page says whom to ask; a new mail works") {
  World world;
  Inviting inviting(world);
  Browser browser(world);
  const std::string link = inviting.invite(eve);
  const Page in_time = browser.open(link);
  world.advance(days(15));
  for (const Page& page : {browser.open(link), browser.submit(in_time, "/invitation")}) {
    CHECK(page.status() == 410);
    CHECK(page.shows("This invitation is over"));
    CHECK(page.shows("Ask ada@acme.test or another administrator of Acme"));
  }
  CHECK(inviting.membership(eve)->status != orgs::MembershipStatus::active);

  const std::string fresh = inviting.resend(eve);
  CHECK(browser.open(link).shows("There is a newer mail"));
  CHECK(browser.submit(browser.open(fresh), "/invitation").status() == 303);
}

TEST_CASE("an invitation that was taken back, or whose organization is gone, says so") {
  World world;
  Inviting inviting(world);
  Browser browser(world);
  const std::string link = inviting.invite(eve);
  const Page open = browser.open(link);
  inviting.remove(eve);
  CHECK(browser.submit(open, "/invitation").status() == 410);
  CHECK(browser.open(link).shows("This invitation was taken back"));
  // Invited anew, the old link stays dead and the new one works.
  const std::string fresh = inviting.invite(eve);
  CHECK(browser.submit(open, "/invitation").status() == 410);
  CHECK(browser.open(fresh).status() == 200);

  const OrgId acme = world.organization("Acme");
  world.must([&](Transaction& transaction) {
    return orgs::delete_organization(transaction, world.development(), world.context(),
                                     world.random(), acme);
  });
  CHECK(browser.open(fresh).shows("This organization is gone"));
  CHECK(browser.cookie("gh_session").empty());
  CHECK(world.violations() == "");
}

TEST_CASE("what is no invitation of ours gets a page that tells nothing") {
  World world;
  Inviting inviting(world);
  Browser browser(world);
  const std::string link = inviting.invite(eve);
  for (const std::string& path :
       {std::string("/invitation"), std::string("/invitation?token="),
        std::string("/invitation?token=1.AAAA"), std::string("/invitation?token=%00"),
        std::string("/invitation?token=a&token=b"), link.substr(development_url.size()) + "x"}) {
    CAPTURE(path);
    const Page page = browser.open(std::string(development_url) + path);
    CHECK(page.status() == 404);
    CHECK(!page.shows("Acme</"));
    CHECK(!page.shows(eve));
  }
  CHECK(browser.post("/invitation", {}).status() == 404);
  CHECK(browser.post("/invitation", {{"token", "1.AAAA"}}).status() == 404);
  // Another environment does not know it.
  const std::string elsewhere = std::string(production_url) + link.substr(development_url.size());
  CHECK(browser.open(elsewhere).status() == 404);
}

TEST_CASE("another site cannot press the button") {
  World world;
  Inviting inviting(world);
  Browser browser(world);
  const Page page = browser.open(inviting.invite(eve));
  const Fields fields = page.find_form("/invitation")->fields;
  CHECK(browser.post("/invitation", fields, {{"Sec-Fetch-Site", "cross-site"}}).status() == 403);
  CHECK(inviting.membership(eve)->status == orgs::MembershipStatus::pending_invite);
}

TEST_CASE("somebody else who is signed in is shown both names, and switched only by the button") {
  World world;
  Inviting inviting(world);
  Browser browser(world);
  browser.sign_in("Console", "ada@acme.test");
  const std::string adas = browser.cookie("gh_session");
  const Page page = browser.open(inviting.invite(eve));
  CHECK(page.shows("You are signed in as ada@acme.test"));
  CHECK(page.shows("Switch and join"));
  CHECK(page.link("stay") == "/account");
  CHECK(browser.cookie("gh_session") == adas);

  CHECK(browser.submit(page, "/invitation").status() == 303);
  CHECK(browser.cookie("gh_session") != adas);
  CHECK(browser.open("/account").shows(eve));
  const auto ended = world.audit("session.ended");
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].detail.ends_with("replaced"));
}

TEST_CASE("who is signed in already joins with the same session, in the new organization") {
  World world;
  Inviting inviting(world);
  Browser browser(world);
  REQUIRE(browser.submit(browser.open(inviting.invite(eve)), "/invitation").status() == 303);
  inviting.remove(eve);
  const std::string before = browser.cookie("gh_session");
  const Page page = browser.open(inviting.invite(eve));
  CHECK(!page.shows("You are signed in as"));
  CHECK(browser.submit(page, "/invitation").location() == initiate_login);
  CHECK(browser.cookie("gh_session") != before);
  CHECK(world.audit("session.created").size() == 1);
  CHECK(world.audit("session.renewed").size() == 1);
  CHECK(!browser.authorize("Console").parameter("code").empty());
  CHECK(world.violations() == "");
}

void close_sign_up(World& world) {
  world.change_settings([](environments::Settings& settings) {
    settings.sign_up = environments::Settings::SignUp::closed;
  });
}

TEST_CASE("who was invited and signs in without the mail's link is offered to join") {
  World world;
  Inviting inviting(world);
  Browser browser(world), other(world);
  close_sign_up(world);
  const std::string link = inviting.invite(eve);
  const Page offer = browser.sign_in("Console", eve);
  REQUIRE(offer.find_form("/login/organization") != nullptr);
  CHECK(offer.shows("Invitation: join"));
  CHECK(offer.link("create-organization").empty());
  CHECK(browser.cookie("gh_session").empty());
  CHECK(inviting.membership(eve)->status == orgs::MembershipStatus::pending_invite);

  const std::string acme = world.organization("Acme").text();
  const Page callback = browser.submit(offer, "/login/organization", {{"organization", acme}});
  CHECK(!callback.parameter("code").empty());
  CHECK(inviting.membership(eve)->status == orgs::MembershipStatus::active);
  CHECK(world.audit("invitation.accepted").size() == 1);
  CHECK(other.open(link).shows("You have joined already"));
  CHECK(world.violations() == "");
}

TEST_CASE("an invitation keeps nobody from making an organization of their own, once") {
  World world;
  Inviting inviting(world);
  Browser browser(world);
  const std::string link = inviting.invite(eve);
  const Page offer = browser.sign_in("Console", eve);
  REQUIRE(!offer.link("create-organization").empty());
  const Page names = browser.open(offer.link("create-organization"));
  const Page refused = browser.submit(names, "/login/sign-up", {{"organization_name", ""}});
  CHECK(refused.status() == 422);
  const Page callback = browser.submit(
      refused, "/login/sign-up",
      {{"organization_name", "Eve's"}, {"given_name", "Eve"}, {"family_name", "New"}});
  CHECK(!callback.parameter("code").empty());
  CHECK(inviting.membership(eve)->status == orgs::MembershipStatus::pending_invite);
  CHECK(browser.open(link).status() == 200);
}

TEST_CASE("an invitation that is over, or taken back, is not on offer at the sign-in") {
  World world;
  Inviting inviting(world);
  Browser browser(world);
  close_sign_up(world);
  inviting.invite(eve);
  const std::string acme = world.organization("Acme").text();
  SUBCASE("over") {
    world.advance(days(15));
    const Page refused = browser.sign_in("Console", eve);
    CHECK(refused.status() == 403);
    CHECK(refused.find_form("/login/organization") == nullptr);
  }
  SUBCASE("taken back between the page and its button") {
    const Page offer = browser.sign_in("Console", eve);
    inviting.remove(eve);
    const Page refused = browser.submit(offer, "/login/organization", {{"organization", acme}});
    CHECK(refused.status() == 403);
    CHECK(browser.cookie("gh_session").empty());
  }
  SUBCASE("somebody else's") {
    Browser lone(world);
    CHECK(lone.sign_in("Console", "lone@acme.test").find_form("/login/organization") == nullptr);
  }
}

TEST_CASE("an application that names the organization gets the invited person there") {
  World world;
  Inviting inviting(world);
  Browser browser(world);
  inviting.invite(eve);
  const std::string acme = world.organization("Acme").text();
  const Page offer = browser.sign_in("Console", eve, {{"organization_id", acme}});
  REQUIRE(offer.find_form("/login/organization") != nullptr);
  CHECK(offer.find_form("/login/organization")->buttons.size() == 1);
  const Page callback = browser.submit(offer, "/login/organization", {{"organization", acme}});
  CHECK(!callback.parameter("code").empty());
}

TEST_CASE("who is switched off cannot join, and nothing is used up") {
  World world;
  Inviting inviting(world);
  Browser browser(world);
  const std::string link = inviting.invite(eve);
  const Page page = browser.open(link);
  world.disable(eve);
  for (const Page& refused : {browser.open(link), browser.submit(page, "/invitation")}) {
    CHECK(refused.status() == 403);
    CHECK(refused.shows("Your account is switched off"));
  }
  CHECK(browser.cookie("gh_session").empty());
  CHECK(inviting.membership(eve)->status == orgs::MembershipStatus::pending_invite);
}

TEST_CASE("of two browsers that press at the same moment, one joins") {
  World world;
  Inviting inviting(world);
  Browser first(world), second(world);
  const std::string link = inviting.invite(eve);
  const Page one = first.open(link), two = second.open(link);
  int joined = 0;
  std::vector<int> statuses(2);
  {
    std::jthread a([&] { statuses[0] = first.submit(one, "/invitation").status(); });
    std::jthread b([&] { statuses[1] = second.submit(two, "/invitation").status(); });
  }
  for (const int status : statuses) joined += status == 303 ? 1 : 0;
  CHECK(joined == 1);
  CHECK(world.audit("invitation.accepted").size() == 1);
}

}  // namespace
}  // namespace gatehouse::world
