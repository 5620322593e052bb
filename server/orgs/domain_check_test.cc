#include "server/orgs/domain_check.h"

#include <doctest/doctest.h>

#include "server/events/event.h"
#include "server/orgs/organization.h"
#include "tests/world/rows.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;
using enum DomainEvidence;

constexpr EnvironmentId here = world::DomainFixture::here;
constexpr EnvironmentId elsewhere = world::DomainFixture::elsewhere;

class CheckFixture : public world::DomainFixture {
 public:
  OrgId organization() {
    return must([&](Transaction& transaction) {
             return create(transaction, here, context, random, {.display_name = "Acme"});
           })
        .id;
  }
  Domain add(OrgId organization, std::string name,
             DomainClaim claim = DomainClaim::by_organization) {
    return must([&](Transaction& transaction) {
      return create_domain(transaction, here, organization, context, random,
                           {.name = name, .claim = claim});
    });
  }
  Domain note(const Domain& domain, DomainEvidence evidence) {
    return must([&](Transaction& transaction) {
      return note_evidence(transaction, here, domain.organization, context, random, domain.id,
                           evidence);
    });
  }
  Domain stored(const Domain& domain) {
    return must([&](Transaction& transaction) {
      return get_domain(transaction, here, domain.organization, domain.id);
    });
  }
  bool is_due(const Domain& domain) {
    for (const Domain& due : must([&](Transaction& transaction) {
           return domains_to_check(transaction, context.now, 100);
         })) {
      if (due.id == domain.id) return true;
    }
    return false;
  }
  // How long from now until it is due.
  Duration due_in(const Domain& domain) {
    const Instant start = context.now;
    while (!is_due(domain) && context.now - start < days(3)) context.now += minutes(30);
    const Duration waited = context.now - start;
    context.now = start;
    return waited;
  }
  std::size_t told(std::string type) {
    return must([&](Transaction& transaction) {
             return events::list(transaction, here, {.types = {type}}, {});
           })
        .items.size();
  }
  std::size_t successes() { return told("organization.domain_dns_verification_success"); }
  std::size_t failures() { return told("organization.domain_dns_verification_failed"); }
};

TxtLookup answering(std::vector<std::string> texts) {
  return [texts](const std::string&) -> Result<std::vector<std::string>, Error> { return texts; };
}

}  // namespace

TEST_CASE("domain check: the record's whole text is the secret, or it proves nothing") {
  CheckFixture fixture;
  const Domain domain = fixture.add(fixture.organization(), "acme.com");
  const std::string secret = domain.txt_record_secret;
  std::string asked;
  const TxtLookup noting = [&](const std::string& name) -> Result<std::vector<std::string>, Error> {
    asked = name;
    return std::vector<std::string>{"v=spf1 -all", secret};
  };
  CHECK(look_up(noting, domain) == proven);
  CHECK(asked == "gatehouse-domain-verification.acme.com");
  for (const std::string& text :
       {std::string(), secret + " ", " " + secret, "x" + secret, secret + "x",
        secret.substr(0, secret.size() - 1), secret + secret, std::string("v=spf1 -all")}) {
    CAPTURE(text);
    CHECK(look_up(answering({text}), domain) == missing);
  }
  CHECK(look_up(answering({}), domain) == missing);
  const TxtLookup failing = [](const std::string&) -> Result<std::vector<std::string>, Error> {
    return Error(ErrorCode::unavailable, "no answer");
  };
  CHECK(look_up(failing, domain) == unanswered);
}

TEST_CASE("domain check: a proven domain is verified, once, and everybody is told") {
  CheckFixture fixture;
  const Domain domain = fixture.add(fixture.organization(), "acme.com");
  CHECK(fixture.is_due(domain));
  fixture.context.now += hours(2);
  const Domain verified = fixture.note(domain, proven);
  CHECK(verified.status == DomainStatus::verified);
  CHECK(verified.method == VerificationMethod::dns);
  CHECK(fixture.stored(domain).status == DomainStatus::verified);
  CHECK(fixture.stored(domain).updated_at == fixture.context.now);
  CHECK(fixture.due_in(domain) == days(1));
  fixture.note(domain, proven);
  CHECK(fixture.successes() == 1);
  CHECK(fixture.failures() == 0);
  CHECK(fixture.audited("domain.verified") == 1);
}

TEST_CASE("domain check: what is not proven within a week has failed, for good") {
  CheckFixture fixture;
  const Domain domain = fixture.add(fixture.organization(), "acme.com");
  const Instant added = fixture.context.now;
  CHECK(fixture.note(domain, missing).status == DomainStatus::pending);
  CHECK(fixture.due_in(domain) == hours(1));
  fixture.context.now = added + days(2);
  CHECK(fixture.note(domain, missing).status == DomainStatus::pending);
  CHECK(fixture.due_in(domain) == hours(6));
  fixture.context.now = added + days(7) - seconds(1);
  CHECK(fixture.note(domain, missing).status == DomainStatus::pending);
  CHECK(fixture.failures() == 0);
  fixture.context.now = added + days(7);
  CHECK(fixture.note(domain, missing).status == DomainStatus::failed);
  CHECK(fixture.failures() == 1);
  CHECK(fixture.audited("domain.verification_failed") == 1);
  // Too late: it is not looked for, and a proof changes nothing.
  CHECK_FALSE(fixture.is_due(domain));
  CHECK(fixture.note(domain, proven).status == DomainStatus::failed);
  CHECK(fixture.failures() == 1);
  CHECK(fixture.successes() == 0);
}

