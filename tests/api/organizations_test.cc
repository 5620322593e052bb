// OrganizationService over the wire: what it returns, what it refuses, and what it leaves alone.

#include "scalekit/v1/organizations/organizations.pb.h"
#include "server/events/event.h"
#include "tests/world/api_client.h"
#include "tests/world/browser.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::organizations;
namespace commons = scalekit::v1::commons;
using api::Status;
using google::protobuf::Empty;

std::string method(std::string_view name) {
  return "organizations.OrganizationService/" + std::string(name);
}

class Organizations {
 public:
  explicit Organizations(World& world) : api_(world) {}

  pb::Organization create(const pb::CreateOrganizationRequest& request) {
    return api_.must<pb::CreateOrganizationResponse>(method("CreateOrganization"), request)
        .organization();
  }
  pb::Organization create(std::string name) {
    pb::CreateOrganizationRequest request;
    request.mutable_organization()->set_display_name(std::move(name));
    return create(request);
  }
  CallAnswer<pb::CreateOrganizationResponse> try_create(
      const pb::CreateOrganizationRequest& request) {
    return api_.call<pb::CreateOrganizationResponse>(method("CreateOrganization"), request);
  }
  CallAnswer<pb::UpdateOrganizationResponse> update(const pb::UpdateOrganizationRequest& request) {
    return api_.call<pb::UpdateOrganizationResponse>(method("UpdateOrganization"), request);
  }
  CallAnswer<pb::GetOrganizationResponse> get(std::string_view id) {
    pb::GetOrganizationRequest request;
    request.set_id(std::string(id));
    return api_.call<pb::GetOrganizationResponse>(method("GetOrganization"), request);
  }
  CallAnswer<pb::GetOrganizationResponse> get_external(std::string_view id) {
    pb::GetOrganizationRequest request;
    request.set_external_id(std::string(id));
    return api_.call<pb::GetOrganizationResponse>(method("GetOrganization"), request);
  }
  CallAnswer<Empty> remove(std::string_view id) {
    pb::DeleteOrganizationRequest request;
    request.set_id(std::string(id));
    return api_.call<Empty>(method("DeleteOrganization"), request);
  }
  pb::ListOrganizationsResponse list(std::uint32_t size = 0, std::string token = "") {
    pb::ListOrganizationsRequest request;
    request.set_page_size(size);
    request.set_page_token(std::move(token));
    return api_.must<pb::ListOrganizationsResponse>(method("ListOrganization"), request);
  }
  CallAnswer<pb::SearchOrganizationsResponse> search(std::string query, std::uint32_t size = 0) {
    pb::SearchOrganizationsRequest request;
    request.set_query(std::move(query));
    request.set_page_size(size);
    return api_.call<pb::SearchOrganizationsResponse>(method("SearchOrganization"), request);
  }

  ApiClient& api() { return api_; }

 private:
  ApiClient api_;
};

pb::CreateOrganizationRequest whole_organization() {
  pb::CreateOrganizationRequest request;
  auto& wanted = *request.mutable_organization();
  wanted.set_display_name("Megasoft");
  wanted.set_external_id("c-1");
  wanted.set_slug("auth.megasoft.com");
  wanted.set_logo_url("https://megasoft.com/logo.png");
  wanted.set_region_code(commons::EU);
  (*wanted.mutable_metadata())["tier"] = "gold";
  return request;
}

void check_refused(const CallStatus& answer, Status status) {
  CHECK(answer.status == status);
  CHECK(answer.info.error_code() == api::status_name(status));
  CHECK_FALSE(answer.message.empty());
}

bool same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

}  // namespace

