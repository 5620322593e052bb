// OrganizationService over the wire, second part: features, session policy, user limit and portal
// links.

#include "scalekit/v1/organizations/organizations.pb.h"
#include "tests/world/api_client.h"
#include "tests/world/browser.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::organizations;
namespace commons = scalekit::v1::commons;
using api::Status;
using google::protobuf::Empty;

void check_refused(const CallStatus& answer, Status status) {
  CHECK(answer.status == status);
  CHECK(answer.info.error_code() == api::status_name(status));
}

class Settings {
 public:
  explicit Settings(World& opened, std::string_view organization = "Acme")
      : world(opened), api(opened), id(opened.organization(organization).text()) {}

  // As a person, by an access token of theirs.
  Settings(World& opened, const Answer& tokens)
      : world(opened),
        api(ApiClient::with_token(opened, std::string(development_url), tokens.access_token())),
        id(opened.organization("Acme").text()) {}

  template <class Response, class Request>
  CallAnswer<Response> call(std::string_view name, const Request& request) {
    return api.call<Response>("organizations.OrganizationService/" + std::string(name), request);
  }
  CallAnswer<pb::GetOrganizationResponse> change(
      std::initializer_list<std::pair<const char*, bool>> features) {
    pb::UpdateOrganizationSettingsRequest request;
    request.set_id(id);
    request.mutable_settings();
    for (const auto& [name, enabled] : features) {
      auto& feature = *request.mutable_settings()->add_features();
      feature.set_name(name);
      feature.set_enabled(enabled);
    }
    return call<pb::GetOrganizationResponse>("UpdateOrganizationSettings", request);
  }
  CallAnswer<pb::UpdateOrganizationSessionPolicyResponse> set_policy(
      pb::UpdateOrganizationSessionPolicyRequest request) {
    request.set_organization_id(id);
    return call<pb::UpdateOrganizationSessionPolicyResponse>("UpdateOrganizationSessionPolicy",
                                                             request);
  }
  CallAnswer<pb::GetOrganizationSessionPolicyResponse> policy() {
    pb::GetOrganizationSessionPolicyRequest request;
    request.set_organization_id(id);
    return call<pb::GetOrganizationSessionPolicyResponse>("GetOrganizationSessionPolicy", request);
  }
  CallAnswer<pb::GeneratePortalLinkResponse> link(
      std::initializer_list<pb::Feature> features = {}) {
    pb::GeneratePortalLinkRequest request;
    request.set_id(id);
    for (const pb::Feature feature : features) request.add_features(feature);
    return call<pb::GeneratePortalLinkResponse>("GeneratePortalLink", request);
  }
  CallAnswer<Empty> delete_link(std::string link) {
    pb::DeletePortalLinkByIdRequest request;
    request.set_id(id);
    request.set_link_id(std::move(link));
    return call<Empty>("DeletePortalLinkByID", request);
  }

  World& world;
  ApiClient api;
  std::string id;
};

bool enabled(const pb::Organization& organization, std::string_view name) {
  for (const auto& feature : organization.settings().features()) {
    if (feature.name() == name) return feature.enabled();
  }
  FAIL("no such feature: " << name);
  return false;
}

pb::UpdateOrganizationSessionPolicyRequest custom(std::int32_t absolute,
                                                  commons::TimeUnit unit = commons::MINUTES) {
  pb::UpdateOrganizationSessionPolicyRequest request;
  request.set_policy_source(pb::CUSTOM);
  request.mutable_absolute_session_timeout()->set_value(absolute);
  request.set_absolute_session_timeout_unit(unit);
  return request;
}

}  // namespace

TEST_CASE("organization settings: sso and dir_sync come first, and what is not named stays") {
  World world;
  Settings settings(world);
  auto answer = settings.change({{"sso", true}, {"dir_sync", false}});
  REQUIRE(answer.ok());
  REQUIRE(answer.response.organization().settings().features_size() >= 2);
  std::set<std::string> first{answer.response.organization().settings().features(0).name(),
                              answer.response.organization().settings().features(1).name()};
  CHECK(first == std::set<std::string>{"dir_sync", "sso"});
  CHECK(enabled(answer.response.organization(), "sso"));
  CHECK_FALSE(enabled(answer.response.organization(), "dir_sync"));
  answer = settings.change({{"session_policy", true}});
  REQUIRE(answer.ok());
  CHECK(enabled(answer.response.organization(), "session_policy"));
  CHECK(enabled(answer.response.organization(), "sso"));
  CHECK_FALSE(enabled(answer.response.organization(), "dir_sync"));
  CHECK(settings.change({}).ok());
}

