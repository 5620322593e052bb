// ApiTokenService over the wire: API tokens from their making to their end.

#include "scalekit/v1/tokens/tokens.pb.h"
#include "server/users/user.h"
#include "tests/world/api_client.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::tokens;
using api::Status;
using google::protobuf::Empty;

std::string method(std::string_view name) { return "tokens.ApiTokenService/" + std::string(name); }

class Tokens {
 public:
  explicit Tokens(World& world, std::string_view application = "Console")
      : world_(world), api_(world, application), acme(world.organization("Acme").text()) {}

  CallAnswer<pb::CreateTokenResponse> try_create(const pb::CreateToken& wanted) {
    pb::CreateTokenRequest request;
    *request.mutable_token() = wanted;
    auto answer = api_.call<pb::CreateTokenResponse>(method("CreateToken"), request);
    if (answer.ok()) world_.keep_canary(answer.response.token());
    return answer;
  }
  pb::CreateTokenResponse create(pb::CreateToken wanted = {}) {
    if (wanted.organization_id().empty()) wanted.set_organization_id(acme);
    auto answer = try_create(wanted);
    REQUIRE(answer.ok());
    return answer.response;
  }
  CallAnswer<pb::ValidateTokenResponse> validate(const std::string& token) {
    pb::ValidateTokenRequest request;
    request.set_token(token);
    return api_.call<pb::ValidateTokenResponse>(method("ValidateToken"), request);
  }
  CallAnswer<Empty> invalidate(const std::string& token) {
    pb::InvalidateTokenRequest request;
    request.set_token(token);
    return api_.call<Empty>(method("InvalidateToken"), request);
  }
  CallAnswer<pb::UpdateTokenResponse> update(const pb::UpdateTokenRequest& request) {
    return api_.call<pb::UpdateTokenResponse>(method("UpdateToken"), request);
  }
  CallAnswer<pb::ListTokensResponse> list(const pb::ListTokensRequest& request) {
    return api_.call<pb::ListTokensResponse>(method("ListTokens"), request);
  }
  pb::ListTokensResponse page(int size = 0, std::string token = "") {
    pb::ListTokensRequest request;
    request.set_organization_id(acme);
    request.set_page_size(size);
    request.set_page_token(std::move(token));
    auto answer = list(request);
    REQUIRE(answer.ok());
    return answer.response;
  }
  ApiClient& api() { return api_; }

 private:
  World& world_;
  ApiClient api_;

 public:
  std::string acme;
};

void check_not_found(const CallStatus& answer, std::string_view message = "token not found") {
  CHECK(answer.status == Status::not_found);
  CHECK(answer.info.error_code() == "NOT_FOUND");
  CHECK(answer.message == message);
}

void check_invalid(const CallStatus& answer, std::string_view field) {
  CHECK(answer.status == Status::invalid_argument);
  CHECK(answer.info.error_code() == "INVALID_ARGUMENT");
  CHECK(answer.fields() == std::vector<std::string>{std::string(field)});
}

}  // namespace

TEST_CASE("API tokens: one of an organization is validated by itself and by its id") {
  World world;
  Tokens tokens(world);
  pb::CreateToken wanted;
  wanted.set_organization_id(tokens.acme);
  wanted.set_description("CI");
  (*wanted.mutable_custom_claims())["env"] = "test";
  wanted.mutable_expiry()->set_seconds(to_unix_seconds(world.now()) + 3600);
  const auto made = tokens.create(wanted);
  CHECK(made.token_id().starts_with("apit_"));
  CHECK(made.token().starts_with("ghapi_"));
  for (const std::string& reference : {made.token(), made.token_id()}) {
    const auto answer = tokens.validate(reference);
    REQUIRE(answer.ok());
    const pb::Token& info = answer.response.token_info();
    CHECK(info.SerializeAsString() == made.token_info().SerializeAsString());
    CHECK(info.token_id() == made.token_id());
    CHECK(info.organization_id() == tokens.acme);
    CHECK(info.custom_claims().at("env") == "test");
    CHECK(info.description() == "CI");
    CHECK(info.expiry().seconds() == wanted.expiry().seconds());
    CHECK(info.created_at().seconds() == to_unix_seconds(world.now()));
    CHECK(made.token().ends_with(info.token_suffix()));
    CHECK_FALSE(info.has_user_id());
    CHECK_FALSE(info.has_email());
  }
}