TEST_CASE("organizations: what is created is returned, and read back alike by either id") {
  World world;
  Organizations organizations(world);
  const pb::Organization made = organizations.create(whole_organization());
  CHECK(made.id().starts_with("org_"));
  CHECK(made.display_name() == "Megasoft");
  CHECK(made.external_id() == "c-1");
  CHECK(made.slug() == "auth.megasoft.com");
  CHECK(made.logo_url() == "https://megasoft.com/logo.png");
  CHECK(made.region_code() == commons::EU);
  CHECK(made.metadata().at("tier") == "gold");
  CHECK(made.has_create_time());
  CHECK(made.has_update_time());
  REQUIRE(made.settings().features_size() >= 2);
  const auto by_id = organizations.get(made.id());
  const auto by_external_id = organizations.get_external("c-1");
  REQUIRE(by_id.ok());
  REQUIRE(by_external_id.ok());
  CHECK(same(by_id.response, by_external_id.response));
  CHECK(same(by_id.response.organization(), made));
  pb::GetOrganizationRequest request;
  request.set_external_id("c-1");
  const auto by_path = organizations.api().must<pb::GetOrganizationResponse>(
      method("GetOrganizationByExternalId"), request);
  CHECK(same(by_path.organization(), made));
}

TEST_CASE("organizations: what is not one is refused, field by field") {
  World world;
  Organizations organizations(world);
  const auto refused = [&](auto spoil) {
    pb::CreateOrganizationRequest request = whole_organization();
    spoil(*request.mutable_organization());
    const auto answer = organizations.try_create(request);
    check_refused(answer, Status::invalid_argument);
    return answer.fields().empty() ? std::string() : answer.fields().front();
  };
  using Wanted = pb::CreateOrganization;
  CHECK(refused([](Wanted& w) { w.clear_display_name(); }) == "organization.display_name");
  CHECK(refused([](Wanted& w) { w.set_display_name(" \t "); }) == "organization.display_name");
  CHECK(refused([](Wanted& w) { w.set_display_name(std::string(201, 'a')); }) ==
        "organization.display_name");
  CHECK(refused([](Wanted& w) { w.set_slug("Mega_soft"); }) == "organization.slug");
  CHECK(refused([](Wanted& w) { w.set_logo_url("http://megasoft.com/logo.png"); }) ==
        "organization.logo_url");
  CHECK(refused([](Wanted& w) { w.set_external_id("a\nb"); }) == "organization.external_id");
  CHECK(refused([](Wanted& w) {
          (*w.mutable_metadata())["ab"] = "x";
        }).starts_with("organization.metadata"));
  CHECK(refused([](Wanted& w) {
          for (int i = 0; i < 11; ++i) (*w.mutable_metadata())["key" + std::to_string(i)] = "v";
        }).starts_with("organization.metadata"));
  CHECK(refused([](Wanted& w) {
          w.set_region_code(static_cast<commons::RegionCode>(7));
        }).starts_with("organization.region_code"));
  check_refused(organizations.try_create({}), Status::invalid_argument);
  check_refused(organizations.get_external("c-1"), Status::not_found);
}

TEST_CASE("organizations: an external id and a slug belong to one, and are free again afterwards") {
  World world;
  Organizations organizations(world);
  const pb::Organization first = organizations.create(whole_organization());
  const auto twice = organizations.try_create(whole_organization());
  check_refused(twice, Status::already_exists);
  CHECK(twice.message.find("external_id") != std::string::npos);
  CHECK(twice.message.find("already exists") != std::string::npos);
  pb::CreateOrganizationRequest same_slug = whole_organization();
  same_slug.mutable_organization()->set_external_id("c-2");
  const auto slug_twice = organizations.try_create(same_slug);
  check_refused(slug_twice, Status::already_exists);
  CHECK(slug_twice.message.find("slug") != std::string::npos);
  CHECK(organizations.remove(first.id()).ok());
  check_refused(organizations.get(first.id()), Status::not_found);
  check_refused(organizations.remove(first.id()), Status::not_found);
  CHECK(organizations.try_create(whole_organization()).ok());
}