TEST_CASE("organization settings: unknown features and organizations are refused") {
  World world;
  Settings settings(world);
  const auto refused = settings.change({{"sso", false}, {"flying", true}});
  check_refused(refused, Status::invalid_argument);
  CHECK(refused.fields() == std::vector<std::string>{"settings.features[1].name"});
  CHECK(enabled(settings.change({}).response.organization(), "sso"));
  pb::UpdateOrganizationSettingsRequest request;
  request.set_id(settings.id);
  check_refused(settings.call<pb::GetOrganizationResponse>("UpdateOrganizationSettings", request),
                Status::invalid_argument);
  settings.id = "org_1";
  check_refused(settings.change({{"sso", true}}), Status::not_found);
  check_refused(settings.change({}), Status::not_found);
  settings.id = "dir_1";
  check_refused(settings.change({}), Status::invalid_argument);
}

TEST_CASE("session policy: it echoes what was given, in its units, and can be taken back") {
  World world;
  Settings settings(world);
  auto read = settings.policy();
  REQUIRE(read.ok());
  CHECK(read.response.policy().policy_source() == pb::APPLICATION);

  pb::UpdateOrganizationSessionPolicyRequest request = custom(360);
  request.mutable_idle_session_timeout_enabled()->set_value(false);
  auto updated = settings.set_policy(request);
  REQUIRE(updated.ok());
  CHECK(updated.response.policy().policy_source() == pb::CUSTOM);
  CHECK(updated.response.policy().absolute_session_timeout().value() == 360);
  CHECK(updated.response.policy().absolute_session_timeout_unit() == commons::MINUTES);
  CHECK(updated.response.policy().has_idle_session_timeout_enabled());
  CHECK_FALSE(updated.response.policy().idle_session_timeout_enabled().value());

  request = custom(2, commons::DAYS);
  request.mutable_idle_session_timeout_enabled()->set_value(true);
  request.mutable_idle_session_timeout()->set_value(3);
  request.set_idle_session_timeout_unit(commons::HOURS);
  REQUIRE(settings.set_policy(request).ok());
  read = settings.policy();
  CHECK(read.response.policy().absolute_session_timeout().value() == 2);
  CHECK(read.response.policy().absolute_session_timeout_unit() == commons::DAYS);
  CHECK(read.response.policy().idle_session_timeout_enabled().value());
  CHECK(read.response.policy().idle_session_timeout().value() == 3);
  CHECK(read.response.policy().idle_session_timeout_unit() == commons::HOURS);

  request.Clear();
  request.set_policy_source(pb::APPLICATION);
  updated = settings.set_policy(request);
  REQUIRE(updated.ok());
  CHECK(updated.response.policy().policy_source() == pb::APPLICATION);
  CHECK_FALSE(updated.response.policy().has_absolute_session_timeout());
  CHECK(settings.policy().response.policy().policy_source() == pb::APPLICATION);
}

TEST_CASE("session policy: times in the wrong order and unknown values are refused") {
  World world;
  Settings settings(world);
  const auto refused = [&](const pb::UpdateOrganizationSessionPolicyRequest& request) {
    const auto answer = settings.set_policy(request);
    check_refused(answer, Status::invalid_argument);
    return answer.fields();
  };
  const std::vector<std::string> absolute{"absolute_session_timeout"};
  const std::vector<std::string> idle{"idle_session_timeout"};
  CHECK(refused(custom(0)) == absolute);
  CHECK(refused(custom(-1)) == absolute);
  CHECK(refused(custom(15)) == absolute);  // as short as an access token lives
  CHECK(refused(custom(366, commons::DAYS)) == absolute);
  auto request = custom(60);
  request.mutable_idle_session_timeout()->set_value(60);
  CHECK(refused(request) == idle);
  request.mutable_idle_session_timeout()->set_value(15);
  CHECK(refused(request) == idle);
  refused(custom(60, static_cast<commons::TimeUnit>(9)));
  request = custom(60);
  request.set_policy_source(static_cast<pb::SessionPolicyType>(9));
  refused(request);
  CHECK(settings.policy().response.policy().policy_source() == pb::APPLICATION);
  settings.id = "org_1";
  check_refused(settings.set_policy(custom(60)), Status::not_found);
  check_refused(settings.policy(), Status::not_found);
}