TEST_CASE("API tokens: one of a member tells who they are, until they may not sign in") {
  World world;
  Tokens tokens(world);
  pb::CreateToken wanted;
  wanted.set_user_id(world.user("bob@acme.test").text());
  const auto made = tokens.create(wanted);
  const auto info = tokens.validate(made.token()).response.token_info();
  CHECK(info.user_id() == wanted.user_id());
  CHECK(info.email() == "bob@acme.test");
  CHECK(std::vector<std::string>(info.roles().begin(), info.roles().end()) ==
        std::vector<std::string>{"member"});
  world.disable("bob@acme.test");
  check_not_found(tokens.validate(made.token()));
}

TEST_CASE("API tokens: what does not exist, works no more or is another's is not found") {
  World world;
  Tokens tokens(world);
  const auto made = tokens.create();
  check_not_found(tokens.validate("ghapi_" + std::string(43, 'A')));
  check_not_found(tokens.validate("apit_1"));
  check_not_found(tokens.validate("no token at all"));
  check_not_found(tokens.invalidate("apit_1"));
  Tokens foreign(world, "Portal");
  for (const std::string& reference : {made.token(), made.token_id()}) {
    check_not_found(foreign.validate(reference));
    check_not_found(foreign.invalidate(reference));
    pb::UpdateTokenRequest change;
    change.set_token(reference);
    change.set_description("mine now");
    check_not_found(foreign.update(change));
  }
  pb::ListTokensRequest list;
  list.set_organization_id(tokens.acme);
  check_not_found(foreign.list(list), "organization not found");
  CHECK(tokens.validate(made.token()).ok());
}

TEST_CASE("API tokens: an invalidated one is over, and invalidating it again succeeds") {
  World world;
  Tokens tokens(world);
  const auto made = tokens.create();
  CHECK(tokens.invalidate(made.token_id()).ok());
  CHECK(tokens.invalidate(made.token_id()).ok());
  CHECK(tokens.invalidate(made.token()).ok());
  check_not_found(tokens.validate(made.token()));
  CHECK(tokens.page().total_count() == 0);
  CHECK(world.audit("api_token.invalidated").size() == 1);
}

TEST_CASE("API tokens: one stops at its expiry") {
  World world;
  Tokens tokens(world);
  pb::CreateToken wanted;
  wanted.mutable_expiry()->set_seconds(to_unix_seconds(world.now()) + 60);
  const auto made = tokens.create(wanted);
  world.advance(seconds(61));
  check_not_found(tokens.validate(made.token_id()));
}

TEST_CASE("API tokens: claims given replace the old, an empty map leaves them") {
  World world;
  Tokens tokens(world);
  pb::CreateToken wanted;
  (*wanted.mutable_custom_claims())["a"] = "1";
  (*wanted.mutable_custom_claims())["b"] = "2";
  wanted.set_description("first");
  const auto made = tokens.create(wanted);
  pb::UpdateTokenRequest change;
  change.set_token(made.token_id());
  (*change.mutable_custom_claims())["c"] = "3";
  auto info = tokens.update(change).response.token_info();
  CHECK(info.custom_claims().size() == 1);
  CHECK(info.custom_claims().at("c") == "3");
  CHECK(info.description() == "first");
  change.clear_custom_claims();
  change.set_description("");
  info = tokens.update(change).response.token_info();
  CHECK(info.custom_claims().at("c") == "3");
  CHECK_FALSE(info.has_description());
  (*change.mutable_custom_claims())["c"] = "";
  check_invalid(tokens.update(change), "custom_claims.c");
  CHECK(tokens.validate(made.token()).response.token_info().custom_claims().at("c") == "3");
}

TEST_CASE("API tokens: whom a new one is for must exist and fit") {
  World world;
  Tokens tokens(world);
  pb::CreateToken wanted;
  wanted.set_organization_id("acme");
  check_invalid(tokens.try_create(wanted), "token.organization_id");
  wanted.set_organization_id("org_1");
  check_not_found(tokens.try_create(wanted), "organization not found");
  wanted.set_organization_id(tokens.acme);
  wanted.set_user_id("usr_1");
  check_not_found(tokens.try_create(wanted), "user not found");
  wanted.set_user_id(world.user("lone@acme.test").text());
  const auto stranger = tokens.try_create(wanted);
  CHECK(stranger.status == Status::failed_precondition);
  CHECK(stranger.message == "the user is not an active member of the organization");
  wanted.clear_user_id();
  wanted.mutable_expiry()->set_seconds(to_unix_seconds(world.now()));
  check_invalid(tokens.try_create(wanted), "token.expiry");
  wanted.clear_expiry();
  wanted.set_description(std::string(256, 'd'));
  check_invalid(tokens.try_create(wanted), "token.description");
  wanted.clear_description();
  for (int i = 0; i < 21; ++i) (*wanted.mutable_custom_claims())[std::to_string(i)] = "x";
  check_invalid(tokens.try_create(wanted), "token.custom_claims");
  CHECK(tokens.page().total_count() == 0);
}

