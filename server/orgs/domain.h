// Domains of an organization: behind the "@" of its people's addresses.
//
// An ORGANIZATION_DOMAIN says where somebody signs in and whom single sign-on may speak for; an
// ALLOWED_EMAIL_DOMAIN says to whom the organization is offered. What an administrator of the
// environment adds is trusted at once; what the organization's own administrator adds waits until
// a DNS record proves it. Among verified domains each name stands once per environment and type.

#pragma once

#include "server/core/enum_names.h"
#include "server/orgs/domain_name.h"
#include "server/storage/database.h"

namespace gatehouse::orgs {

enum class DomainType { allowed_email, organization };
inline constexpr EnumNames<DomainType, 2> domain_types({"ALLOWED_EMAIL_DOMAIN",
                                                        "ORGANIZATION_DOMAIN"});

enum class DomainStatus { pending, verified, failed, auto_verified };
inline constexpr EnumNames<DomainStatus, 4> domain_statuses({"PENDING", "VERIFIED", "FAILED",
                                                             "AUTO_VERIFIED"});

enum class VerificationMethod { admin, dns, not_applicable };
inline constexpr EnumNames<VerificationMethod, 3> verification_methods({"ADMIN", "DNS",
                                                                        "NOT_APPLICABLE"});

// The host below the domain whose TXT record holds Domain::txt_record_secret.
inline constexpr std::string_view txt_record_key = "gatehouse-domain-verification";

struct Domain {
  DomainId id;
  EnvironmentId environment;
  OrgId organization;
  DomainType type;
  std::string name;
  DomainStatus status;
  VerificationMethod method;
  std::string txt_record_secret;  // for all the world to read once it is in the DNS
  Instant created_at;
  Instant updated_at;

  [[nodiscard]] bool is_verified() const {
    return status == DomainStatus::verified || status == DomainStatus::auto_verified;
  }
};

// Who says that the domain is theirs.
enum class DomainClaim { by_environment, by_organization };

struct NewDomain {
  std::string name;
  DomainType type = DomainType::organization;
  DomainClaim claim = DomainClaim::by_environment;
};

// Acts, each audited and told of by an event. Errors: invalid_argument (no domain, or open to
// anybody), already_exists, not_found (organization, domain), resource_exhausted (too many).
Result<Domain, Error> create_domain(storage::Transaction& transaction, EnvironmentId environment,
                                    OrgId organization, const Context& context, Random& random,
                                    const NewDomain& wanted);
Result<Unit, Error> delete_domain(storage::Transaction& transaction, EnvironmentId environment,
                                  OrgId organization, const Context& context, Random& random,
                                  DomainId domain);

// not_found if the organization has no such domain.
Result<Domain, Error> get_domain(storage::Transaction& transaction, EnvironmentId environment,
                                 OrgId organization, DomainId domain);

struct DomainQuery {
  std::optional<DomainType> type = std::nullopt;
  int page_size = 30;
  int page_number = 0;  // from 0
};
// Newest first. not_found if there is no such organization.
Result<std::vector<Domain>, Error> list_domains(storage::Transaction& transaction,
                                                EnvironmentId environment, OrgId organization,
                                                const DomainQuery& query);

// What events say of a domain: a JSON object.
[[nodiscard]] std::string domain_event_data(const Domain& domain);

}  // namespace gatehouse::orgs