TEST_CASE("organizations: ids that are none, unknown or another environment's find nothing") {
  World world;
  Organizations organizations(world);
  organizations.create(whole_organization());
  for (const char* id : {"org_1", "org_9223372036854775807"}) {
    const auto answer = organizations.get(id);
    check_refused(answer, Status::not_found);
    CHECK(answer.message == "organization not found");
  }
  for (const char* id : {"c-1", "usr_1", "org_", "org_0", "org_x", "org_-1"}) {
    check_refused(organizations.get(id), Status::invalid_argument);
    check_refused(organizations.remove(id), Status::invalid_argument);
  }
  check_refused(organizations.get(""), Status::invalid_argument);
  check_refused(organizations.api().call<pb::GetOrganizationResponse>(method("GetOrganization"),
                                                                      pb::GetOrganizationRequest()),
                Status::invalid_argument);
  const auto foreign = world.must([&](storage::Transaction& transaction) {
    return orgs::list_organizations(transaction, world.production(), std::nullopt, 1);
  });
  REQUIRE(foreign.size() == 1);
  check_refused(organizations.get(foreign[0].id.text()), Status::not_found);
  check_refused(organizations.remove(foreign[0].id.text()), Status::not_found);
}

TEST_CASE("organizations: an update changes what it names, by either id") {
  World world;
  Organizations organizations(world);
  const pb::Organization made = organizations.create(whole_organization());
  pb::UpdateOrganizationRequest request;
  request.set_id(made.id());
  request.mutable_organization()->set_display_name("Megasoft Corp");
  auto answer = organizations.update(request);
  REQUIRE(answer.ok());
  CHECK(answer.response.organization().display_name() == "Megasoft Corp");
  CHECK(answer.response.organization().external_id() == "c-1");
  CHECK(answer.response.organization().slug() == "auth.megasoft.com");
  CHECK(answer.response.organization().metadata().at("tier") == "gold");

  request.Clear();
  request.set_external_id("c-1");
  (*request.mutable_organization()->mutable_metadata())["plan"] = "free";
  request.mutable_organization()->set_slug("");
  request.mutable_organization()->set_external_id("c-9");
  answer = organizations.update(request);
  REQUIRE(answer.ok());
  CHECK(answer.response.organization().external_id() == "c-9");
  CHECK_FALSE(answer.response.organization().has_slug());
  CHECK(answer.response.organization().metadata_size() == 1);
  CHECK(answer.response.organization().metadata().at("plan") == "free");
  CHECK(same(organizations.get(made.id()).response.organization(), answer.response.organization()));
}

TEST_CASE("organizations: a field mask limits an update, and empties what it names") {
  World world;
  Organizations organizations(world);
  const pb::Organization made = organizations.create(whole_organization());
  pb::UpdateOrganizationRequest request;
  request.set_id(made.id());
  request.mutable_organization()->set_display_name("Ignored");
  request.mutable_organization()->set_logo_url("https://megasoft.com/new.png");
  request.mutable_update_mask()->add_paths("logo_url");
  request.mutable_update_mask()->add_paths("metadata");
  request.mutable_update_mask()->add_paths("slug");
  const auto answer = organizations.update(request);
  REQUIRE(answer.ok());
  CHECK(answer.response.organization().display_name() == "Megasoft");
  CHECK(answer.response.organization().logo_url() == "https://megasoft.com/new.png");
  CHECK(answer.response.organization().metadata().empty());
  CHECK_FALSE(answer.response.organization().has_slug());
  for (const char* path : {"id", "create_time", "settings", "displayName ", "organization", ""}) {
    CAPTURE(path);
    request.clear_update_mask();
    request.mutable_update_mask()->add_paths(path);
    const auto refused = organizations.update(request);
    check_refused(refused, Status::invalid_argument);
    CHECK(refused.fields() == std::vector<std::string>{"update_mask"});
  }
  request.clear_update_mask();
  request.mutable_update_mask()->add_paths("display_name");
  request.mutable_organization()->clear_display_name();
  check_refused(organizations.update(request), Status::invalid_argument);
}

