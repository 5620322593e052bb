// The rules of domains: which can be claimed, what makes them trusted, and the acts on them.

#include "server/orgs/domain.h"

#include "server/audit/record.h"
#include "server/encoding/base64.h"
#include "server/encoding/json.h"
#include "server/events/event.h"
#include "server/orgs/domain_store.h"
#include "server/orgs/organization.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

constexpr std::size_t txt_secret_random_bytes = 24;

Error unknown_organization() { return refusal(ErrorCode::not_found, "organization not found"); }
Error unknown_domain() { return refusal(ErrorCode::not_found, "domain not found"); }

Result<DomainName, Error> claimable_name(std::string_view text) {
  auto name = DomainName::parse(text);
  if (!name.has_value()) {
    return refusal(ErrorCode::invalid_argument,
                   "domain must be a name with a dot, such as acme.com", "domain.domain");
  }
  if (name->is_open_to_anybody()) {
    return refusal(ErrorCode::invalid_argument,
                   "public and disposable mail domains cannot belong to an organization",
                   "domain.domain");
  }
  return *std::move(name);
}

struct Verification {
  DomainStatus status;
  VerificationMethod method;
};

Verification first_verification(const NewDomain& wanted) {
  if (wanted.type == DomainType::allowed_email) {
    return {DomainStatus::auto_verified, VerificationMethod::not_applicable};
  }
  if (wanted.claim == DomainClaim::by_environment) {
    return {DomainStatus::verified, VerificationMethod::admin};
  }
  return {DomainStatus::pending, VerificationMethod::dns};
}

Result<Unit, Error> tell(Transaction& transaction, EnvironmentId environment,
                         const Context& context, Random& random, const Domain& domain,
                         audit::Event audited) {
  TRY(audit::record(transaction, environment, context, random,
                    {.event = audited,
                     .subject_type = "domain",
                     .subject_id = domain.id.text(),
                     .organization = domain.organization,
                     .detail = domain.name}));
  const std::string_view type = audited == audit::Event::domain_created
                                    ? "organization.domain_created"
                                    : "organization.domain_deleted";
  TRY(events::record(transaction, environment, context, random,
                     {.type = type,
                      .object = "Domain",
                      .organization = domain.organization,
                      .data = domain_event_data(domain)}));
  return Unit{};
}

}  // namespace

Result<Domain, Error> create_domain(Transaction& transaction, EnvironmentId environment,
                                    OrgId organization, const Context& context, Random& random,
                                    const NewDomain& wanted) {
  const DomainName name = TRY(claimable_name(wanted.name));
  const Verification verification = first_verification(wanted);
  Domain domain{
      .id = DomainId::make(random, context.now),
      .environment = environment,
      .organization = organization,
      .type = wanted.type,
      .name = name.text(),
      .status = verification.status,
      .method = verification.method,
      .txt_record_secret = base64url_encode(random_bytes(random, txt_secret_random_bytes)),
      .created_at = context.now,
      .updated_at = context.now};
  if (!TRY(insert_domain(transaction, environment, domain))) {
    const DomainStanding standing =
        TRY(find_standing(transaction, environment, organization, domain.type, domain.name));
    if (!standing.has_organization) return unknown_organization();
    if (standing.is_own) {
      return refusal(ErrorCode::already_exists, "domain already exists", "domain.domain");
    }
    if (standing.is_anyones) {
      return refusal(ErrorCode::already_exists, "domain already exists in another organization",
                     "domain.domain");
    }
    return refusal(ErrorCode::resource_exhausted, "the organization has too many domains");
  }
  TRY(tell(transaction, environment, context, random, domain, audit::Event::domain_created));
  return domain;
}

Result<Unit, Error> delete_domain(Transaction& transaction, EnvironmentId environment,
                                  OrgId organization, const Context& context, Random& random,
                                  DomainId domain) {
  const auto removed = TRY(remove_domain(transaction, environment, organization, domain));
  if (!removed.has_value()) return unknown_domain();
  return tell(transaction, environment, context, random, *removed, audit::Event::domain_deleted);
}

Result<Domain, Error> get_domain(Transaction& transaction, EnvironmentId environment,
                                 OrgId organization, DomainId domain) {
  auto found = TRY(find_domain(transaction, environment, organization, domain));
  if (!found.has_value()) return unknown_domain();
  return *std::move(found);
}

Result<std::vector<Domain>, Error> list_domains(Transaction& transaction, EnvironmentId environment,
                                                OrgId organization, const DomainQuery& query) {
  auto found = TRY(select_domains(transaction, environment, organization, query));
  if (found.empty() &&
      !TRY(find_organization(transaction, environment, organization)).has_value()) {
    return unknown_organization();
  }
  return found;
}

std::string domain_event_data(const Domain& domain) {
  std::string data;
  JsonWriter(data)
      .begin_object()
      .field("id", domain.id.text())
      .field("domain", domain.name)
      .field("domain_type", domain_types.name(domain.type))
      .field("organization_id", domain.organization.text())
      .field("environment_id", domain.environment.text())
      .field("txt_record_key", txt_record_key)
      .field("txt_record_secret", domain.txt_record_secret)
      .field("verification_status", domain_statuses.name(domain.status))
      .field("verification_method", verification_methods.name(domain.method))
      .field("updated_at", to_rfc3339(domain.updated_at))
      .end_object();
  return data;
}

}  // namespace gatehouse::orgs
