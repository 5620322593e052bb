// DomainService over the wire.

#include "scalekit/v1/domains/domains.pb.h"
#include "scalekit/v1/organizations/organizations.pb.h"
#include "server/connections/connection.h"
#include "tests/world/api_client.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::domains;
using api::Status;
using google::protobuf::Empty;

std::string method(std::string_view name) { return "domains.DomainService/" + std::string(name); }

void check_refused(const CallStatus& answer, Status status) {
  CHECK(answer.status == status);
  CHECK(answer.info.error_code() == api::status_name(status));
  CHECK_FALSE(answer.message.empty());
}

class Domains {
 public:
  explicit Domains(World& world, std::string_view application = "Console")
      : acme(world.organization("Acme").text()),
        globex(world.organization("Globex").text()),
        api_(world, application) {}

  CallAnswer<pb::CreateDomainResponse> create(const std::string& organization, std::string name,
                                              pb::DomainType type = pb::DOMAIN_TYPE_UNSPECIFIED) {
    pb::CreateDomainRequest request;
    request.set_organization_id(organization);
    request.mutable_domain()->set_domain(std::move(name));
    request.mutable_domain()->set_domain_type(type);
    return api_.call<pb::CreateDomainResponse>(method("CreateDomain"), request);
  }
  pb::Domain made(const std::string& organization, std::string name,
                  pb::DomainType type = pb::DOMAIN_TYPE_UNSPECIFIED) {
    const auto answer = create(organization, std::move(name), type);
    REQUIRE(answer.ok());
    return answer.response.domain();
  }
  CallAnswer<pb::GetDomainResponse> get(const std::string& organization, const std::string& id) {
    pb::GetDomainRequest request;
    request.set_organization_id(organization);
    request.set_id(id);
    return api_.call<pb::GetDomainResponse>(method("GetDomain"), request);
  }
  CallAnswer<Empty> remove(const std::string& organization, const std::string& id) {
    pb::DeleteDomainRequest request;
    request.set_organization_id(organization);
    request.set_id(id);
    return api_.call<Empty>(method("DeleteDomain"), request);
  }
  CallAnswer<pb::ListDomainResponse> list(const pb::ListDomainRequest& request) {
    return api_.call<pb::ListDomainResponse>(method("ListDomains"), request);
  }
  std::vector<std::string> names(const pb::ListDomainRequest& request) {
    const auto answer = list(request);
    REQUIRE(answer.ok());
    std::vector<std::string> names;
    for (const pb::Domain& domain : answer.response.domains()) names.push_back(domain.domain());
    return names;
  }
  CallAnswer<pb::VerifyDomainResponse> verify(const std::string& organization,
                                              const std::string& id) {
    pb::VerifyDomainRequest request;
    request.set_organization_id(organization);
    request.set_id(id);
    return api_.call<pb::VerifyDomainResponse>(method("VerifyDomain"), request);
  }
  ApiClient& api() { return api_; }

  const std::string acme;
  const std::string globex;

 private:
  ApiClient api_;
};

pb::ListDomainRequest list_of(const std::string& organization) {
  pb::ListDomainRequest request;
  request.set_organization_id(organization);
  return request;
}

bool same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

}  // namespace

TEST_CASE("domains: one is an ORGANIZATION_DOMAIN unless told otherwise, and trusted at once") {
  World world;
  Domains domains(world);
  CHECK(domains.names(list_of(domains.acme)).empty());
  const pb::Domain domain = domains.made(domains.acme, "Fresh-Name.com");
  CHECK(domain.id().starts_with("dom_"));
  CHECK(domain.domain() == "fresh-name.com");
  CHECK(domain.domain_type() == pb::ORGANIZATION_DOMAIN);
  CHECK(domain.organization_id() == domains.acme);
  CHECK(domain.environment_id() == world.development().text());
  CHECK(domain.verification_status() == pb::VERIFIED);
  CHECK(domain.verification_method() == pb::ADMIN);
  CHECK_FALSE(domain.txt_record_key().empty());
  CHECK_FALSE(domain.txt_record_secret().empty());
  CHECK(domain.has_create_time());
  const auto read = domains.get(domains.acme, domain.id());
  REQUIRE(read.ok());
  CHECK(same(read.response.domain(), domain));
  const auto verified = domains.verify(domains.acme, domain.id());
  REQUIRE(verified.ok());
  CHECK(verified.response.verified());
  const pb::Domain offered = domains.made(domains.acme, "offered.com", pb::ALLOWED_EMAIL_DOMAIN);
  CHECK(offered.verification_status() == pb::AUTO_VERIFIED);
  CHECK(offered.verification_method() == pb::NOT_APPLICABLE);
  CHECK(world.violations().empty());
}

