// The people and groups of a directory, as its provider last told us: what is read by the
// management API, and the writes that provisioning is made of. They are no accounts and sign nobody
// in.

#pragma once

#include "server/core/page.h"
#include "server/directories/directory.h"

namespace gatehouse::directories {

struct GroupName {
  DirectoryGroupId id;
  std::string display_name;
};

struct DirectoryUser {
  DirectoryUserId id;
  std::string external_id;
  std::string email;
  std::string preferred_username;
  std::string given_name;
  std::string family_name;
  std::vector<std::string> emails;
  bool is_active;
  std::string detail;  // a JSON object: what else the provider says
  Instant created_at;
  Instant updated_at;
  std::vector<GroupName> groups = {};  // by name
};

struct DirectoryGroup {
  DirectoryGroupId id;
  std::string external_id;
  std::string display_name;
  std::string detail;  // a JSON object: what else the provider says
  std::int64_t members = 0;
  Instant created_at;
  Instant updated_at;
};

// Everything known of one as a JSON object: its own members, then those of `detail` that bear other
// names.
[[nodiscard]] std::string user_detail(const DirectoryUser& user);
[[nodiscard]] std::string group_detail(const DirectoryGroup& group);

// Reads. not_found: the organization has no such directory, or the directory no such group.
struct UserFilter {
  std::optional<DirectoryGroupId> group = std::nullopt;
  std::optional<Instant> updated_after = std::nullopt;  // exclusive
};
Result<Page<DirectoryUser>, Error> list_users(storage::Transaction& transaction,
                                              EnvironmentId environment, OrgId organization,
                                              DirectoryId directory, const UserFilter& filter,
                                              const PageQuery& query);
struct GroupFilter {
  std::optional<Instant> updated_after = std::nullopt;  // exclusive
};
Result<Page<DirectoryGroup>, Error> list_groups(storage::Transaction& transaction,
                                                EnvironmentId environment, OrgId organization,
                                                DirectoryId directory, const GroupFilter& filter,
                                                const PageQuery& query);

// Writes. Whoever calls says what happened (audit, events); here the rows are kept right, and the
// time of the directory's last synchronization. not_found: no such directory, user or group.
struct UserValues {
  std::string external_id;
  std::string email;
  std::string preferred_username = {};
  std::string given_name = {};
  std::string family_name = {};
  std::vector<std::string> emails = {};
  bool is_active = true;
  std::string detail = "{}";
};
// Made, or changed if the directory has that external id already.
Result<DirectoryUserId, Error> upsert_user(storage::Transaction& transaction,
                                           EnvironmentId environment, DirectoryId directory,
                                           const Context& context, Random& random,
                                           const UserValues& values);
Result<Unit, Error> remove_user(storage::Transaction& transaction, EnvironmentId environment,
                                DirectoryId directory, const Context& context,
                                DirectoryUserId user);
struct GroupValues {
  std::string external_id;
  std::string display_name;
  std::string detail = "{}";
};
Result<DirectoryGroupId, Error> upsert_group(storage::Transaction& transaction,
                                             EnvironmentId environment, DirectoryId directory,
                                             const Context& context, Random& random,
                                             const GroupValues& values);
Result<Unit, Error> remove_group(storage::Transaction& transaction, EnvironmentId environment,
                                 DirectoryId directory, const Context& context,
                                 DirectoryGroupId group);
// The group's members are exactly these afterwards.
Result<Unit, Error> set_members(storage::Transaction& transaction, EnvironmentId environment,
                                DirectoryId directory, const Context& context,
                                DirectoryGroupId group, const std::vector<DirectoryUserId>& users);

}  // namespace gatehouse::directories