TEST_CASE("domain check: a DNS that cannot be asked costs a pending domain no chance at once") {
  CheckFixture fixture;
  const Domain domain = fixture.add(fixture.organization(), "acme.com");
  const Instant added = fixture.context.now;
  fixture.context.now = added + days(7);
  CHECK(fixture.note(domain, unanswered).status == DomainStatus::pending);
  fixture.context.now = added + days(14);
  CHECK(fixture.note(domain, unanswered).status == DomainStatus::failed);
}

TEST_CASE("domain check: a proof that is gone for three days in a row unverifies, not before") {
  CheckFixture fixture;
  const Domain domain = fixture.add(fixture.organization(), "acme.com");
  fixture.note(domain, proven);
  const auto next_day = [&](DomainEvidence evidence) {
    fixture.context.now += days(1);
    CHECK(fixture.is_due(domain));
    return fixture.note(domain, evidence).status;
  };
  const auto verified = DomainStatus::verified;
  CHECK(next_day(missing) == verified);
  CHECK_FALSE(fixture.is_due(domain));
  CHECK(next_day(missing) == verified);
  CHECK(next_day(proven) == verified);  // in a row only
  CHECK(next_day(missing) == verified);
  CHECK(next_day(missing) == verified);
  for (int i = 0; i < 10; ++i) CHECK(next_day(unanswered) == verified);
  CHECK(fixture.failures() == 0);
  CHECK(next_day(missing) == DomainStatus::pending);
  CHECK(fixture.failures() == 1);
  CHECK(fixture.audited("domain.verification_failed") == 1);
  // A new week to mend it.
  fixture.context.now += days(6);
  CHECK(fixture.note(domain, missing).status == DomainStatus::pending);
  CHECK(fixture.note(domain, proven).status == verified);
  CHECK(fixture.successes() == 2);
}

TEST_CASE("domain check: what an administrator added is trusted without a proof") {
  CheckFixture fixture;
  const OrgId acme = fixture.organization();
  const Domain domain = fixture.add(acme, "acme.com", DomainClaim::by_environment);
  CHECK_FALSE(fixture.is_due(domain));
  for (int i = 0; i < 5; ++i) {
    fixture.context.now += days(10);
    CHECK_FALSE(fixture.is_due(domain));
    CHECK(fixture.note(domain, missing).status == DomainStatus::verified);
  }
  CHECK(fixture.failures() == 0);
}

TEST_CASE("domain check: only one organization can prove a domain") {
  CheckFixture fixture;
  const OrgId acme = fixture.organization(), other = fixture.organization();
  const Domain first = fixture.add(acme, "acme.com");
  const Domain second = fixture.add(other, "acme.com");
  CHECK(fixture.note(first, proven).status == DomainStatus::verified);
  CHECK(fixture.note(second, proven).status == DomainStatus::pending);
  CHECK(fixture.successes() == 1);
  // It may be the other's once the first has lost it.
  for (int i = 0; i < 3; ++i) fixture.note(first, missing);
  CHECK(fixture.stored(first).status == DomainStatus::pending);
  CHECK(fixture.note(second, proven).status == DomainStatus::verified);
  CHECK(fixture.note(first, proven).status == DomainStatus::pending);
}

TEST_CASE("domain check: a domain is judged in its own organization and environment only") {
  CheckFixture fixture;
  const OrgId acme = fixture.organization(), other = fixture.organization();
  const Domain domain = fixture.add(acme, "acme.com");
  const auto refused = [&](EnvironmentId environment, OrgId organization) {
    const auto outcome = fixture.act([&](Transaction& transaction) {
      return note_evidence(transaction, environment, organization, fixture.context, fixture.random,
                           domain.id, proven);
    });
    return !outcome.ok() && outcome.error().code == ErrorCode::not_found;
  };
  CHECK(refused(elsewhere, acme));
  CHECK(refused(here, other));
  CHECK(fixture.stored(domain).status == DomainStatus::pending);
}

TEST_CASE("domain check: those that wait longest come first, and no more than asked for") {
  CheckFixture fixture;
  const OrgId acme = fixture.organization();
  const Domain first = fixture.add(acme, "acme.com");
  const Domain second = fixture.add(acme, "acme.org");
  fixture.note(first, missing);
  fixture.context.now += hours(1);
  const auto due = [&](int most) {
    return fixture.must([&](Transaction& transaction) {
      return domains_to_check(transaction, fixture.context.now, most);
    });
  };
  REQUIRE(due(100).size() == 2);
  REQUIRE(due(1).size() == 1);
  CHECK(due(1)[0].id == second.id);
}

}  // namespace gatehouse::orgs
