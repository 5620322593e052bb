// PasswordlessService over the wire, with the mails that it sends.

#include "scalekit/v1/auth/passwordless.pb.h"
#include "tests/world/api_client.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::auth::passwordless;
using api::Status;

constexpr const char* ada = "ada@acme.test";
constexpr const char* page = "https://app.acme.test/magic";

std::string method(std::string_view name) {
  return "auth.passwordless.PasswordlessService/" + std::string(name);
}

class Passwordless {
 public:
  explicit Passwordless(World& world, std::string_view application = "Console")
      : api_(world, application) {}

  CallAnswer<pb::SendPasswordlessResponse> send(const pb::SendPasswordlessRequest& request) {
    return api_.call<pb::SendPasswordlessResponse>(method("SendPasswordlessEmail"), request);
  }
  pb::SendPasswordlessResponse sent(std::string_view email = ada, std::string_view uri = page) {
    pb::SendPasswordlessRequest request;
    request.set_email(std::string(email));
    request.set_magiclink_auth_uri(std::string(uri));
    auto answer = send(request);
    REQUIRE(answer.ok());
    return answer.response;
  }
  CallAnswer<pb::SendPasswordlessResponse> resend(std::string id) {
    pb::ResendPasswordlessRequest request;
    request.set_auth_request_id(std::move(id));
    return api_.call<pb::SendPasswordlessResponse>(method("ResendPasswordlessEmail"), request);
  }
  CallAnswer<pb::VerifyPasswordLessResponse> verify(const pb::VerifyPasswordLessRequest& request) {
    return api_.call<pb::VerifyPasswordLessResponse>(method("VerifyPasswordlessEmail"), request);
  }
  CallAnswer<pb::VerifyPasswordLessResponse> code(std::string id, std::string code) {
    pb::VerifyPasswordLessRequest request;
    request.set_code(std::move(code));
    request.set_auth_request_id(std::move(id));
    return verify(request);
  }
  CallAnswer<pb::VerifyPasswordLessResponse> link(std::string token) {
    pb::VerifyPasswordLessRequest request;
    request.set_link_token(std::move(token));
    return verify(request);
  }
  ApiClient& api() { return api_; }

 private:
  ApiClient api_;
};

std::string token_of(const mail::DeliveredLetter& letter) {
  return letter.link.substr(letter.link.find("link_token=") + 11);
}
std::string wrong(const std::string& code) { return code == "000000" ? "000001" : "000000"; }

void check_wrong(const CallStatus& answer, std::string_view field) {
  CHECK(answer.status == Status::invalid_argument);
  CHECK(answer.info.error_code() == "INVALID_ARGUMENT");
  CHECK(answer.message == "the code or link is wrong, used or expired");
  CHECK(answer.fields() == std::vector<std::string>{std::string(field)});
}

}  // namespace

TEST_CASE("passwordless: what was asked for is sent, and what is answered describes it") {
  World world;
  Passwordless passwordless(world);
  pb::SendPasswordlessRequest request;
  request.set_email("New.Person@acme.test");
  request.set_template_(pb::SIGNUP);
  request.set_magiclink_auth_uri(page);
  request.set_state("my state");
  request.set_expires_in(3600);
  (*request.mutable_template_variables())["company"] = "Acme";
  const auto sent = passwordless.send(request);
  REQUIRE(sent.ok());
  CHECK(sent.response.expires_in() == 3600);
  CHECK(sent.response.expires_at() == to_unix_seconds(world.now()) + 3600);
  CHECK(sent.response.passwordless_type() == pb::LINK_OTP);
  CHECK_FALSE(sent.response.auth_request_id().empty());
  const auto letter = world.mail("new.person@acme.test");
  CHECK(letter.subject.find("to join") != std::string::npos);
  CHECK(letter.link.starts_with(std::string(page) + "?link_token="));
  const auto verified = passwordless.code(sent.response.auth_request_id(), letter.code);
  REQUIRE(verified.ok());
  CHECK(verified.response.email() == "new.person@acme.test");
  CHECK(verified.response.state() == "my state");
  CHECK(verified.response.template_() == pb::SIGNUP);
  CHECK(verified.response.passwordless_type() == pb::LINK_OTP);
  check_wrong(passwordless.code(sent.response.auth_request_id(), letter.code), "code");
}

