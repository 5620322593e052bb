#include "server/orgs/domain.h"

#include <doctest/doctest.h>

#include "server/core/limits.h"
#include "server/encoding/json.h"
#include "server/events/event.h"
#include "server/orgs/organization.h"
#include "tests/world/rows.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class Fixture : public world::DomainFixture {
 public:
  OrgId organization(EnvironmentId environment = here) {
    return must([&](Transaction& transaction) {
             return create(transaction, environment, context, random, {.display_name = "Acme"});
           })
        .id;
  }
  Result<Domain, Error> add(OrgId organization, const NewDomain& wanted,
                            EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return create_domain(transaction, environment, organization, context, random, wanted);
    });
  }
  Result<Unit, Error> remove(OrgId organization, DomainId domain,
                             EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return delete_domain(transaction, environment, organization, context, random, domain);
    });
  }
  Result<Domain, Error> get(OrgId organization, DomainId domain, EnvironmentId environment = here) {
    return act([&](Transaction& transaction) {
      return get_domain(transaction, environment, organization, domain);
    });
  }
  std::vector<std::string> names(OrgId organization, const DomainQuery& query = {}) {
    std::vector<std::string> found;
    for (const Domain& domain : must([&](Transaction& transaction) {
           return list_domains(transaction, here, organization, query);
         })) {
      found.push_back(domain.name);
    }
    return found;
  }
  std::vector<events::Event> events_of(std::string type) {
    return must([&](Transaction& transaction) {
             return events::list(transaction, here, {.types = {type}}, {});
           })
        .items;
  }
};

std::string message_of(const Result<Domain, Error>& outcome) { return outcome.error().message; }

}  // namespace

TEST_CASE("domain names: what can stand behind an @ is kept in lower case") {
  CHECK(DomainName::parse(" Acme.COM ")->text() == "acme.com");
  CHECK(DomainName::parse("a.b-c.xn--p1ai")->text() == "a.b-c.xn--p1ai");
  CHECK(DomainName::parse("a.b").has_value());
  const std::string label(63, 'a');
  CHECK(DomainName::parse(label + ".com").has_value());
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'a');
  REQUIRE(longest.size() == 253);
  CHECK(DomainName::parse(longest).has_value());
  CHECK_FALSE(DomainName::parse(longest + "a").has_value());
  for (const char* text : {"", ".", "invalid-domain-name", "acme.", ".com", "a..com", "-a.com",
                           "a-.com", "a_b.com", "a b.com", "a@b.com", "http://a.com", "a.com/",
                           "127.0.0.1", "acme.1", "äcme.com", "a.com\n", "[::1]", "*.a.com"}) {
    CAPTURE(text);
    CHECK_FALSE(DomainName::parse(text).has_value());
  }
  CHECK_FALSE(DomainName::parse(label + "a.com").has_value());
}

TEST_CASE("domain names: public providers, disposable ones and country suffixes are nobody's own") {
  for (const char* text :
       {"gmail.com", "GMail.com", "x.gmail.com", "yahoo.co.uk", "126.com", "zohomail.com",
        "mailinator.com", "a.b.yopmail.com", "co.uk", "com.br", "yahoo.com.mx", "trashmail.ws"}) {
    CAPTURE(text);
    CHECK(DomainName::parse(text)->is_open_to_anybody());
  }
  for (const char* text : {"acme.com", "notgmail.com", "gmail.com.acme.com", "acme.co.uk", "co.org",
                           "com.acme.de", "example.org"}) {
    CAPTURE(text);
    CHECK_FALSE(DomainName::parse(text)->is_open_to_anybody());
  }
}

TEST_CASE("domains: what the environment adds is trusted, found, recorded and told of") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  const Domain made = fixture.add(acme, {.name = " ACME.com"}).take();
  CHECK(made.name == "acme.com");
  CHECK(made.type == DomainType::organization);
  CHECK(made.status == DomainStatus::verified);
  CHECK(made.method == VerificationMethod::admin);
  CHECK(made.is_verified());
  CHECK(made.txt_record_secret.size() == 32);
  const Domain found = fixture.get(acme, made.id).take();
  CHECK(found.name == made.name);
  CHECK(found.txt_record_secret == made.txt_record_secret);
  CHECK(found.created_at == world::test_start);
  CHECK(fixture.audited("domain.created") == 1);
  const auto told = fixture.events_of("organization.domain_created");
  REQUIRE(told.size() == 1);
  CHECK(told[0].object == "Domain");
  CHECK(told[0].organization == acme);
  const Json data = Json::parse(told[0].data).take();
  CHECK(data.string("id") == made.id.text());
  CHECK(data.string("domain_type") == "ORGANIZATION_DOMAIN");
  CHECK(data.string("verification_status") == "VERIFIED");
}

TEST_CASE("domains: what the organization adds itself waits for its DNS record") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  const Domain claimed =
      fixture.add(acme, {.name = "acme.com", .claim = DomainClaim::by_organization}).take();
  CHECK(claimed.status == DomainStatus::pending);
  CHECK(claimed.method == VerificationMethod::dns);
  CHECK_FALSE(claimed.is_verified());
  const Domain offered = fixture
                             .add(acme, {.name = "acme.com",
                                         .type = DomainType::allowed_email,
                                         .claim = DomainClaim::by_organization})
                             .take();
  CHECK(offered.status == DomainStatus::auto_verified);
  CHECK(offered.method == VerificationMethod::not_applicable);
}

