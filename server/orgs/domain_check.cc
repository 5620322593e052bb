#include "server/orgs/domain_check.h"

#include <algorithm>

#include "server/audit/record.h"
#include "server/events/event.h"
#include "server/orgs/domain_store.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

constexpr Duration first_day = days(1);
constexpr Duration often = hours(1), sometimes = hours(6), daily = days(1);

struct Outcome {
  DomainStatus status;
  DomainCheck check;
  enum class Told { nothing, success, failure } told = Told::nothing;
};

// Who proved it once and does so no more has as long to mend it as somebody new.
Outcome of_verified(DomainCheck check, DomainEvidence evidence, Instant now) {
  if (evidence == DomainEvidence::unanswered) {
    check.next_at = now + often;
    return {DomainStatus::verified, check};
  }
  check.next_at = now + daily;
  check.failures = evidence == DomainEvidence::proven ? 0 : check.failures + 1;
  if (check.failures < domain_failures_max) return {DomainStatus::verified, check};
  return {DomainStatus::pending,
          {.pending_since = now, .next_at = now + often, .failures = 0},
          Outcome::Told::failure};
}

Outcome of_pending(DomainCheck check, DomainEvidence evidence, Instant now) {
  if (evidence == DomainEvidence::proven) {
    check.next_at = now + daily;
    check.failures = 0;
    return {DomainStatus::verified, check, Outcome::Told::success};
  }
  const Duration window = evidence == DomainEvidence::missing ? domain_window : 2 * domain_window;
  const Duration age = now - check.pending_since;
  if (age >= window) return {DomainStatus::failed, check, Outcome::Told::failure};
  check.next_at = now + (age < first_day ? often : sometimes);
  return {DomainStatus::pending, check};
}

Result<Unit, Error> tell(Transaction& transaction, EnvironmentId environment,
                         const Context& context, Random& random, const Domain& domain,
                         Outcome::Told told) {
  if (told == Outcome::Told::nothing) return Unit{};
  const bool is_good = told == Outcome::Told::success;
  TRY(audit::record(
      transaction, environment, context, random,
      {.event = is_good ? audit::Event::domain_verified : audit::Event::domain_verification_failed,
       .subject_type = "domain",
       .subject_id = domain.id.text(),
       .organization = domain.organization,
       .detail = domain.name}));
  TRY(events::record(transaction, environment, context, random,
                     {.type = is_good ? "organization.domain_dns_verification_success"
                                      : "organization.domain_dns_verification_failed",
                      .object = "Domain",
                      .organization = domain.organization,
                      .data = domain_event_data(domain)}));
  return Unit{};
}

}  // namespace

std::string txt_record_name(const Domain& domain) {
  return std::string(txt_record_key) + "." + domain.name;
}

DomainEvidence look_up(const TxtLookup& lookup, const Domain& domain) {
  const auto texts = lookup(txt_record_name(domain));
  if (!texts.ok()) return DomainEvidence::unanswered;
  const bool is_proven = std::ranges::any_of(
      texts.value(), [&](const std::string& text) { return text == domain.txt_record_secret; });
  return is_proven ? DomainEvidence::proven : DomainEvidence::missing;
}

Result<Domain, Error> note_evidence(Transaction& transaction, EnvironmentId environment,
                                    OrgId organization, const Context& context, Random& random,
                                    DomainId id, DomainEvidence evidence) {
  auto found = TRY(find_domain_check(transaction, environment, organization, id));
  if (!found.has_value()) return refusal(ErrorCode::not_found, "domain not found");
  Domain domain = std::move(found->domain);
  const bool is_watched =
      domain.method == VerificationMethod::dns &&
      (domain.status == DomainStatus::pending || domain.status == DomainStatus::verified);
  if (!is_watched) return domain;

  Outcome outcome = domain.status == DomainStatus::verified
                        ? of_verified(found->check, evidence, context.now)
                        : of_pending(found->check, evidence, context.now);
  Domain changed = domain;
  changed.status = outcome.status;
  if (changed.status != domain.status) changed.updated_at = context.now;
  if (!TRY(update_domain_check(transaction, environment, changed, domain.status, outcome.check))) {
    // Somebody else's by now, or judged by somebody faster: the next look says more.
    return domain;
  }
  TRY(tell(transaction, environment, context, random, changed, outcome.told));
  return changed;
}

Result<std::vector<Domain>, Error> domains_to_check(Transaction& transaction, Instant now,
                                                    int rows_max) {
  return select_domains_to_check(transaction, now, rows_max);
}

}  // namespace gatehouse::orgs
