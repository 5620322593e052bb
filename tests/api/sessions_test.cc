// SessionService over the wire: what sessions there are, and their end.

#include "scalekit/v1/sessions/sessions.pb.h"
#include "tests/world/api_client.h"
#include "tests/world/browser.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::sessions;
using api::Status;

constexpr const char* phone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

std::string method(std::string_view name) { return "sessions.SessionService/" + std::string(name); }

// A person's sign-in: their browser, and what the application got.
struct SignedIn {
  Browser browser;
  Answer tokens;
  std::string session;
};
SignedIn sign_in(World& world, std::string_view email, std::string_view agent = "") {
  SignedIn signed_in{.browser = Browser(world), .tokens = {}, .session = {}};
  if (!agent.empty()) signed_in.browser.call_itself(agent);
  const Page back = signed_in.browser.sign_in(
      "Console", email,
      {{"scope", "openid offline_access"}, {"organization_id", world.organization("Acme").text()}});
  signed_in.tokens = Client(world, "Console").exchange(back);
  REQUIRE(signed_in.tokens.status == 200);
  signed_in.session = *token_part(signed_in.tokens.access_token(), 1).string("sid");
  return signed_in;
}

class Sessions {
 public:
  explicit Sessions(World& world, std::string_view application = "Console")
      : api_(world, application) {}
  Sessions(World& world, const Answer& tokens)
      : api_(ApiClient::with_token(world, std::string(development_url), tokens.access_token())) {}

  CallAnswer<pb::SessionDetails> get(std::string id) {
    pb::SessionDetailsRequest request;
    request.set_session_id(std::move(id));
    return api_.call<pb::SessionDetails>(method("GetSession"), request);
  }
  CallAnswer<pb::UserSessionDetails> list(const pb::UserSessionDetailsRequest& request) {
    return api_.call<pb::UserSessionDetails>(method("GetUserSessions"), request);
  }
  CallAnswer<pb::UserSessionDetails> list(std::string user,
                                          std::vector<std::string> statuses = {}) {
    pb::UserSessionDetailsRequest request;
    request.set_user_id(std::move(user));
    for (std::string& status : statuses) request.mutable_filter()->add_status(std::move(status));
    return list(request);
  }
  CallAnswer<pb::RevokeSessionResponse> revoke(std::string id) {
    pb::RevokeSessionRequest request;
    request.set_session_id(std::move(id));
    return api_.call<pb::RevokeSessionResponse>(method("RevokeSession"), request);
  }
  CallAnswer<pb::RevokeAllUserSessionsResponse> revoke_all(std::string user) {
    pb::RevokeAllUserSessionsRequest request;
    request.set_user_id(std::move(user));
    return api_.call<pb::RevokeAllUserSessionsResponse>(method("RevokeAllUserSessions"), request);
  }

 private:
  ApiClient api_;
};

void check_not_found(const CallStatus& answer, std::string_view message) {
  CHECK(answer.status == Status::not_found);
  CHECK(answer.info.error_code() == "NOT_FOUND");
  CHECK(answer.message == message);
}

}  // namespace

TEST_CASE("sessions: one says whose it is, where, since when and for whom") {
  World world;
  const SignedIn ada = sign_in(world, "ada@acme.test", phone);
  const auto answer = Sessions(world).get(ada.session);
  REQUIRE(answer.ok());
  const pb::SessionDetails& session = answer.response;
  const std::string acme = world.organization("Acme").text();
  CHECK(session.session_id() == ada.session);
  CHECK(session.user_id() == world.user("ada@acme.test").text());
  CHECK(session.organization_id() == acme);
  REQUIRE(session.authenticated_organizations_size() == 1);
  CHECK(session.authenticated_organizations(0) == acme);
  REQUIRE(session.authenticated_clients_size() == 1);
  CHECK(session.authenticated_clients(0).client_id() == world.application("Console").client_id);
  CHECK(session.authenticated_clients(0).organization_id() == acme);
  CHECK(session.status() == "active");
  CHECK(session.device().user_agent() == phone);
  CHECK(session.device().browser() == "Safari");
  CHECK(session.device().browser_version() == "17.5");
  CHECK(session.device().os() == "iOS");
  CHECK(session.device().os_version() == "17.5.1");
  CHECK(session.device().device_type() == "mobile");
  CHECK(session.device().ip() == "203.0.113.7");
  CHECK(session.created_at().seconds() > 0);
  CHECK(session.absolute_expires_at().seconds() - session.created_at().seconds() == 30 * 86400);
  CHECK(session.idle_expires_at().seconds() < session.absolute_expires_at().seconds());
  CHECK_FALSE(session.has_expired_at());
  CHECK_FALSE(session.has_logout_at());
}