TEST_CASE("session policy: sessions made in the organization end when it says") {
  World world;
  Settings settings(world);
  auto request = custom(8, commons::HOURS);
  request.mutable_idle_session_timeout()->set_value(2);
  request.set_idle_session_timeout_unit(commons::HOURS);
  REQUIRE(settings.set_policy(request).ok());
  Browser ada(world), bob(world);
  ada.sign_in("Console", "ada@acme.test");
  bob.sign_in("Console", "bob@acme.test",
              {{"organization_id", world.organization("Globex").text()}});
  const auto is_signed_in = [](Browser& browser) {
    return !browser.authorize("Console", {{"prompt", "none"}}).parameter("code").empty();
  };
  SUBCASE("after the idle time") {
    world.advance(hours(2) - seconds(1));
    CHECK(is_signed_in(ada));
    world.advance(hours(2) + seconds(1));
    CHECK_FALSE(is_signed_in(ada));
    CHECK(is_signed_in(bob));
  }
  SUBCASE("after the absolute time, however busy") {
    for (int i = 0; i < 7; ++i) {
      world.advance(hours(1));
      CHECK(is_signed_in(ada));
    }
    world.advance(hours(1));
    CHECK_FALSE(is_signed_in(ada));
    CHECK(is_signed_in(bob));
  }
}

TEST_CASE("session policy: the application's own is shown beside it") {
  World world;
  Settings settings(world);
  pb::GetApplicationSessionPolicyRequest request;
  request.set_organization_id(settings.id);
  const auto answer = settings.call<pb::GetApplicationSessionPolicyResponse>(
      "GetApplicationSessionPolicy", request);
  REQUIRE(answer.ok());
  const auto& policy = answer.response.application_policy();
  CHECK(policy.absolute_session_timeout() == 30 * 24 * 60);
  CHECK(policy.absolute_session_timeout_unit() == commons::MINUTES);
  CHECK(policy.idle_session_timeout_enabled());
  CHECK(policy.idle_session_timeout() == 7 * 24 * 60);
  CHECK(policy.access_token_expiry() == 15 * 60);
  request.set_organization_id("org_1");
  check_refused(settings.call<pb::GetApplicationSessionPolicyResponse>(
                    "GetApplicationSessionPolicy", request),
                Status::not_found);
}

TEST_CASE(
    "session policy: a person needs a permission of their organization, and it is their own") {
  World world;
  Browser browser_of_ada(world), browser_of_bob(world);
  Client console(world, "Console");
  const std::string acme = world.organization("Acme").text();
  const Answer ada_tokens = console.exchange(browser_of_ada.sign_in("Console", "ada@acme.test"));
  const Answer bob_tokens = console.exchange(
      browser_of_bob.sign_in("Console", "bob@acme.test", {{"organization_id", acme}}));
  Settings ada(world, ada_tokens);
  Settings bob(world, bob_tokens);
  // Ada is an administrator of Acme, Bob a member.
  CHECK(ada.policy().ok());
  CHECK(ada.set_policy(custom(90)).ok());
  check_refused(bob.policy(), Status::permission_denied);
  check_refused(bob.set_policy(custom(60)), Status::permission_denied);
  pb::GetOrganizationRequest get;
  get.set_id(acme);
  CHECK(ada.call<pb::GetOrganizationResponse>("GetOrganization", get).ok());
  CHECK(bob.call<pb::GetOrganizationResponse>("GetOrganization", get).ok());
  pb::UpdateOrganizationRequest update;
  update.set_id(acme);
  update.mutable_organization()->set_display_name("Acme Corp");
  const auto rename = [&](Settings& caller) {
    return caller.call<pb::UpdateOrganizationResponse>("UpdateOrganization", update);
  };
  check_refused(rename(bob), Status::permission_denied);
  CHECK(rename(ada).ok());
  // What an application tells its customers apart by is the application's.
  update.mutable_organization()->set_external_id("somebody-else");
  check_refused(rename(ada), Status::permission_denied);
  update.mutable_organization()->clear_external_id();
  // Another organization is not there for them, be it one of Bob's.
  const std::string globex = world.organization("Globex").text();
  update.set_id(globex);
  for (Settings* caller : {&ada, &bob}) {
    caller->id = globex;
    check_refused(caller->policy(), Status::not_found);
    check_refused(caller->set_policy(custom(60)), Status::not_found);
    check_refused(rename(*caller), Status::not_found);
    check_refused(caller->change({{"sso", true}}), Status::permission_denied);
    check_refused(caller->link(), Status::permission_denied);
  }
}