TEST_CASE("API tokens: the list has ten a page if nothing else is asked, newest first") {
  World world;
  Tokens tokens(world);
  std::vector<std::string> made;
  for (int i = 0; i < 12; ++i) {
    world.advance(seconds(1));
    made.insert(made.begin(), tokens.create().token_id());
  }
  const auto first = tokens.page();
  REQUIRE(first.tokens_size() == 10);
  CHECK(first.total_count() == 12);
  CHECK(first.tokens(0).token_id() == made[0]);
  CHECK(first.prev_page_token().empty());
  CHECK(first.next_page_token().size() <= 32);
  const auto second = tokens.page(0, first.next_page_token());
  REQUIRE(second.tokens_size() == 2);
  CHECK(second.tokens(0).token_id() == made[10]);
  CHECK(second.next_page_token().empty());
  const auto back = tokens.page(10, second.prev_page_token());
  REQUIRE(back.tokens_size() == 10);
  CHECK(back.tokens(9).token_id() == made[9]);
  CHECK(tokens.page(1).tokens(0).token_id() !=
        tokens.page(1, tokens.page(1).next_page_token()).tokens(0).token_id());
}

TEST_CASE("API tokens: a list is of one member, if that is asked, and refuses what it cannot") {
  World world;
  Tokens tokens(world);
  pb::CreateToken wanted;
  wanted.set_user_id(world.user("ada@acme.test").text());
  const auto own = tokens.create(wanted);
  tokens.create();
  pb::ListTokensRequest request;
  request.set_organization_id(tokens.acme);
  request.set_user_id(wanted.user_id());
  const auto answer = tokens.list(request);
  REQUIRE(answer.response.tokens_size() == 1);
  CHECK(answer.response.tokens(0).token_id() == own.token_id());
  CHECK(answer.response.total_count() == 1);
  request.set_user_id("usr_1");
  check_not_found(tokens.list(request), "user not found");
  request.clear_user_id();
  request.set_page_size(31);
  check_invalid(tokens.list(request), "page_size");
  request.set_page_size(0);
  request.set_page_token("nonsense");
  check_invalid(tokens.list(request), "page_token");
  request.clear_page_token();
  request.set_organization_id("org_1");
  check_not_found(tokens.list(request), "organization not found");
}

TEST_CASE("API tokens: the plain token cannot be fetched again") {
  World world;
  Tokens tokens(world);
  pb::FetchTokenRequest request;
  request.set_token_id(tokens.create().token_id());
  const auto answer = tokens.api().call<pb::FetchTokenResponse>(method("FetchToken"), request);
  CHECK(answer.status == Status::unimplemented);
  CHECK(answer.info.error_code() == "UNIMPLEMENTED");
}

TEST_CASE("API tokens: validating is one statement beside the caller's own check") {
  World world;
  Tokens tokens(world);
  const auto made = tokens.create();
  REQUIRE(tokens.validate(made.token()).ok());
  std::vector<std::string> own;
  for (const std::string& name : world.last_statements()) {
    if (name.starts_with("api_tokens.")) own.push_back(name);
  }
  CHECK(own == std::vector<std::string>{"api_tokens.find_by_hash"});
}

TEST_CASE("API tokens: an access token of the API is needed") {
  World world;
  auto anonymous = ApiClient::with_token(world, std::string(development_url), "");
  pb::ValidateTokenRequest request;
  request.set_token("ghapi_" + std::string(43, 'A'));
  const auto answer = anonymous.call<pb::ValidateTokenResponse>(method("ValidateToken"), request);
  CHECK(answer.status == Status::unauthenticated);
}

TEST_CASE("API tokens: the REST paths answer in snake_case") {
  World world;
  Tokens tokens(world);
  const auto made =
      tokens.api().rest(http::Method::post, "/api/v1/tokens",
                        R"({"organization_id":")" + tokens.acme + R"(","description":"by REST"})");
  REQUIRE(made.status == 200);
  const Json json = Json::parse(made.body).take();
  world.keep_canary(*json.string("token"));
  CHECK(json.find("token_info")->string("description") == "by REST");
  const auto listed =
      tokens.api().rest(http::Method::get, "/api/v1/tokens?organization_id=" + tokens.acme);
  CHECK(Json::parse(listed.body).take().integer("total_count") == 1);
  const auto unknown =
      tokens.api().rest(http::Method::post, "/api/v1/tokens:validate", R"({"token":"apit_1"})");
  CHECK(unknown.status == 404);
}

}  // namespace gatehouse::world
