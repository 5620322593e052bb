// Directories: from where an organization's people and groups are provisioned (SCIM [RFC 7644]).
//
// A SCIM directory works from the moment it is made: its provider calls us with one of its secrets.
// One that is disabled takes nothing in and keeps what it has; only then can it be deleted.

#pragma once

#include "server/core/enum_names.h"
#include "server/core/secret.h"
#include "server/orgs/organization.h"

namespace gatehouse::directories {

enum class DirectoryType { scim, ldap, poll };
inline constexpr EnumNames<DirectoryType, 3> directory_types({"SCIM", "LDAP", "POLL"});

enum class Provider {
  unspecified,
  okta,
  google,
  microsoft_ad,
  auth0,
  onelogin,
  jumpcloud,
  ping_identity,
};
inline constexpr EnumNames<Provider, 8> provider_names({"DIRECTORY_PROVIDER_UNSPECIFIED", "OKTA",
                                                        "GOOGLE", "MICROSOFT_AD", "AUTH0",
                                                        "ONELOGIN", "JUMPCLOUD", "PING_IDENTITY"});

enum class Status { draft, in_progress, completed };
inline constexpr EnumNames<Status, 3> status_names({"DRAFT", "IN_PROGRESS", "COMPLETED"});

// What an attribute of the provider is called here.
struct AttributeMapping {
  std::string key;
  std::string map_to;
  std::string display_name = {};

  friend bool operator==(const AttributeMapping&, const AttributeMapping&) = default;
};
inline constexpr std::size_t attribute_mappings_max = 100;

// A group at the provider whose members are to be taken in; none: those of all groups.
struct TrackedGroup {
  std::string external_id;
  std::string display_name = {};
  std::string email = {};

  friend bool operator==(const TrackedGroup&, const TrackedGroup&) = default;
};
inline constexpr std::size_t tracked_groups_max = 500;

struct DirectorySecret {
  DirectorySecretId id;
  DirectoryId directory;
  std::string suffix;  // its last characters
  Instant created_at;
  std::optional<Instant> last_used_at;
};
inline constexpr int directory_secrets_max = 2;

struct RoleAssignment {
  DirectoryGroupId group;
  RoleId role;
  std::string role_name;
};

struct Stats {
  std::int64_t users = 0;
  std::int64_t groups = 0;
  std::optional<Instant> user_updated_at = std::nullopt;
  std::optional<Instant> group_updated_at = std::nullopt;
};

struct Directory {
  DirectoryId id;
  EnvironmentId environment;
  OrgId organization;
  std::string name;
  DirectoryType type;
  Provider provider;
  Status status;
  bool is_enabled;
  std::vector<AttributeMapping> attribute_mappings;
  std::vector<TrackedGroup> tracked_groups;
  std::optional<Instant> last_synced_at;
  Instant created_at;
  Instant updated_at;
  Stats stats;
  // Filled where a directory is asked for, not by the acts.
  std::vector<DirectorySecret> secrets = {};          // oldest first
  std::vector<RoleAssignment> role_assignments = {};  // in the order they were given
};

struct NewDirectory {
  DirectoryType type = DirectoryType::scim;
  Provider provider = Provider::unspecified;
};

// What is absent stays as it is. Enabling is an act of its own.
struct DirectoryChange {
  std::optional<std::string> name = std::nullopt;
  std::optional<Provider> provider = std::nullopt;
  std::optional<std::vector<AttributeMapping>> attribute_mappings = std::nullopt;
  std::optional<std::vector<TrackedGroup>> tracked_groups = std::nullopt;
};

// Acts, each audited; being enabled and disabled is told of by events. Errors: not_found
// (organization, directory), invalid_argument (naming the field), failed_precondition (deleting
// what is enabled, enabling what is not set up), resource_exhausted (too many).
Result<Directory, Error> create(storage::Transaction& transaction, EnvironmentId environment,
                                OrgId organization, const Context& context, Random& random,
                                const NewDirectory& wanted);
Result<Unit, Error> update(storage::Transaction& transaction, EnvironmentId environment,
                           OrgId organization, const Context& context, Random& random,
                           DirectoryId id, const DirectoryChange& change);
// Nothing happens if it is enabled, or disabled, already.
Result<Unit, Error> enable(storage::Transaction& transaction, EnvironmentId environment,
                           OrgId organization, const Context& context, Random& random,
                           DirectoryId id);
Result<Unit, Error> disable(storage::Transaction& transaction, EnvironmentId environment,
                            OrgId organization, const Context& context, Random& random,
                            DirectoryId id);
Result<Unit, Error> delete_directory(storage::Transaction& transaction, EnvironmentId environment,
                                     OrgId organization, const Context& context, Random& random,
                                     DirectoryId id);

// With everything that hangs on it.
Result<Directory, Error> get(storage::Transaction& transaction, EnvironmentId environment,
                             OrgId organization, DirectoryId id);
// The one in use first: enabled ones, then the oldest. not_found: no such organization.
Result<std::vector<Directory>, Error> list(storage::Transaction& transaction,
                                           EnvironmentId environment, OrgId organization);

// A secret, shown this once: what is stored is its hash.
struct IssuedSecret {
  DirectorySecret record;
  Secret plain;
};
// resource_exhausted beyond directory_secrets_max.
Result<IssuedSecret, Error> create_secret(storage::Transaction& transaction,
                                          EnvironmentId environment, OrgId organization,
                                          const Context& context, Random& random, DirectoryId id);
// All earlier secrets end with it.
Result<IssuedSecret, Error> regenerate_secret(storage::Transaction& transaction,
                                              EnvironmentId environment, OrgId organization,
                                              const Context& context, Random& random,
                                              DirectoryId id);

// The directory's assignments are exactly these afterwards. not_found: a group that is not the
// directory's, a role that neither the organization nor the environment has.
struct WantedRole {
  DirectoryGroupId group;
  std::string role_name;
  std::optional<RoleId> role = std::nullopt;  // must be the one of that name
};
inline constexpr std::size_t role_assignments_max = 200;
Result<Unit, Error> assign_roles(storage::Transaction& transaction, EnvironmentId environment,
                                 OrgId organization, const Context& context, Random& random,
                                 DirectoryId id, const std::vector<WantedRole>& wanted);

// Always failed_precondition, with the reason: a SCIM provider calls us, and the other kinds are
// connected to none yet.
Result<Unit, Error> trigger_sync(storage::Transaction& transaction, EnvironmentId environment,
                                 OrgId organization, DirectoryId id);

}  // namespace gatehouse::directories