TEST_CASE("domains: no name and names open to anybody are refused with a reason") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  const auto nameless = fixture.add(acme, {.name = "invalid-domain-name"});
  CHECK(nameless.error().code == ErrorCode::invalid_argument);
  CHECK(nameless.error().field == "domain.domain");
  const auto everybodys = fixture.add(acme, {.name = "gmail.com"});
  CHECK(everybodys.error().code == ErrorCode::invalid_argument);
  CHECK(message_of(everybodys).find("public") != std::string::npos);
  CHECK(fixture.names(acme).empty());
  CHECK(fixture.audited("domain.created") == 0);
  CHECK(fixture.events_of("organization.domain_created").empty());
}

TEST_CASE("domains: a name is verified once per environment and type, while its owner lives") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  const OrgId other = fixture.organization();
  CHECK(fixture.add(acme, {.name = "acme.com"}).ok());
  CHECK(fixture.add(acme, {.name = "ACME.com"}).error().code == ErrorCode::already_exists);
  CHECK(fixture.add(other, {.name = "acme.com"}).error().code == ErrorCode::already_exists);
  CHECK(fixture.add(other, {.name = "acme.com", .claim = DomainClaim::by_organization})
            .error()
            .code == ErrorCode::already_exists);
  CHECK(fixture.add(other, {.name = "sub.acme.com"}).ok());
  CHECK(fixture.add(acme, {.name = "acme.com", .type = DomainType::allowed_email}).ok());
  CHECK(fixture.add(fixture.organization(elsewhere), {.name = "acme.com"}, elsewhere).ok());
  fixture.must([&](Transaction& transaction) {
    return delete_organization(transaction, here, fixture.context, fixture.random, acme);
  });
  CHECK(fixture.add(other, {.name = "acme.com"}).ok());
}

TEST_CASE("domains: an unproven claim of one organization keeps the domain from nobody else") {
  Fixture fixture;
  const OrgId squatter = fixture.organization();
  const OrgId acme = fixture.organization();
  const NewDomain claim{.name = "acme.com", .claim = DomainClaim::by_organization};
  CHECK(fixture.add(squatter, claim).ok());
  CHECK(fixture.add(squatter, claim).error().code == ErrorCode::already_exists);
  CHECK(fixture.add(acme, {.name = "acme.com"}).ok());
}

TEST_CASE("domains: a deleted one is gone, its name is free, and deleting it twice fails") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  const Domain made = fixture.add(acme, {.name = "acme.com"}).take();
  CHECK(fixture.remove(acme, made.id).ok());
  CHECK(message_of(fixture.get(acme, made.id)) == "domain not found");
  CHECK(fixture.remove(acme, made.id).error().code == ErrorCode::not_found);
  CHECK(fixture.audited("domain.deleted") == 1);
  CHECK(fixture.events_of("organization.domain_deleted").size() == 1);
  CHECK(fixture.add(acme, {.name = "acme.com"}).ok());
}

TEST_CASE("domains: another organization or environment neither sees nor touches one") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  const OrgId other = fixture.organization();
  const Domain made = fixture.add(acme, {.name = "acme.com"}).take();
  CHECK(fixture.get(other, made.id).error().code == ErrorCode::not_found);
  CHECK(fixture.get(acme, made.id, elsewhere).error().code == ErrorCode::not_found);
  CHECK(fixture.remove(other, made.id).error().code == ErrorCode::not_found);
  CHECK(fixture.remove(acme, made.id, elsewhere).error().code == ErrorCode::not_found);
  CHECK(message_of(fixture.add(acme, {.name = "b.com"}, elsewhere)) == "organization not found");
  CHECK(message_of(fixture.add(OrgId(99), {.name = "b.com"})) == "organization not found");
  CHECK(fixture.get(acme, made.id).ok());
}

TEST_CASE("domains: lists are newest first, by type and in pages") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  CHECK(fixture.names(acme).empty());
  for (const char* name : {"a.com", "b.com", "c.com"}) {
    fixture.context.now += milliseconds(1);
    CHECK(fixture.add(acme, {.name = name}).ok());
  }
  fixture.context.now += milliseconds(1);
  CHECK(fixture.add(acme, {.name = "d.com", .type = DomainType::allowed_email}).ok());
  using Names = std::vector<std::string>;
  CHECK(fixture.names(acme) == Names{"d.com", "c.com", "b.com", "a.com"});
  CHECK(fixture.names(acme, {.type = DomainType::allowed_email}) == Names{"d.com"});
  CHECK(fixture.names(acme, {.type = DomainType::organization, .page_size = 2}) ==
        Names{"c.com", "b.com"});
  CHECK(fixture.names(acme, {.page_size = 3, .page_number = 1}) == Names{"a.com"});
  CHECK(fixture.names(acme, {.page_size = 3, .page_number = 2}).empty());
  const auto unknown = fixture.act(
      [&](Transaction& transaction) { return list_domains(transaction, here, OrgId(99), {}); });
  CHECK(unknown.error().message == "organization not found");
}

TEST_CASE("domains: an organization has so many and no more") {
  Fixture fixture;
  const OrgId acme = fixture.organization();
  for (int i = 0; i < limits::domains_per_organization_max; ++i) {
    REQUIRE(fixture.add(acme, {.name = "d" + std::to_string(i) + ".com"}).ok());
  }
  CHECK(fixture.add(acme, {.name = "one.more.com"}).error().code == ErrorCode::resource_exhausted);
  CHECK(fixture.add(fixture.organization(), {.name = "one.more.com"}).ok());
}

}  // namespace gatehouse::orgs