TEST_CASE("user management: the limit echoes and is read back") {
  World world;
  Settings settings(world);
  pb::GetOrganizationUserManagementSettingsRequest get;
  get.set_organization_id(settings.id);
  const auto read = [&] {
    return settings.call<pb::GetOrganizationUserManagementSettingsResponse>(
        "GetOrganizationUserManagementSetting", get);
  };
  REQUIRE(read().ok());
  CHECK_FALSE(read().response.settings().has_max_allowed_users());
  pb::UpsertUserManagementSettingsRequest request;
  request.set_organization_id(settings.id);
  request.mutable_settings()->mutable_max_allowed_users()->set_value(25);
  const auto set = [&] {
    return settings.call<pb::UpsertUserManagementSettingsResponse>("UpsertUserManagementSettings",
                                                                   request);
  };
  const auto answer = set();
  REQUIRE(answer.ok());
  CHECK(answer.response.settings().max_allowed_users().value() == 25);
  CHECK(read().response.settings().max_allowed_users().value() == 25);
  request.mutable_settings()->mutable_max_allowed_users()->set_value(-1);
  check_refused(set(), Status::invalid_argument);
  CHECK(read().response.settings().max_allowed_users().value() == 25);
  request.mutable_settings()->clear_max_allowed_users();
  REQUIRE(set().ok());
  CHECK_FALSE(read().response.settings().has_max_allowed_users());
  request.clear_settings();
  check_refused(set(), Status::invalid_argument);
  request.mutable_settings();
  request.set_organization_id("org_1");
  check_refused(set(), Status::not_found);
  get.set_organization_id("org_1");
  check_refused(read(), Status::not_found);
}

TEST_CASE("portal link: it has an id, an address on this server and a short life") {
  World world;
  Settings settings(world);
  const auto made = settings.link();
  REQUIRE(made.ok());
  const pb::Link& link = made.response.link();
  CHECK(link.id().starts_with("lnk_"));
  CHECK(link.location().starts_with(std::string(development_url) + "/magicLink/"));
  CHECK(link.expire_time().seconds() == to_unix_seconds(world.now() + minutes(1)));
  const auto other = settings.link({pb::sso, pb::dir_sync});
  REQUIRE(other.ok());
  CHECK(other.response.link().location() != link.location());
  settings.id = "org_1";
  check_refused(settings.link(), Status::not_found);
  settings.id = "acme";
  check_refused(settings.link(), Status::invalid_argument);
}

TEST_CASE("portal link: a feature that is off or unknown cannot be asked for") {
  World world;
  Settings settings(world);
  REQUIRE(settings.change({{"sso", false}}).ok());
  const auto refused = settings.link({pb::sso});
  check_refused(refused, Status::invalid_argument);
  CHECK(refused.message.find("sso") != std::string::npos);
  CHECK(settings.link({pb::dir_sync}).ok());
  CHECK(settings.link().ok());
  check_refused(settings.link({pb::FEATURE_UNSPECIFIED}), Status::invalid_argument);
  check_refused(settings.link({static_cast<pb::Feature>(9)}), Status::invalid_argument);
}

TEST_CASE("portal link: one is deleted by its id, in its organization only") {
  World world;
  Settings settings(world);
  const std::string id = settings.link().response.link().id();
  Settings globex(world, "Globex");
  check_refused(globex.delete_link(id), Status::not_found);
  CHECK(settings.delete_link(id).ok());
  const auto again = settings.delete_link(id);
  check_refused(again, Status::not_found);
  CHECK(again.message == "portal link not found");
  check_refused(settings.delete_link("lnk_x"), Status::invalid_argument);
  check_refused(settings.delete_link("org_1"), Status::invalid_argument);
}

TEST_CASE("portal link: listing and deleting all of them is not for API clients") {
  World world;
  Settings settings(world);
  pb::GetPortalLinkRequest list;
  list.set_id(settings.id);
  check_refused(settings.call<pb::GetPortalLinksResponse>("GetPortalLinks", list),
                Status::permission_denied);
  pb::DeletePortalLinkRequest remove;
  remove.set_id(settings.id);
  check_refused(settings.call<Empty>("DeletePortalLink", remove), Status::permission_denied);
}

}  // namespace gatehouse::world
