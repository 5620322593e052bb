// What an authorization request leads to: a table written by hand, and the laws that hold for every
// combination of demands and presences.

#include "server/oidc/authorize_decision.h"

#include <doctest/doctest.h>

#include "tests/world/manual_clock.h"

namespace gatehouse::oidc {
namespace {

using world::test_start;

const OrgId acme(11), globex(12);
const EnvironmentId environment(1);

sessions::LiveSession live_session(std::optional<OrgId> organization) {
  return {.session = {.id = SessionId(7),
                      .environment = environment,
                      .user = UserId(5),
                      .organization = organization,
                      .method = sessions::Method::email_code,
                      .authenticated_at = test_start - minutes(10),
                      .created_at = test_start - minutes(10),
                      .last_active_at = test_start - minutes(10),
                      .idle_lifetime = days(7),
                      .idle_expires_at = test_start + days(7),
                      .expires_at = test_start + days(30),
                      .ended_at = {},
                      .client_address = {},
                      .user_agent = {}},
          .user = {.id = UserId(5),
                   .environment = environment,
                   .email = *users::Email::parse("ada@acme.test"),
                   .email_verified = true,
                   .given_name = {},
                   .family_name = {},
                   .name = {},
                   .picture = {},
                   .locale = {},
                   .external_id = {},
                   .state = users::State::active,
                   .created_at = test_start,
                   .updated_at = test_start,
                   .last_login_at = {}}};
}

AuthorizeRequest request_with(std::string_view prompt) {
  AuthorizeRequest request;
  request.prompt.none = prompt.find("none") != std::string_view::npos;
  request.prompt.login = prompt.find("login") != std::string_view::npos;
  request.prompt.create = prompt.find("create") != std::string_view::npos;
  request.prompt.select_account = prompt.find("select") != std::string_view::npos;
  return request;
}

// Who is there: nobody, somebody in no organization, a member of acme, a former member of acme.
enum class Who { nobody, no_organization, member, former };

Presence presence_of(Who who) {
  Presence presence;
  if (who == Who::nobody) return presence;
  presence.live = live_session(who == Who::no_organization ? std::nullopt : std::optional(acme));
  presence.belongs_to_current = who == Who::member;
  return presence;
}

struct Row {
  Who who;
  const char* prompt;
  std::optional<OrgId> organization;
  bool belongs_to_it;
  NextAct act;
  std::optional<OrgId> in;
  std::optional<OAuthCode> error;
};

constexpr auto nothing = std::nullopt;

const Row table[] = {
    {Who::nobody, "", {}, false, NextAct::sign_in, {}, {}},
    {Who::nobody, "login", {}, false, NextAct::sign_in, {}, {}},
    {Who::nobody, "select", {}, false, NextAct::sign_in, {}, {}},
    {Who::nobody, "", globex, false, NextAct::sign_in, {}, {}},
    {Who::nobody, "create", {}, false, NextAct::sign_up, {}, {}},
    {Who::nobody, "none", {}, false, NextAct::refuse, {}, OAuthCode::login_required},
    {Who::member, "", {}, false, NextAct::issue_code, acme, {}},
    {Who::member, "none", {}, false, NextAct::issue_code, acme, {}},
    {Who::member, "login", {}, false, NextAct::sign_in, {}, {}},
    {Who::member, "login select", {}, false, NextAct::sign_in, {}, {}},
    {Who::member, "create", {}, false, NextAct::sign_up, {}, {}},
    {Who::member, "select", {}, false, NextAct::choose_organization, {}, {}},
    {Who::member, "select", acme, true, NextAct::issue_code, acme, {}},
    {Who::member, "select", globex, true, NextAct::switch_organization, globex, {}},
    {Who::member, "select", globex, false, NextAct::refuse, {}, OAuthCode::access_denied},
    {Who::member, "", globex, true, NextAct::issue_code, acme, {}},
    {Who::member, "", globex, false, NextAct::issue_code, acme, {}},
    {Who::member, "none", globex, true, NextAct::issue_code, acme, {}},
    {Who::former, "", {}, false, NextAct::choose_organization, {}, {}},
    {Who::former, "none", {}, false, NextAct::refuse, {}, OAuthCode::interaction_required},
    {Who::former, "select", acme, false, NextAct::refuse, {}, OAuthCode::access_denied},
    {Who::former, "select", globex, true, NextAct::switch_organization, globex, {}},
    {Who::no_organization, "", {}, false, NextAct::choose_organization, {}, {}},
    {Who::no_organization, "none", {}, false, NextAct::refuse, {}, OAuthCode::interaction_required},
    {Who::no_organization, "select", acme, true, NextAct::switch_organization, acme, {}},
};

TEST_CASE("the decision on a request follows the table") {
  for (const Row& row : table) {
    CAPTURE(static_cast<int>(row.who));
    CAPTURE(std::string(row.prompt));
    AuthorizeRequest request = request_with(row.prompt);
    request.organization = row.organization;
    Presence presence = presence_of(row.who);
    presence.belongs_to_requested = row.belongs_to_it;
    const auto decision = decide(request, presence, {}, test_start);
    CHECK(decision.act == row.act);
    CHECK(decision.organization == row.in);
    CHECK(decision.error.has_value() == row.error.has_value());
    if (decision.error.has_value() && row.error.has_value()) {
      CHECK(decision.error->code == *row.error);
    }
  }
}

TEST_CASE("a session that is too old, or another person's, does not do") {
  const Presence member = presence_of(Who::member);
  const auto act = [&](std::optional<Duration> max_age, std::optional<std::string> subject) {
    AuthorizeRequest request = request_with("");
    request.max_age = max_age;
    return decide(request, member, {subject}, test_start).act;
  };
  CHECK(act(minutes(10), nothing) == NextAct::issue_code);
  CHECK(act(minutes(10) - seconds(1), nothing) == NextAct::sign_in);
  CHECK(act(seconds(0), nothing) == NextAct::sign_in);
  CHECK(act(nothing, "usr_5") == NextAct::issue_code);
  CHECK(act(nothing, "usr_6") == NextAct::sign_in);
  CHECK(act(nothing, "") == NextAct::sign_in);
}

// What a request says of who shall do the signing in, and where that leads.
const ConnectionId okta(21), google(22);
const login::RouteChoice to_okta = login::UseConnection{okta, acme};
const login::RouteChoice to_google = login::UseConnection{google, std::nullopt};

AuthorizeRequest naming_connection(std::string_view prompt = "") {
  AuthorizeRequest request = request_with(prompt);
  request.connection = okta.text();
  return request;
}

Presence routed(Who who, login::RouteChoice route, std::optional<ConnectionId> made_by = nothing) {
  Presence presence = presence_of(who);
  presence.route = route;
  if (presence.live.has_value()) presence.live->session.connection = made_by;
  return presence;
}

TEST_CASE("whoever has to sign in goes where the hints lead, or to the page") {
  AuthorizeRequest hinted = request_with("");
  hinted.login_hint = "ada@acme.test";
  auto decision = decide(hinted, routed(Who::nobody, to_okta), {}, test_start);
  CHECK(decision.act == NextAct::sign_in);
  CHECK(decision.connection == okta);
  decision = decide(hinted, routed(Who::nobody, login::ShowSignInPage{}), {}, test_start);
  CHECK(decision.act == NextAct::sign_in);
  CHECK(!decision.connection.has_value());
  hinted.prompt.create = true;
  decision = decide(hinted, routed(Who::nobody, to_okta), {}, test_start);
  CHECK(decision.act == NextAct::sign_up);
  CHECK(decision.connection == okta);
  hinted.prompt = {.none = true};
  decision = decide(hinted, routed(Who::nobody, to_okta), {}, test_start);
  CHECK(decision.error->code == OAuthCode::login_required);
  // Signed in already: a hint asks nothing again.
  hinted.prompt = {};
  CHECK(decide(hinted, routed(Who::member, to_okta), {}, test_start).act == NextAct::issue_code);
  hinted.prompt.login = true;
  decision = decide(hinted, routed(Who::member, to_okta, okta), {}, test_start);
  CHECK(decision.act == NextAct::sign_in);
  CHECK(decision.connection == okta);
}

TEST_CASE("a session does for a connection that is named only if that connection made it") {
  const auto act = [](std::optional<ConnectionId> made_by) {
    return decide(naming_connection(), routed(Who::member, to_okta, made_by), {}, test_start);
  };
  CHECK(act(okta).act == NextAct::issue_code);
  CHECK(act(nothing).act == NextAct::sign_in);
  CHECK(act(nothing).connection == okta);
  CHECK(act(google).act == NextAct::sign_in);

  AuthorizeRequest social = request_with("");
  social.provider = "google";
  CHECK(decide(social, routed(Who::member, to_google, google), {}, test_start).act ==
        NextAct::issue_code);
  const auto other = decide(social, routed(Who::member, to_google, okta), {}, test_start);
  CHECK(other.act == NextAct::sign_in);
  CHECK(other.connection == google);

  // Silently: no page, and no code for another's session.
  const auto silent =
      decide(naming_connection("none"), routed(Who::member, to_okta), {}, test_start);
  REQUIRE(silent.act == NextAct::refuse);
  CHECK(silent.error->code == OAuthCode::login_required);
  CHECK(decide(naming_connection("none"), routed(Who::member, to_okta, okta), {}, test_start).act ==
        NextAct::issue_code);
  // A connection that is a way to sign in on our own page demands nothing.
  CHECK(decide(naming_connection(), routed(Who::member, login::ShowSignInPage{}), {}, test_start)
            .act == NextAct::issue_code);
}

TEST_CASE("what cannot be had is refused, whoever is signed in and whatever is asked") {
  using Refusal = login::RouteRefusal;
  const std::pair<Refusal, OAuthCode> codes[] = {
      {Refusal::no_configured_connections, OAuthCode::no_configured_connections},
      {Refusal::no_active_connections, OAuthCode::no_active_connections},
      {Refusal::invalid_connection_id, OAuthCode::invalid_connection_id},
      {Refusal::connection_not_active, OAuthCode::connection_not_active},
      {Refusal::invalid_organization_id, OAuthCode::invalid_organization_id}};
  for (const auto& [refusal, code] : codes) {
    for (const Who who : {Who::nobody, Who::member}) {
      for (const char* prompt : {"", "none", "login", "create", "select"}) {
        CAPTURE(std::string(prompt));
        const auto decision =
            decide(naming_connection(prompt), routed(who, refusal, okta), {}, test_start);
        REQUIRE(decision.act == NextAct::refuse);
        CHECK(decision.error->code == code);
      }
    }
  }
}

TEST_CASE("an organization that signs its people in itself is asked before one switches to it") {
  AuthorizeRequest request = request_with("select");
  request.organization = globex;
  const login::RouteChoice to_globex = login::UseConnection{okta, globex};
  const auto with = [&](login::RouteChoice route, std::optional<ConnectionId> made_by) {
    Presence presence = routed(Who::member, route, made_by);
    presence.belongs_to_requested = true;
    return decide(request, presence, {}, test_start);
  };
  CHECK(with(login::ShowSignInPage{}, nothing).act == NextAct::switch_organization);
  CHECK(with(to_globex, nothing).act == NextAct::sign_in);
  CHECK(with(to_globex, nothing).connection == okta);
  CHECK(with(to_globex, google).act == NextAct::sign_in);
  CHECK(with(to_globex, okta).act == NextAct::switch_organization);
  // Staying where one is needs no new proof.
  request.organization = acme;
  CHECK(with(to_okta, nothing).act == NextAct::issue_code);
}

TEST_CASE("whatever is asked: no page with prompt=none, no code without a session that does") {
  const std::optional<OrgId> organizations[] = {nothing, acme, globex};
  const std::optional<Duration> ages[] = {nothing, seconds(0), minutes(5), hours(1)};
  const std::optional<std::string> subjects[] = {nothing, "usr_5", "usr_6"};
  for (int prompts = 0; prompts < 16; ++prompts) {
    for (const Who who : {Who::nobody, Who::no_organization, Who::member, Who::former}) {
      for (const auto& organization : organizations) {
        for (const auto& age : ages) {
          for (const auto& subject : subjects) {
            AuthorizeRequest request;
            request.prompt = {(prompts & 1) != 0, (prompts & 2) != 0, (prompts & 4) != 0,
                              (prompts & 8) != 0};
            // Decoding refuses `none` beside others.
            if (request.prompt.none && prompts != 1) continue;
            request.organization = organization;
            request.max_age = age;
            Presence presence = presence_of(who);
            presence.belongs_to_requested = who != Who::nobody && organization == globex;
            const auto decision = decide(request, presence, {subject}, test_start);
            const bool is_silent =
                decision.act == NextAct::issue_code || decision.act == NextAct::refuse;
            if (request.prompt.none) CHECK(is_silent);
            const bool gives =
                decision.act == NextAct::issue_code || decision.act == NextAct::switch_organization;
            if (!gives) continue;
            CHECK(who != Who::nobody);
            CHECK(!request.prompt.login);
            CHECK(!request.prompt.create);
            CHECK((!age.has_value() || *age == hours(1)));
            CHECK(subject != "usr_6");
            REQUIRE(decision.organization.has_value());
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace gatehouse::oidc