TEST_CASE("organizations: an update that collides or is not allowed changes nothing") {
  World world;
  Organizations organizations(world);
  organizations.create(whole_organization());
  const pb::Organization other = organizations.create("Other");
  const auto refused = [&](auto spoil) {
    pb::UpdateOrganizationRequest request;
    request.set_id(other.id());
    request.mutable_organization()->set_display_name("New name");
    spoil(*request.mutable_organization());
    return organizations.update(request);
  };
  using Wanted = pb::UpdateOrganization;
  check_refused(refused([](Wanted& w) { w.set_external_id("c-1"); }), Status::already_exists);
  check_refused(refused([](Wanted& w) { w.set_slug("auth.megasoft.com"); }),
                Status::already_exists);
  check_refused(refused([](Wanted& w) { w.set_slug("-"); }), Status::invalid_argument);
  check_refused(refused([](Wanted& w) { w.set_logo_url("javascript:alert(1)"); }),
                Status::invalid_argument);
  check_refused(refused([](Wanted& w) { w.set_display_name(""); }), Status::invalid_argument);
  CHECK(same(organizations.get(other.id()).response.organization(), other));
  pb::UpdateOrganizationRequest unknown;
  unknown.set_id("org_1");
  unknown.mutable_organization()->set_display_name("X");
  check_refused(organizations.update(unknown), Status::not_found);
  unknown.set_external_id("nobody");
  check_refused(organizations.update(unknown), Status::not_found);
}

TEST_CASE("organizations: the list is newest first, and its pages cover it once") {
  World world;
  Organizations organizations(world);
  std::set<std::string> expected;
  const auto seeded = organizations.list(100);
  for (const auto& organization : seeded.organizations()) {
    expected.insert(organization.id());
  }
  std::string newest;
  for (int i = 0; i < 12; ++i) {
    world.advance(seconds(1));
    newest = organizations.create("Customer " + std::to_string(i)).id();
    expected.insert(newest);
  }
  const auto first = organizations.list();
  CHECK(first.organizations_size() == 10);
  CHECK(first.organizations(0).id() == newest);
  CHECK(first.total_size() == expected.size());
  CHECK(first.prev_page_token().empty());
  CHECK(first.next_page_token().size() <= 32);
  std::set<std::string> seen;
  std::string token;
  do {
    const auto page = organizations.list(5, token);
    for (const auto& organization : page.organizations()) {
      CHECK(seen.insert(organization.id()).second);
    }
    token = page.next_page_token();
  } while (!token.empty());
  CHECK(seen == expected);
  const auto second = organizations.list(5, organizations.list(5).next_page_token());
  CHECK(organizations.list(5, second.prev_page_token()).organizations(0).id() == newest);

  pb::ListOrganizationsRequest request;
  request.set_page_token("bogus");
  check_refused(
      organizations.api().call<pb::ListOrganizationsResponse>(method("ListOrganization"), request),
      Status::invalid_argument);
}

TEST_CASE("organizations: the list can be narrowed to one external id") {
  World world;
  Organizations organizations(world);
  organizations.create(whole_organization());
  pb::ListOrganizationsRequest request;
  request.set_external_id("c-1");
  const auto one =
      organizations.api().must<pb::ListOrganizationsResponse>(method("ListOrganization"), request);
  REQUIRE(one.organizations_size() == 1);
  CHECK(one.total_size() == 1);
  CHECK(one.organizations(0).display_name() == "Megasoft");
  request.set_external_id("c-2");
  const auto none =
      organizations.api().must<pb::ListOrganizationsResponse>(method("ListOrganization"), request);
  CHECK(none.organizations_size() == 0);
  CHECK(none.total_size() == 0);
}

TEST_CASE("organizations: a search finds names in any case, respects its page and finds no noise") {
  World world;
  Organizations organizations(world);
  organizations.create(whole_organization());
  organizations.create("Megaphone");
  const auto found = organizations.search("MEGA", 1);
  REQUIRE(found.ok());
  CHECK(found.response.organizations_size() == 1);
  CHECK(found.response.total_size() == 2);
  CHECK_FALSE(found.response.next_page_token().empty());
  CHECK(organizations.search("auth.mega").response.organizations_size() == 1);
  const auto noise = organizations.search("no such organization");
  REQUIRE(noise.ok());
  CHECK(noise.response.organizations_size() == 0);
  CHECK(noise.response.total_size() == 0);
  CHECK(noise.response.next_page_token().empty());
  check_refused(organizations.search("me"), Status::invalid_argument);
  check_refused(organizations.search(""), Status::invalid_argument);
  check_refused(organizations.search(std::string(101, 'a')), Status::invalid_argument);
  check_refused(organizations.search("mega", 31), Status::invalid_argument);
}

