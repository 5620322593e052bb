// EventsService and AuditLogsService, as API clients use them.

#include <doctest/doctest.h>

#include "scalekit/v1/auditlogs/auditlogs.pb.h"
#include "scalekit/v1/events/events.pb.h"
#include "scalekit/v1/organizations/organizations.pb.h"
#include "scalekit/v1/roles/roles.pb.h"
#include "server/events/event.h"
#include "tests/world/api_client.h"
#include "tests/world/browser.h"

namespace gatehouse {
namespace {

namespace auditlogs = scalekit::v1::auditlogs;
namespace organizations = scalekit::v1::organizations;
namespace roles = scalekit::v1::roles;
namespace wire = scalekit::v1::events;
using api::Status;
using Names = std::vector<std::string>;

// A world with an organization and two roles that were made one second after the other.
class Told {
 public:
  Told() : api(world) {
    organizations::CreateOrganizationRequest organization;
    organization.mutable_organization()->set_display_name("Initech");
    world.advance(seconds(1));
    organization_id = api.must<organizations::CreateOrganizationResponse>(
                             "organizations.OrganizationService/CreateOrganization", organization)
                          .organization()
                          .id();
    for (const auto* name : {"auditor", "guest"}) {
      world.advance(seconds(1));
      roles::CreateRoleRequest role;
      role.mutable_role()->set_name(name);
      role.mutable_role()->set_display_name(name);
      api.must<roles::CreateRoleResponse>("roles.RolesService/CreateRole", role);
    }
  }

  world::CallAnswer<wire::ListEventsResponse> list(const wire::ListEventsRequest& request) {
    return api.call<wire::ListEventsResponse>("events.EventsService/ListEvents", request);
  }
  Names types(const wire::EventFilter& filter) {
    wire::ListEventsRequest request;
    *request.mutable_filter() = filter;
    const auto answer = list(request);
    REQUIRE(answer.ok());
    CHECK(static_cast<int>(answer.response.total_size()) == answer.response.events_size());
    Names found;
    for (const auto& event : answer.response.events()) found.push_back(event.type());
    return found;
  }

  world::World world;
  world::ApiClient api;
  std::string organization_id;
};

class AuthLog {
 public:
  explicit AuthLog(world::World& world) : api_(world) {}
  world::CallAnswer<auditlogs::ListAuthLogResponse> call(
      const auditlogs::ListAuthLogRequest& request) {
    return api_.call<auditlogs::ListAuthLogResponse>("auditlogs.AuditLogsService/ListAuthRequests",
                                                     request);
  }
  auditlogs::ListAuthLogResponse list(const auditlogs::ListAuthLogRequest& request = {}) {
    auto answer = call(request);
    REQUIRE(answer.ok());
    return std::move(answer.response);
  }