TEST_CASE("sessions: a person without sessions has an empty list, an unknown one is an error") {
  World world;
  Sessions sessions(world);
  const auto none = sessions.list(world.user("lone@acme.test").text());
  REQUIRE(none.ok());
  CHECK(none.response.sessions_size() == 0);
  CHECK(none.response.total_size() == 0);
  check_not_found(sessions.list("usr_1234567890123456"), "user not found");
  check_not_found(sessions.get("ses_1234567890123456"), "session not found");
  check_not_found(sessions.revoke("ses_1234567890123456"), "session not found");
  check_not_found(sessions.revoke_all("usr_1234567890123456"), "user not found");
}

TEST_CASE("sessions: malformed ids are refused, naming their field") {
  World world;
  Sessions sessions(world);
  for (const char* id :
       {"", "usr_", "usr_abc", "usr_123abc", "ses_1", "usr_0", "usr_99999999999999999999"}) {
    CAPTURE(id);
    for (const CallStatus& answer :
         std::vector<CallStatus>{sessions.list(id), sessions.revoke_all(id)}) {
      CHECK(answer.status == Status::invalid_argument);
      CHECK(answer.info.error_code() == "INVALID_ARGUMENT");
      CHECK(answer.fields() == std::vector<std::string>{"user_id"});
    }
  }
  for (const char* id : {"", "ses_", "ses_abc", "ses_123abc", "usr_1", "ses_0"}) {
    CAPTURE(id);
    for (const CallStatus& answer :
         std::vector<CallStatus>{sessions.get(id), sessions.revoke(id)}) {
      CHECK(answer.status == Status::invalid_argument);
      CHECK(answer.fields() == std::vector<std::string>{"session_id"});
    }
  }
}

TEST_CASE("sessions: the list goes by pages and is filtered by status and time") {
  World world;
  std::vector<std::string> made;
  for (int i = 0; i < 3; ++i) {
    made.insert(made.begin(), sign_in(world, "ada@acme.test").session);
    world.advance(minutes(2));
  }
  Sessions sessions(world);
  const std::string ada = world.user("ada@acme.test").text();
  REQUIRE(sessions.revoke(made[1]).ok());
  const auto all = sessions.list(ada);
  CHECK(all.response.total_size() == 3);
  CHECK(all.response.sessions(0).session_id() == made[0]);
  pb::UserSessionDetailsRequest request;
  request.set_user_id(ada);
  request.set_page_size(2);
  const auto first = sessions.list(request);
  CHECK(first.response.sessions_size() == 2);
  request.set_page_token(first.response.next_page_token());
  const auto second = sessions.list(request);
  REQUIRE(second.response.sessions_size() == 1);
  CHECK(second.response.sessions(0).session_id() == made[2]);
  CHECK(second.response.next_page_token().empty());
  CHECK_FALSE(second.response.prev_page_token().empty());
  const auto revoked = sessions.list(ada, {"revoked"});
  REQUIRE(revoked.response.sessions_size() == 1);
  CHECK(revoked.response.sessions(0).session_id() == made[1]);
  CHECK(sessions.list(ada, {"active"}).response.total_size() == 2);
  CHECK(sessions.list(ada, {"active", "revoked"}).response.total_size() == 3);
  CHECK(sessions.list(ada, {"logout", "expired"}).response.total_size() == 0);
  const auto unknown = sessions.list(ada, {"alive"});
  CHECK(unknown.status == Status::invalid_argument);
  CHECK(unknown.fields() == std::vector<std::string>{"filter.status"});
  pb::UserSessionDetailsRequest by_time;
  by_time.set_user_id(ada);
  *by_time.mutable_filter()->mutable_start_time() = all.response.sessions(1).created_at();
  CHECK(sessions.list(by_time).response.total_size() == 2);
  *by_time.mutable_filter()->mutable_end_time() = all.response.sessions(0).created_at();
  CHECK(sessions.list(by_time).response.total_size() == 1);
}