TEST_CASE("passwordless: a link's token is enough, or goes with its own request") {
  World world;
  Passwordless passwordless(world);
  const auto sent = passwordless.sent();
  const std::string token = token_of(world.mail(ada));
  const auto other = passwordless.sent("bob@acme.test");
  pb::VerifyPasswordLessRequest request;
  request.set_link_token(token);
  request.set_auth_request_id(other.auth_request_id());
  check_wrong(passwordless.verify(request), "link_token");
  request.set_auth_request_id(sent.auth_request_id());
  const auto verified = passwordless.verify(request);
  REQUIRE(verified.ok());
  CHECK(verified.response.email() == ada);
  CHECK_FALSE(verified.response.has_state());
  CHECK_FALSE(verified.response.has_template_());
  check_wrong(passwordless.link(token), "link_token");
  CHECK(passwordless.link(token_of(world.mail("bob@acme.test"))).ok());
}

TEST_CASE("passwordless: without a page for the link the mail has a code alone") {
  World world;
  Passwordless passwordless(world);
  pb::SendPasswordlessRequest request;
  request.set_email(ada);
  const auto sent = passwordless.send(request);
  REQUIRE(sent.ok());
  CHECK(sent.response.passwordless_type() == pb::OTP);
  CHECK(sent.response.expires_in() == 300);
  CHECK(world.mail(ada).link.empty());
  world.change_settings([](environments::Settings& settings) {
    settings.passwordless = environments::Settings::Passwordless::link;
  });
  request.set_email("bob@acme.test");
  const auto refused = passwordless.send(request);
  CHECK(refused.status == Status::invalid_argument);
  CHECK(refused.fields() == std::vector<std::string>{"magiclink_auth_uri"});
  CHECK(passwordless.sent("bob@acme.test").passwordless_type() == pb::LINK);
}

TEST_CASE("passwordless: five wrong codes exhaust the request") {
  World world;
  Passwordless passwordless(world);
  const auto sent = passwordless.sent();
  const auto letter = world.mail(ada);
  for (int i = 0; i < 5; ++i) {
    check_wrong(passwordless.code(sent.auth_request_id(), wrong(letter.code)), "code");
  }
  const auto sixth = passwordless.code(sent.auth_request_id(), letter.code);
  CHECK(sixth.status == Status::resource_exhausted);
  CHECK(sixth.info.error_code() == "RESOURCE_EXHAUSTED");
  check_wrong(passwordless.link(token_of(letter)), "link_token");
  CHECK(passwordless.resend(sent.auth_request_id()).status == Status::resource_exhausted);
  CHECK(world.audit("passwordless.verified").empty());
}

TEST_CASE("passwordless: resending brings a fresh code and link, and voids the old") {
  World world;
  Passwordless passwordless(world);
  const auto sent = passwordless.sent();
  const auto first = world.mail(ada);
  const auto again = passwordless.resend(sent.auth_request_id());
  REQUIRE(again.ok());
  CHECK(again.response.expires_in() == sent.expires_in());
  CHECK(again.response.passwordless_type() == sent.passwordless_type());
  const auto second = world.mail(ada);
  check_wrong(passwordless.link(token_of(first)), "link_token");
  CHECK(passwordless.code(again.response.auth_request_id(), second.code).ok());
  const auto late = passwordless.resend(sent.auth_request_id());
  CHECK(late.status == Status::failed_precondition);
}

TEST_CASE("passwordless: a mail's code and link end with their time") {
  World world;
  Passwordless passwordless(world);
  const auto sent = passwordless.sent();
  const auto letter = world.mail(ada);
  world.advance(seconds(300));
  check_wrong(passwordless.code(sent.auth_request_id(), letter.code), "code");
  check_wrong(passwordless.link(token_of(letter)), "link_token");
}

TEST_CASE("passwordless: an address gets two mails a minute") {
  World world({.throttle = {}});
  Passwordless passwordless(world);
  const auto sent = passwordless.sent();
  REQUIRE(passwordless.resend(sent.auth_request_id()).ok());
  pb::SendPasswordlessRequest request;
  request.set_email(ada);
  const auto third = passwordless.send(request);
  CHECK(third.status == Status::resource_exhausted);
  CHECK(third.info.error_code() == "RESOURCE_EXHAUSTED");
  CHECK(world.all_mail(ada).size() == 2);
}