 private:
  world::ApiClient api_;
};

}  // namespace

TEST_CASE("events API: what was changed is told, newest first, with the thing itself") {
  Told told;
  wire::ListEventsRequest request;
  request.set_page_size(1);
  const auto page = told.list(request);
  REQUIRE(page.ok());
  REQUIRE(page.response.events_size() == 1);
  const wire::ScalekitEvent& event = page.response.events(0);
  CHECK(event.id().starts_with("evt_"));
  CHECK(event.spec_version() == "1");
  CHECK(event.type() == "role.created");
  CHECK(event.display_name() == "Role Created");
  CHECK(event.object() == wire::Role);
  CHECK(event.environment_id() == told.world.development().text());
  CHECK_FALSE(event.has_organization_id());
  CHECK(event.data().fields().at("name").string_value() == "guest");
  CHECK(event.data().fields().at("is_org_role").bool_value() == false);
  CHECK_FALSE(page.response.next_page_token().empty());
  CHECK(page.response.prev_page_token().empty());
}

TEST_CASE("events API: filters by type, organization, time, source and id") {
  Told told;
  wire::EventFilter filter;
  filter.add_event_types("role.created");
  CHECK(told.types(filter) == Names{"role.created", "role.created"});
  filter.add_event_types("organization.created");
  filter.set_organization_id(told.organization_id);
  CHECK(told.types(filter) == Names{"organization.created"});
  wire::EventFilter of_time;
  of_time.mutable_start_time()->set_seconds(to_unix_seconds(told.world.now()));
  CHECK(told.types(of_time) == Names{"role.created"});
  wire::EventFilter of_directories;
  of_directories.set_source(wire::DIR_SYNC);
  CHECK(told.types(of_directories).empty());
  wire::EventFilter of_connection;
  of_connection.set_connection_id("conn_123456789012345");
  CHECK(told.types(of_connection).empty());
}

TEST_CASE("events API: filters that cannot be are refused") {
  Told told;
  const auto refused = [&](const wire::EventFilter& filter) {
    wire::ListEventsRequest request;
    *request.mutable_filter() = filter;
    return told.list(request);
  };
  wire::EventFilter of_nothing;
  of_nothing.set_organization_id("acme");
  CHECK(refused(of_nothing).status == Status::invalid_argument);
  CHECK(refused(of_nothing).fields() == Names{"filter.organization_id"});
  wire::EventFilter of_two;
  of_two.set_connection_id("conn_1");
  of_two.set_interceptor_id("icp_1");
  CHECK(refused(of_two).status == Status::invalid_argument);
  wire::EventFilter of_many;
  for (int i = 0; i <= 100; ++i) of_many.add_event_types("role.created");
  CHECK(refused(of_many).status == Status::invalid_argument);
  wire::ListEventsRequest request;
  request.set_page_token("made up");
  CHECK(told.list(request).status == Status::invalid_argument);
}

TEST_CASE("events API: the paginated list has the same events, page by page") {
  Told told;
  wire::ListEventsPaginatedRequest request;
  request.set_page_size(2);
  const auto page = [&] {
    return told.api.must<wire::ListEventsPaginatedResponse>(
        "events.EventsService/ListEventsPaginated", request);
  };
  const auto first = page();
  REQUIRE(first.events_size() == 2);
  CHECK(first.next_page_token().size() <= 32);
  request.set_page_token(first.next_page_token());
  const auto second = page();
  REQUIRE(second.events_size() >= 1);
  CHECK(second.events(0).type() == "organization.created");
  request.set_page_token(second.prev_page_token());
  CHECK(page().events(0).id() == first.events(0).id());
}

TEST_CASE("events API: custom events are not for clients, and lists are for nobody unknown") {
  Told told;
  wire::SendCustomEventRequest custom;
  custom.set_event_type("something.happened");
  CHECK(told.api.call<wire::SendCustomEventResponse>("events.EventsService/SendCustomEvent", custom)
            .status == Status::permission_denied);
  auto nobody = world::ApiClient::with_token(told.world, std::string(world::development_url), "");
  CHECK(nobody
            .call<wire::ListEventsResponse>("events.EventsService/ListEvents",
                                            wire::ListEventsRequest())
            .status == Status::unauthenticated);
}

TEST_CASE("auth log API: a sign-in is one entry, with everything that is known of it") {
  world::World world;
  world::Browser browser(world);
  browser.sign_in("Console", "ada@acme.test");
  AuthLog log(world);
  const auto answer = log.list();
  CHECK(answer.total_size() == 1);
  REQUIRE(answer.authrequests_size() == 1);
  const auto& entry = answer.authrequests(0);
  CHECK(entry.auth_request_id().starts_with("areq_"));
  CHECK(entry.email() == "ada@acme.test");
  CHECK(entry.status() == "SUCCESS");
  CHECK(entry.workflow() == "SIGN_IN");
  CHECK(entry.connection_type() == "PASSWORDLESS");
  REQUIRE(entry.connection_details_size() == 1);
  CHECK(entry.organization_id() == world.organization("Acme").text());
  CHECK(entry.environment_id() == world.development().text());
  CHECK(entry.client_id() == world.application("Console").client_id);
  CHECK(entry.client_name() == "Console");
  CHECK(entry.client_type() == "ENV");
  CHECK(entry.has_timestamp());
}

TEST_CASE("auth log API: a wrong code is a failure until the right one comes") {
  world::World world;
  world::Browser browser(world);
  world::Page page = browser.authorize("Console");
  AuthLog log(world);
  CHECK(log.list().authrequests(0).status() == "INITIATED");
  page = browser.ask_for_mail(page, "ada@acme.test");
  CHECK(log.list().authrequests(0).status() == "PENDING");
  const std::string code = world.mail("ada@acme.test").code;
  const std::string wrong = code == "000000" ? "000001" : "000000";
  page = browser.submit(page, "/login/code", {{"code", wrong}});
  CHECK(log.list().authrequests(0).status() == "FAILED");
  browser.submit(page, "/login/code", {{"code", code}});
  CHECK(log.list().authrequests(0).status() == "SUCCESS");
  CHECK(log.list().total_size() == 1);
}

TEST_CASE("auth log API: entries are filtered, and impossible filters refused") {
  world::World world;
  world::Browser ada(world);
  ada.sign_in("Console", "ada@acme.test");
  world.advance(seconds(10));
  world::Browser somebody(world);
  somebody.authorize("Wiki");
  AuthLog log(world);
  auditlogs::ListAuthLogRequest by_email;
  by_email.set_email("Ada@ACME.test");
  CHECK(log.list(by_email).total_size() == 1);
  by_email.set_email("nobody@acme.test");
  CHECK(log.list(by_email).total_size() == 0);
  auditlogs::ListAuthLogRequest by_status;
  by_status.add_status("INITIATED");
  by_status.add_status("failure");
  REQUIRE(log.list(by_status).total_size() == 1);
  CHECK(log.list(by_status).authrequests(0).client_name() == "Wiki");
  by_status.add_status("DONE");
  CHECK(log.call(by_status).status == Status::invalid_argument);
  CHECK(log.call(by_status).fields() == Names{"status"});
  auditlogs::ListAuthLogRequest by_client;
  by_client.set_client_id(world.application("Console").client_id);
  CHECK(log.list(by_client).total_size() == 1);
  auditlogs::ListAuthLogRequest by_time;
  by_time.mutable_start_time()->set_seconds(to_unix_seconds(world.now()) - 5);
  CHECK(log.list(by_time).total_size() == 1);
  auditlogs::ListAuthLogRequest by_resource;
  by_resource.set_resource_id("nothing");
  CHECK(log.call(by_resource).status == Status::invalid_argument);
  auditlogs::ListAuthLogRequest by_account;
  by_account.set_connected_account_identifier("ada");
  CHECK(log.list(by_account).total_size() == 0);
}

TEST_CASE("auth log API: entries are reclaimed after ninety days") {
  world::World world;
  world::Browser browser(world);
  browser.sign_in("Console", "ada@acme.test");
  world.advance(days(91));
  world.run_job("reclaim");
  AuthLog log(world);
  CHECK(log.list().total_size() == 0);
}

}  // namespace gatehouse