TEST_CASE("organizations: with one go its sessions and the people who have no other") {
  World world;
  Organizations organizations(world);
  Browser ada(world), bob(world);
  ada.sign_in("Console", "ada@acme.test");
  const std::string acme = world.organization("Acme").text();
  const std::string globex = world.organization("Globex").text();
  const Page choose = bob.sign_in("Console", "bob@acme.test", {{"organization_id", globex}});
  CHECK_FALSE(choose.parameter("code").empty());
  REQUIRE(organizations.remove(acme).ok());
  // Ada belonged to nothing else; Bob is signed in elsewhere and stays so.
  CHECK(ada.authorize("Console", {{"prompt", "none"}}).parameter("error") == "login_required");
  CHECK_FALSE(bob.authorize("Console", {{"prompt", "none"}}).parameter("code").empty());
  const auto ada_now = world.must([&](storage::Transaction& transaction) {
    return users::find_user_by_email(transaction, world.development(),
                                     users::Email::parse("ada@acme.test").value());
  });
  CHECK_FALSE(ada_now.has_value());
  CHECK(world.violations() == "");
}

TEST_CASE("organizations: every change is audited and told as an event, a refused one is not") {
  World world;
  Organizations organizations(world);
  const std::size_t before = world.audit("organization.created").size();
  const pb::Organization made = organizations.create(whole_organization());
  check_refused(organizations.try_create(whole_organization()), Status::already_exists);
  organizations.remove(made.id());
  CHECK(world.audit("organization.created").size() == before + 1);
  CHECK(world.audit("organization.deleted").size() == 1);
  const auto record = world.audit("organization.deleted").front();
  CHECK(record.actor_type == "client");
  CHECK(record.actor_id == world.application("Console").client_id);
  const auto events = world.must([&](storage::Transaction& transaction) {
    return events::list(transaction, world.development(), {.organization = OrgId::parse(made.id())},
                        {.limit = 10});
  });
  REQUIRE(events.items.size() == 2);
  CHECK(Json::parse(events.items[0].data).value().string("id") == made.id());
}

TEST_CASE("organizations: REST has the same, in the contract's names") {
  World world;
  Organizations organizations(world);
  ApiClient& api = organizations.api();
  const auto created =
      api.rest(http::Method::post, "/api/v1/organizations",
               R"({"display_name":"Rest","external_id":"r-1","metadata":{"tier":"gold"}})");
  CHECK((created.status == 200 || created.status == 201));
  const Json made = Json::parse(created.body).take();
  REQUIRE(made.find("organization") != nullptr);
  const std::string id(made.find("organization")->string("id").value());
  CHECK(made.find("organization")->string("external_id") == "r-1");
  CHECK(api.rest(http::Method::get, "/api/v1/organizations/" + id).status == 200);
  CHECK(api.rest(http::Method::get, "/api/v1/organizations:external/r-1").status == 200);
  CHECK(api.rest(http::Method::get, "/api/v1/organizations:search?query=rest").status == 200);
  CHECK(api.rest(http::Method::patch, "/api/v1/organizations/" + id, R"({"display_name":"New"})")
            .status == 200);
  CHECK(api.rest(http::Method::patch, "/api/v1/organizations/" + id + "?update_mask=id",
                 R"({"display_name":"Newer"})")
            .status == 400);
  CHECK(api.rest(http::Method::patch, "/api/v1/organizations/" + id + "/settings",
                 R"({"features":[{"name":"sso","enabled":true}]})")
            .status == 200);
  CHECK(api.rest(http::Method::put, "/api/v1/organizations/" + id + "/portal_links?features=sso")
            .status == 200);
  CHECK(api.rest(http::Method::get, "/api/v1/organizations/org_1").status == 404);
  CHECK(api.rest(http::Method::delete_, "/api/v1/organizations/" + id).status == 200);
  CHECK(api.rest(http::Method::get, "/api/v1/organizations/" + id).status == 404);
}

}  // namespace gatehouse::world