TEST_CASE("passwordless: a request that cannot be is refused, naming the field") {
  World world;
  Passwordless passwordless(world);
  const auto field = [&](auto change) {
    pb::SendPasswordlessRequest request;
    request.set_email(ada);
    change(request);
    const auto answer = passwordless.send(request);
    CHECK(answer.status == Status::invalid_argument);
    return answer.fields().empty() ? std::string() : answer.fields().front();
  };
  using Request = pb::SendPasswordlessRequest;
  CHECK(field([](Request& r) { r.set_email(""); }) == "email");
  CHECK(field([](Request& r) { r.set_email("ada"); }) == "email");
  CHECK(field([](Request& r) { r.set_email("\"a b\"@acme.test"); }) == "email");
  CHECK(field([](Request& r) { r.set_template_(static_cast<pb::TemplateType>(9)); }) == "template");
  CHECK(field([](Request& r) { r.set_magiclink_auth_uri("app://magic"); }) == "magiclink_auth_uri");
  CHECK(field([](Request& r) { r.set_state(std::string(1001, 's')); }) == "state");
  CHECK(field([](Request& r) { r.set_expires_in(59); }) == "expires_in");
  CHECK(field([](Request& r) { r.set_expires_in(3601); }) == "expires_in");
  CHECK(field([](Request& r) { (*r.mutable_template_variables())["otp"] = "1"; }) ==
        "template_variables");
  CHECK(world.all_mail().empty());
  const auto neither = passwordless.verify({});
  CHECK(neither.status == Status::invalid_argument);
  pb::VerifyPasswordLessRequest alone;
  alone.set_code("123456");
  const auto unnamed = passwordless.verify(alone);
  CHECK(unnamed.status == Status::invalid_argument);
  CHECK(unnamed.fields() == std::vector<std::string>{"auth_request_id"});
}

TEST_CASE("passwordless: unknown requests and those of another environment are not found") {
  World world;
  Passwordless passwordless(world);
  const auto sent = passwordless.sent();
  const auto letter = world.mail(ada);
  Passwordless foreign(world, "Portal");
  for (const CallStatus& answer :
       std::vector<CallStatus>{passwordless.code("areq_1", "123456"), passwordless.resend("areq_1"),
                               foreign.code(sent.auth_request_id(), letter.code),
                               foreign.resend(sent.auth_request_id())}) {
    CHECK(answer.status == Status::not_found);
    CHECK(answer.info.error_code() == "NOT_FOUND");
    CHECK(answer.message == "auth request not found");
  }
  check_wrong(foreign.link(token_of(letter)), "link_token");
  CHECK(passwordless.code(sent.auth_request_id(), letter.code).ok());
}

TEST_CASE("passwordless: known and unknown addresses get the same answer") {
  World world;
  Passwordless passwordless(world);
  const auto known = passwordless.sent(ada);
  const auto unknown = passwordless.sent("nobody@acme.test");
  CHECK(known.expires_in() == unknown.expires_in());
  CHECK(known.passwordless_type() == unknown.passwordless_type());
  CHECK(passwordless.code(unknown.auth_request_id(), world.mail("nobody@acme.test").code).ok());
}

TEST_CASE("passwordless: over REST, times are text and failures have their status") {
  World world;
  Passwordless passwordless(world);
  const auto sent = passwordless.api().rest(http::Method::post, "/api/v1/passwordless/email/send",
                                            R"({"email":"ada@acme.test","template":"SIGNIN"})");
  REQUIRE(sent.status == 200);
  const Json json = Json::parse(sent.body).take();
  CHECK(json.string("expires_at") == std::to_string(to_unix_seconds(world.now()) + 300));
  CHECK(json.string("passwordless_type") == "OTP");
  const auto refused =
      passwordless.api().rest(http::Method::post, "/api/v1/passwordless/email/verify",
                              R"({"code":"12345","auth_request_id":")" +
                                  std::string(*json.string("auth_request_id")) + "\"}");
  CHECK(refused.status == 400);
}

}  // namespace gatehouse::world
