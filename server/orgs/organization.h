// Organizations (the customers of our customer) and who belongs to them.

#pragma once

#include <string>
#include <vector>

#include "server/core/page.h"
#include "server/encoding/metadata.h"
#include "server/orgs/settings.h"
#include "server/users/user.h"

namespace gatehouse::orgs {

// Where a customer wants its data to be; told, not acted upon.
enum class Region { us, eu };
[[nodiscard]] std::string_view region_name(Region region);  // "US"

inline constexpr std::size_t organization_metadata_pairs_max = 10;

struct Organization {
  OrgId id;
  EnvironmentId environment;
  std::string display_name;
  std::optional<std::string> external_id;
  std::optional<std::string> slug;
  std::optional<std::string> logo_url;
  std::optional<Region> region;
  Metadata metadata;
  FeatureSet features;
  Instant created_at;
  Instant updated_at;
};

struct NewOrganization {
  std::string display_name;
  std::optional<std::string> external_id = std::nullopt;
  std::optional<std::string> slug = std::nullopt;
  std::optional<std::string> logo_url = std::nullopt;
  std::optional<Region> region = std::nullopt;
  Metadata metadata = {};
};

// What is absent stays. An empty external id, slug or logo URL takes it away; metadata is replaced
// as a whole.
struct OrganizationChange {
  std::optional<std::string> display_name = std::nullopt;
  std::optional<std::string> external_id = std::nullopt;
  std::optional<std::string> slug = std::nullopt;
  std::optional<std::string> logo_url = std::nullopt;
  std::optional<Metadata> metadata = std::nullopt;
};

// How the API and events show it: one JSON object in the contract's field names. `deleted_at` is
// given where it tells of a deletion.
[[nodiscard]] std::string organization_json(const Organization& organization,
                                            std::optional<Instant> deleted_at = std::nullopt);

enum class MembershipStatus { active, inactive, pending_invite, invite_expired };
[[nodiscard]] std::string_view membership_status_name(MembershipStatus status);

enum class Provisioning { invitation, direct_provision, org_creator, jit_using_sso };
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

// Acts, each audited and told as an event. Errors: invalid_argument (a name of 1 to 200 characters,
// an external id of at most 255 bytes, a slug that could be a host name, a logo URL that is https,
// metadata of at most 10 pairs), already_exists (external id, slug, membership), not_found.
Result<Organization, Error> create(storage::Transaction& transaction, EnvironmentId environment,
                                   const Context& context, Random& random,
                                   const NewOrganization& wanted);
Result<Organization, Error> update(storage::Transaction& transaction, EnvironmentId environment,
                                   OrgId organization, const Context& context, Random& random,
                                   const OrganizationChange& change);
// With everything that hangs on it. Sessions in it and people who belong to nothing else are not
// this module's: use members::delete_organization, which takes care of both.
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
Result<std::optional<Organization>, Error> find_organization_by_external_id(
    storage::Transaction& transaction, EnvironmentId environment, std::string_view external_id);
Result<std::vector<Organization>, Error> list_organizations(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            std::optional<OrgId> before, int limit);
Result<Page<Organization>, Error> list_organizations(storage::Transaction& transaction,
                                                     EnvironmentId environment,
                                                     const PageQuery& query);
// Those with `text` anywhere in their name, external id or slug, whatever the case of its letters.
Result<Page<Organization>, Error> search_organizations(storage::Transaction& transaction,
                                                       EnvironmentId environment,
                                                       std::string_view text,
                                                       const PageQuery& query);
// Of members of every status; at most `limit`.
Result<std::vector<UserId>, Error> list_member_ids(storage::Transaction& transaction,
                                                   EnvironmentId environment, OrgId organization,
                                                   int limit);
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