TEST_CASE("domains: the filter by type is exact, pages are numbered from 0") {
  World world;
  Domains domains(world);
  domains.made(domains.acme, "a.example.com");
  world.advance(milliseconds(2));
  domains.made(domains.acme, "b.example.com", pb::ALLOWED_EMAIL_DOMAIN);
  world.advance(milliseconds(2));
  domains.made(domains.acme, "c.example.com");
  pb::ListDomainRequest request = list_of(domains.acme);
  CHECK(domains.names(request) ==
        std::vector<std::string>{"c.example.com", "b.example.com", "a.example.com"});
  request.set_domain_type(pb::ALLOWED_EMAIL_DOMAIN);
  CHECK(domains.names(request) == std::vector<std::string>{"b.example.com"});
  request.set_domain_type(pb::ORGANIZATION_DOMAIN);
  request.mutable_page_size()->set_value(1);
  CHECK(domains.names(request) == std::vector<std::string>{"c.example.com"});
  request.mutable_page_number()->set_value(1);
  CHECK(domains.names(request) == std::vector<std::string>{"a.example.com"});
  const auto answer = domains.list(request);
  CHECK(answer.response.page_size() == 1);
  CHECK(answer.response.page_number() == 1);
  request.mutable_page_number()->set_value(2);
  CHECK(domains.names(request).empty());
  request.mutable_page_number()->set_value(-1);
  check_refused(domains.list(request), Status::invalid_argument);
  request.mutable_page_number()->set_value(0);
  request.mutable_page_size()->set_value(-1);
  check_refused(domains.list(request), Status::invalid_argument);
  request.mutable_page_size()->set_value(1000);
  CHECK(domains.list(request).response.page_size() == 100);
  request.set_domain_type(static_cast<pb::DomainType>(9));
  check_refused(domains.list(request), Status::invalid_argument);
}

TEST_CASE("domains: names that are none, and public ones, are refused with the field") {
  World world;
  Domains domains(world);
  for (const char* name : {"invalid-domain-name", "gmail.com", "a b.com", "http://acme.com",
                           "mailinator.com", "127.0.0.1"}) {
    CAPTURE(name);
    const auto answer = domains.create(domains.acme, name);
    check_refused(answer, Status::invalid_argument);
    CHECK(answer.fields() == std::vector<std::string>{"domain.domain"});
  }
  check_refused(domains.create(domains.acme, "a.b"), Status::invalid_argument);
  check_refused(domains.create(domains.acme, std::string(252, 'a') + ".com"),
                Status::invalid_argument);
  check_refused(domains.create(domains.acme, "acme.com", static_cast<pb::DomainType>(9)),
                Status::invalid_argument);
  pb::CreateDomainRequest nothing;
  nothing.set_organization_id(domains.acme);
  check_refused(domains.api().call<pb::CreateDomainResponse>(method("CreateDomain"), nothing),
                Status::invalid_argument);
  CHECK(domains.names(list_of(domains.acme)).empty());
}

TEST_CASE("domains: one name belongs to one organization, until it or the organization is gone") {
  World world;
  Domains domains(world);
  const pb::Domain first = domains.made(domains.acme, "shared.com");
  check_refused(domains.create(domains.acme, "shared.com"), Status::already_exists);
  check_refused(domains.create(domains.globex, "shared.com"), Status::already_exists);
  CHECK(domains.create(domains.globex, "shared.com", pb::ALLOWED_EMAIL_DOMAIN).ok());
  CHECK(domains.remove(domains.acme, first.id()).ok());
  CHECK(domains.create(domains.globex, "shared.com").ok());
  namespace orgs_pb = scalekit::v1::organizations;
  orgs_pb::DeleteOrganizationRequest gone;
  gone.set_id(domains.globex);
  domains.api().must<Empty>("organizations.OrganizationService/DeleteOrganization", gone);
  CHECK(domains.create(domains.acme, "shared.com").ok());
}

