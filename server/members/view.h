// What the management API shows of people: users with their memberships, the roles they have in
// each, and what these allow. Read in a fixed number of statements, however many people there are
// on a page.

#pragma once

#include "server/orgs/membership.h"

namespace gatehouse::members {

// A role that somebody on the page has, with its effective permissions: own and inherited, sorted.
struct RoleView {
  RoleId id;
  std::string name;
  std::string display_name;
  std::vector<std::string> permissions;
};

struct MembershipView {
  OrgId organization;
  std::string organization_name;
  orgs::MembershipStatus status;  // as shown: an invitation whose time is over has expired
  std::string provisioning;
  Metadata metadata;
  std::optional<std::string> inviter_email;
  Instant created_at;
  std::optional<Instant> accepted_at;  // of an invitation
  std::optional<Instant> invitation_expires_at;
  std::vector<std::size_t> roles = {};  // places in Roles, by name
};

struct MemberView {
  users::UserDetails user;
  std::vector<MembershipView> memberships = {};  // newest first, at most 200
};

// The roles of all that was read together.
using Roles = std::vector<RoleView>;

struct OneMember {
  MemberView member;
  Roles roles;
};
struct MemberPage {
  Page<MemberView> page;
  Roles roles;
};

// Effective permissions of a membership, sorted, none twice. Views into `roles`.
[[nodiscard]] std::vector<std::string_view> permissions_of(const MembershipView& membership,
                                                           const Roles& roles);

// With all memberships, or with the one in `only` if given. nullopt: no such user.
Result<std::optional<OneMember>, Error> find(storage::Transaction& transaction,
                                             EnvironmentId environment, UserId user,
                                             const Context& context,
                                             std::optional<OrgId> only = std::nullopt);

// Every user of the environment with all memberships.
Result<MemberPage, Error> list(storage::Transaction& transaction, EnvironmentId environment,
                               const Context& context, const PageQuery& query);
// Those that users::search finds, with all memberships.
Result<MemberPage, Error> search(storage::Transaction& transaction, EnvironmentId environment,
                                 const Context& context, std::string_view query,
                                 const PageQuery& page);

// The members of one organization, invited ones included, each with that membership alone. Errors:
// not_found (the organization).
Result<MemberPage, Error> list_in_organization(storage::Transaction& transaction,
                                               EnvironmentId environment, OrgId organization,
                                               const Context& context, const PageQuery& query);
// Those among them whom users::search would find. In an organization of more than
// `scanned_members_max` members, at most `scanned_matches_max` matches by each of address, name,
// family name and external id are looked at, in the order of their text.
inline constexpr int scanned_members_max = 2000;
inline constexpr int scanned_matches_max = 2000;
Result<MemberPage, Error> search_in_organization(storage::Transaction& transaction,
                                                 EnvironmentId environment, OrgId organization,
                                                 const Context& context, std::string_view query,
                                                 const PageQuery& page);

}  // namespace gatehouse::members