TEST_CASE("sessions: logging out and running out of time show as what they are") {
  World world;
  SignedIn ada = sign_in(world, "ada@acme.test");
  const SignedIn bob = sign_in(world, "bob@acme.test");
  static_cast<void>(ada.browser.open("/oidc/logout?id_token_hint=" + ada.tokens.id_token()));
  world.advance(days(7));
  Sessions sessions(world);
  const auto left = sessions.get(ada.session).response;
  CHECK(left.status() == "logout");
  CHECK(left.has_logout_at());
  CHECK_FALSE(left.has_expired_at());
  const auto expired = sessions.get(bob.session).response;
  CHECK(expired.status() == "expired");
  CHECK(expired.expired_at().seconds() == expired.idle_expires_at().seconds());
  CHECK_FALSE(expired.has_logout_at());
}

TEST_CASE("sessions: revoking one ends refresh and the shared sign-in, and can be done once") {
  World world;
  SignedIn ada = sign_in(world, "ada@acme.test");
  Sessions sessions(world);
  const auto answer = sessions.revoke(ada.session);
  REQUIRE(answer.ok());
  CHECK(answer.response.revoked_session().session_id() == ada.session);
  CHECK(answer.response.revoked_session().status() == "revoked");
  CHECK(answer.response.revoked_session().user_id() == world.user("ada@acme.test").text());
  CHECK(Client(world, "Console").refresh(ada.tokens.refresh_token()).error() == "invalid_grant");
  CHECK(ada.browser.authorize("Console", {{"prompt", "none"}}).parameter("error") ==
        "login_required");
  const auto again = sessions.revoke(ada.session);
  CHECK(again.status == Status::failed_precondition);
  CHECK(again.info.error_code() == "FAILED_PRECONDITION");
  CHECK(again.message == "session is not active");
}

TEST_CASE("sessions: revoking all of a person's tells which, and leaves others alone") {
  World world;
  const SignedIn first = sign_in(world, "ada@acme.test");
  world.advance(minutes(2));
  const SignedIn second = sign_in(world, "ada@acme.test");
  const SignedIn bob = sign_in(world, "bob@acme.test");
  Sessions sessions(world);
  const auto answer = sessions.revoke_all(world.user("ada@acme.test").text());
  REQUIRE(answer.ok());
  CHECK(answer.response.total_revoked() == 2);
  REQUIRE(answer.response.revoked_sessions_size() == 2);
  CHECK(answer.response.revoked_sessions(0).session_id() == second.session);
  CHECK(answer.response.revoked_sessions(1).session_id() == first.session);
  CHECK(sessions.get(bob.session).response.status() == "active");
  CHECK(sessions.revoke_all(world.user("ada@acme.test").text()).response.total_revoked() == 0);
}

TEST_CASE("sessions: a person sees and ends their own, and nobody else's") {
  World world;
  const SignedIn ada = sign_in(world, "ada@acme.test");
  world.advance(minutes(2));
  const SignedIn other = sign_in(world, "ada@acme.test");
  const SignedIn bob = sign_in(world, "bob@acme.test");
  Sessions own(world, ada.tokens);
  CHECK(own.list(world.user("ada@acme.test").text()).response.total_size() == 2);
  check_not_found(own.list(world.user("bob@acme.test").text()), "user not found");
  check_not_found(own.revoke(bob.session), "session not found");
  CHECK(own.get(ada.session).status == Status::permission_denied);
  CHECK(own.revoke_all(world.user("ada@acme.test").text()).status == Status::permission_denied);
  CHECK(own.revoke(other.session).ok());
  Sessions sessions(world);
  CHECK(sessions.get(bob.session).response.status() == "active");
  CHECK(sessions.get(other.session).response.status() == "revoked");
}

TEST_CASE("sessions: those of another environment do not exist") {
  World world;
  const SignedIn ada = sign_in(world, "ada@acme.test");
  Sessions foreign(world, "Portal");
  check_not_found(foreign.get(ada.session), "session not found");
  check_not_found(foreign.revoke(ada.session), "session not found");
  check_not_found(foreign.list(world.user("ada@acme.test").text()), "user not found");
  check_not_found(foreign.revoke_all(world.user("ada@acme.test").text()), "user not found");
  CHECK(Sessions(world).get(ada.session).response.status() == "active");
}

}  // namespace gatehouse::world