TEST_CASE("domains: what is deleted, unknown, malformed or another's is not found or refused") {
  World world;
  Domains domains(world);
  const pb::Domain domain = domains.made(domains.acme, "acme-inc.com");
  check_refused(domains.get(domains.globex, domain.id()), Status::not_found);
  check_refused(domains.remove(domains.globex, domain.id()), Status::not_found);
  check_refused(domains.verify(domains.globex, domain.id()), Status::not_found);
  CHECK(domains.remove(domains.acme, domain.id()).ok());
  const auto again = domains.get(domains.acme, domain.id());
  check_refused(again, Status::not_found);
  CHECK(again.message.find("not found") != std::string::npos);
  check_refused(domains.remove(domains.acme, domain.id()), Status::not_found);
  check_refused(domains.get(domains.acme, "dom_1"), Status::not_found);
  check_refused(domains.get(domains.acme, "nonsense"), Status::invalid_argument);
  check_refused(domains.get("nonsense", domain.id()), Status::invalid_argument);
  check_refused(domains.list(list_of("org_1")), Status::not_found);
  check_refused(domains.create("org_1", "acme-inc.com"), Status::not_found);
  pb::ListDomainRequest nobody;
  check_refused(domains.list(nobody), Status::invalid_argument);
  Domains strangers(world, "Portal");
  check_refused(strangers.list(list_of(domains.acme)), Status::not_found);
  check_refused(strangers.create(domains.acme, "strange.com"), Status::not_found);
}

TEST_CASE("domains: the organization goes by its external id too, and nothing can be updated yet") {
  World world;
  Domains domains(world);
  namespace orgs_pb = scalekit::v1::organizations;
  orgs_pb::UpdateOrganizationRequest rename;
  rename.set_id(domains.acme);
  rename.mutable_organization()->set_external_id("acme-1");
  domains.api().must<orgs_pb::UpdateOrganizationResponse>(
      "organizations.OrganizationService/UpdateOrganization", rename);
  pb::CreateDomainRequest request;
  request.set_external_id("acme-1");
  request.mutable_domain()->set_domain("external.com");
  const pb::Domain made =
      domains.api().must<pb::CreateDomainResponse>(method("CreateDomain"), request).domain();
  CHECK(made.organization_id() == domains.acme);
  pb::UpdateDomainRequest update;
  update.set_external_id("acme-1");
  update.set_id(made.id());
  CHECK(same(domains.api().must<pb::UpdateDomainResponse>(method("UpdateDomain"), update).domain(),
             made));
  update.set_external_id("nobody");
  check_refused(domains.api().call<pb::UpdateDomainResponse>(method("UpdateDomain"), update),
                Status::not_found);
}

TEST_CASE("domains: one can be made for a connection, and is listed by it") {
  World world;
  Domains domains(world);
  const OrgId acme = world.organization("Acme");
  const auto connection = world.must([&](storage::Transaction& transaction) {
    return connections::create(transaction, world.development(), acme, world.context(),
                               world.random(), {.type = connections::ConnectionType::oidc});
  });
  domains.made(domains.acme, "other.com");
  pb::CreateDomainRequest request;
  request.set_organization_id(domains.acme);
  request.set_connection_id(connection.id.text());
  request.mutable_domain()->set_domain("routed.com");
  domains.api().must<pb::CreateDomainResponse>(method("CreateDomain"), request);
  pb::ListDomainRequest list = list_of(domains.acme);
  list.set_connection_id(connection.id.text());
  CHECK(domains.names(list) == std::vector<std::string>{"routed.com"});
  list.mutable_page_number()->set_value(1);
  CHECK(domains.names(list).empty());
  list.set_connection_id("conn_1");
  check_refused(domains.list(list), Status::not_found);
  request.set_connection_id("conn_1");
  request.mutable_domain()->set_domain("half.com");
  check_refused(domains.api().call<pb::CreateDomainResponse>(method("CreateDomain"), request),
                Status::not_found);
  CHECK(domains.names(list_of(domains.acme)).size() == 2);
}

TEST_CASE("domains: whether an origin may embed the portal is told to anybody who names it") {
  World world;
  ApiClient nobody = ApiClient::with_token(world, std::string(development_url), "");
  pb::ListAuthorizedDomainRequest request;
  const auto ask = [&](std::string_view origin) {
    request.set_origin(std::string(origin));
    return nobody.must<pb::ListAuthorizedDomainResponse>(method("ListAuthorizedDomains"), request)
        .domains_size();
  };
  const std::string& callback = world.application("Wiki").callback;
  const std::string origin = callback.substr(0, callback.find('/', callback.find("//") + 2));
  CHECK(ask(origin) == 1);
  CHECK(ask("https://evil.example") == 0);
  CHECK(ask("") == 0);
}

