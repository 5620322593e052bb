// The statements behind view.h. What they find comes without roles, which load_roles fills in.

#pragma once

#include "server/members/view.h"

namespace gatehouse::members {

inline constexpr std::size_t memberships_shown_max = 200;

// Whose memberships are read: in one organization, or in all.
struct Scope {
  std::optional<OrgId> organization = std::nullopt;
  Instant now;
};

// In the order of the query, nearest to its position first, at most one more than its limit.
Result<std::vector<MemberView>, Error> list_people(storage::Transaction& transaction,
                                                   EnvironmentId environment, const Scope& scope,
                                                   const PageQuery& query);
Result<std::int64_t, Error> count_people(storage::Transaction& transaction,
                                         EnvironmentId environment, const Scope& scope);
// In an organization only who belongs to it.
Result<std::optional<MemberView>, Error> find_person(storage::Transaction& transaction,
                                                     EnvironmentId environment, const Scope& scope,
                                                     UserId user);

// Fills in the roles of everybody in `people`, whose ids are all that there are between the
// smallest and the greatest of them.
Result<Roles, Error> load_roles(storage::Transaction& transaction, EnvironmentId environment,
                                const Scope& scope, std::span<MemberView> people);

// Whether an organization has more than `count` members.
Result<bool, Error> has_more_members(storage::Transaction& transaction, EnvironmentId environment,
                                     OrgId organization, int count);
// Members that match, as search_in_organization says: every one, or of the first matches.
enum class Scan { members, matches };
Result<Page<UserId>, Error> search_members(storage::Transaction& transaction,
                                           EnvironmentId environment, OrgId organization,
                                           std::string_view text, const PageQuery& query,
                                           Scan scan);

}  // namespace gatehouse::members
