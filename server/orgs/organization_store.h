// The statements behind the acts of organization.h on the rows of `organizations`, and how other
// stores of this module read an organization out of a join.

#pragma once

#include "server/orgs/organization.h"

// The columns that organization_from_row reads, of a table that the statement calls `o`.
#define GATEHOUSE_ORGANIZATION_COLUMNS                                                       \
  "o.id, o.environment_id, o.display_name, o.external_id, o.slug, o.logo_url, o.region, "    \
  "o.metadata, o.has_sso, o.has_dir_sync, o.has_domain_verification, o.has_session_policy, " \
  "o.created_at_ms, o.updated_at_ms"

namespace gatehouse::orgs {

inline constexpr int organization_columns = 14;

// `first` is the number of the first of GATEHOUSE_ORGANIZATION_COLUMNS in the row.
[[nodiscard]] Organization organization_from_row(const storage::Row& row, int first = 0);

// False if the external id or the slug is taken.
Result<bool, Error> insert_organization(storage::Transaction& transaction,
                                        EnvironmentId environment,
                                        const Organization& organization);
// False if there is no such organization, or another one has the external id or the slug.
Result<bool, Error> update_row(storage::Transaction& transaction, EnvironmentId environment,
                               OrgId organization, const OrganizationChange& cleaned, Instant now);
// Whether another organization than `except` has them.
struct Taken {
  bool external_id = false;
  bool slug = false;
};
Result<Taken, Error> find_taken(storage::Transaction& transaction, EnvironmentId environment,
                                std::optional<OrgId> except,
                                const std::optional<std::string>& external_id,
                                const std::optional<std::string>& slug);
// Whether there was such an organization.
Result<bool, Error> delete_row(storage::Transaction& transaction, EnvironmentId environment,
                               OrgId organization);

}  // namespace gatehouse::orgs
