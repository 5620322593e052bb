// Organizations (the customers of our customer) and who belongs to them.

#pragma once

#include <string>
#include <vector>

#include "server/users/user.h"

namespace gatehouse::orgs {

struct Organization {
  OrgId id;
  EnvironmentId environment;
  std::string display_name;
  std::optional<std::string> external_id;
  std::optional<std::string> slug;
  Instant created_at;
  Instant updated_at;
};

struct NewOrganization {
  std::string display_name;
  std::optional<std::string> external_id = std::nullopt;
  std::optional<std::string> slug = std::nullopt;
};

enum class MembershipStatus { active, inactive, pending_invite, invite_expired };
[[nodiscard]] std::string_view membership_status_name(MembershipStatus status);

enum class Provisioning { invitation, direct_provision, org_creator };
[[nodiscard]] std::string_view provisioning_name(Provisioning provisioning);

struct Membership {
  OrgId organization;
  UserId user;
  MembershipStatus status;
  std::string organization_name;
  std::optional<std::string> organization_external_id;
  Instant created_at;
  std::optional<Instant> last_used_at;

  [[nodiscard]] bool is_active() const { return status == MembershipStatus::active; }
};

// Acts, each audited. Errors: invalid_argument (name 1–200 bytes after cleaning, external id,
// slug), already_exists (external id, slug, membership), not_found.
Result<Organization, Error> create(storage::Transaction& transaction, EnvironmentId environment,
                                   const Context& context, Random& random,
                                   const NewOrganization& wanted);
Result<Unit, Error> rename(storage::Transaction& transaction, EnvironmentId environment,
                           const Context& context, Random& random, OrgId organization,
                           std::string_view display_name);
// Members who belong to nothing else stay as users without an organization. Callers end the
// sessions in it first (sessions::end_all_in_organization), as they do before remove_member.
Result<Unit, Error> delete_organization(storage::Transaction& transaction,
                                        EnvironmentId environment, const Context& context,
                                        Random& random, OrgId organization);
Result<Unit, Error> add_member(storage::Transaction& transaction, EnvironmentId environment,
                               OrgId organization, const Context& context, Random& random,
                               UserId user, Provisioning provisioning);
Result<Unit, Error> remove_member(storage::Transaction& transaction, EnvironmentId environment,
                                  OrgId organization, const Context& context, Random& random,
                                  UserId user);
Result<Unit, Error> note_membership_used(storage::Transaction& transaction,
                                         EnvironmentId environment, OrgId organization, UserId user,
                                         Instant now);

// Store.
Result<std::optional<Organization>, Error> find_organization(storage::Transaction& transaction,
                                                             EnvironmentId environment,
                                                             OrgId organization);
Result<std::vector<Organization>, Error> list_organizations(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            std::optional<OrgId> before, int limit);
Result<std::optional<Membership>, Error> find_membership(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         OrgId organization, UserId user);
// Of one user, most recently used first, then by name. At most 200.
Result<std::vector<Membership>, Error> list_memberships_of_user(storage::Transaction& transaction,
                                                                EnvironmentId environment,
                                                                UserId user);
struct Member {
  users::User user;
  Membership membership;
};
Result<std::vector<Member>, Error> list_members(storage::Transaction& transaction,
                                                EnvironmentId environment, OrgId organization,
                                                std::optional<UserId> before, int limit);

}  // namespace gatehouse::orgs