TEST_CASE("domains: REST has them below their organization") {
  World world;
  Domains domains(world);
  const std::string path = "/api/v1/organizations/" + domains.acme + "/domains";
  const auto made = domains.api().rest(http::Method::post, path, R"({"domain":"rest.com"})");
  CHECK(made.status == 200);
  const Json domain = Json::parse(made.body).take();
  CHECK(domain.find("domain")->string("domain_type") == "ORGANIZATION_DOMAIN");
  const std::string own = path + "/" + std::string(*domain.find("domain")->string("id"));
  CHECK(domains.api().rest(http::Method::get, own).status == 200);
  CHECK(domains.api().rest(http::Method::patch, own + ":verify").status == 200);
  const auto listed = domains.api().rest(http::Method::get, path + "?domain_type=1");
  CHECK(Json::parse(listed.body).take().array("domains")->empty());
  CHECK(domains.api().rest(http::Method::delete_, own).status == 200);
  CHECK(domains.api().rest(http::Method::get, own).status == 404);
}

// A domain that the organization's own administrator has added.
orgs::Domain claimed(World& world, std::string name) {
  const OrgId acme = world.organization("Acme");
  return world.must([&](storage::Transaction& transaction) {
    return orgs::create_domain(transaction, world.development(), acme, world.context(),
                               world.random(),
                               {.name = name, .claim = orgs::DomainClaim::by_organization});
  });
}

TEST_CASE("domain service: a claimed domain is verified by its TXT record, when asked to look") {
  World world;
  Domains domains(world);
  const orgs::Domain domain = claimed(world, "claimed.org");
  const std::string record = "gatehouse-domain-verification.claimed.org";
  const auto is_verified = [&] {
    const auto answer = domains.verify(domains.acme, domain.id.text());
    REQUIRE(answer.ok());
    return answer.response.verified();
  };
  CHECK_FALSE(is_verified());
  CHECK(world.dns().asked() == std::vector<std::string>{record});
  world.dns().put_txt(record, {"somebody else's"});
  CHECK_FALSE(is_verified());
  world.dns().put_txt(record, {"v=spf1 -all", domain.txt_record_secret});
  world.dns().be(FakeDnsResolver::State::is_silent);
  CHECK_FALSE(is_verified());
  world.dns().be(FakeDnsResolver::State::answers);
  CHECK(is_verified());
  const auto stored = domains.get(domains.acme, domain.id.text());
  CHECK(stored.response.domain().verification_status() == pb::VERIFIED);
  CHECK(stored.response.domain().verification_method() == pb::DNS);
  // Verified is verified: nobody is asked again.
  const std::size_t asked = world.dns().asked().size();
  CHECK(is_verified());
  CHECK(world.dns().asked().size() == asked);
  CHECK(world.audit("domain.verified").size() == 1);
  CHECK(world.violations() == "");
}

TEST_CASE("domain service: waiting domains are looked up by themselves, those of operators never") {
  World world;
  Domains domains(world);
  domains.made(domains.acme, "trusted.org");
  const orgs::Domain first = claimed(world, "first.org");
  const orgs::Domain second = claimed(world, "second.org");
  world.dns().put_txt("gatehouse-domain-verification.second.org", {second.txt_record_secret});
  world.run_job("verify domains");
  CHECK(world.dns().asked().size() == 2);
  const auto status = [&](const orgs::Domain& domain) {
    Domains now(world);  // with a token that is still good
    return now.get(now.acme, domain.id.text()).response.domain().verification_status();
  };
  CHECK(status(first) == pb::PENDING);
  CHECK(status(second) == pb::VERIFIED);
  for (int day = 0; day < 8; ++day) {
    world.advance(days(1));
    world.run_job("verify domains");
  }
  CHECK(status(first) == pb::FAILED);
  CHECK(status(second) == pb::VERIFIED);
  CHECK(world.audit("domain.verification_failed").size() == 1);
  CHECK(world.violations() == "");
}

}  // namespace gatehouse::world
