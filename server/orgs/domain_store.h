// The statements behind the acts of domain.h, on the rows of `domains`.

#pragma once

#include "server/orgs/domain.h"

namespace gatehouse::orgs {

// False if the organization is not there, has its full number of domains or this one already, or if
// the domain is verified for somebody.
Result<bool, Error> insert_domain(storage::Transaction& transaction, EnvironmentId environment,
                                  const Domain& domain);
Result<std::optional<Domain>, Error> find_domain(storage::Transaction& transaction,
                                                 EnvironmentId environment, OrgId organization,
                                                 DomainId domain);
Result<std::vector<Domain>, Error> select_domains(storage::Transaction& transaction,
                                                  EnvironmentId environment, OrgId organization,
                                                  const DomainQuery& query);
// What was deleted, if there was something.
Result<std::optional<Domain>, Error> remove_domain(storage::Transaction& transaction,
                                                   EnvironmentId environment, OrgId organization,
                                                   DomainId domain);

// Why a domain cannot be had.
struct DomainStanding {
  bool has_organization;
  bool is_own;      // the organization has it already
  bool is_anyones;  // it is verified for some organization
};
Result<DomainStanding, Error> find_standing(storage::Transaction& transaction,
                                            EnvironmentId environment, OrgId organization,
                                            DomainType type, std::string_view name);

// When a domain is looked up in the DNS, and what came of it.
struct DomainCheck {
  Instant pending_since;
  Instant next_at;
  int failures = 0;  // in a row, of one that is verified
};
struct CheckedDomain {
  Domain domain;
  DomainCheck check;
};
Result<std::optional<CheckedDomain>, Error> find_domain_check(storage::Transaction& transaction,
                                                              EnvironmentId environment,
                                                              OrgId organization, DomainId domain);
// Status, time of the last change and check. False if its status is not `from` any more, or if it
// is to be verified while it is verified for another organization.
Result<bool, Error> update_domain_check(storage::Transaction& transaction,
                                        EnvironmentId environment, const Domain& domain,
                                        DomainStatus from, const DomainCheck& check);
// tidy: allow store-parameters: a job works on every environment
Result<std::vector<Domain>, Error> select_domains_to_check(storage::Transaction& transaction,
                                                           Instant now, int rows_max);

// The columns of a table `d`, and a row of them from `first` on.
#define GATEHOUSE_DOMAIN_COLUMNS                                                       \
  "d.id, d.environment_id, d.organization_id, d.type, d.name, d.verification_status, " \
  "d.verification_method, d.txt_record_secret, d.created_at_ms, d.updated_at_ms"
[[nodiscard]] Domain domain_from_row(const storage::Row& row);

}  // namespace gatehouse::orgs
