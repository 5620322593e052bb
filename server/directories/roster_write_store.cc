// The statements that write users and groups.

#include "server/directories/roster.h"
#include "server/directories/stored_lists.h"

namespace gatehouse::directories {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql upsert_user_sql{
    "directories.upsert_user",
    "INSERT INTO directory_users (id, environment_id, directory_id, external_id, email, "
    "preferred_username, given_name, family_name, emails, active, detail, created_at_ms, "
    "updated_at_ms) SELECT $3, d.environment_id, d.id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12 "
    "FROM directories d WHERE d.environment_id = $1 AND d.id = $2 "
    "ON CONFLICT (directory_id, external_id) DO UPDATE SET email = excluded.email, "
    "preferred_username = excluded.preferred_username, given_name = excluded.given_name, "
    "family_name = excluded.family_name, emails = excluded.emails, active = excluded.active, "
    "detail = excluded.detail, updated_at_ms = excluded.updated_at_ms RETURNING id"};
constexpr Sql remove_user_sql{"directories.remove_user",
                              "DELETE FROM directory_users WHERE environment_id = $1 "
                              "AND directory_id = $2 AND id = $3"};

constexpr Sql upsert_group_sql{
    "directories.upsert_group",
    "INSERT INTO directory_groups (id, environment_id, directory_id, external_id, display_name, "
    "detail, created_at_ms, updated_at_ms) SELECT $3, d.environment_id, d.id, $4, $5, $6, $7, $7 "
    "FROM directories d WHERE d.environment_id = $1 AND d.id = $2 "
    "ON CONFLICT (directory_id, external_id) DO UPDATE SET display_name = excluded.display_name, "
    "detail = excluded.detail, updated_at_ms = excluded.updated_at_ms RETURNING id"};
constexpr Sql remove_group_sql{"directories.remove_group",
                               "DELETE FROM directory_groups WHERE environment_id = $1 "
                               "AND directory_id = $2 AND id = $3"};

constexpr Sql touch_group_sql{"directories.touch_group",
                              "UPDATE directory_groups SET updated_at_ms = $4 "
                              "WHERE environment_id = $1 AND directory_id = $2 AND id = $3"};
constexpr Sql remove_members_sql{
    "directories.remove_members",
    "DELETE FROM directory_group_members WHERE environment_id = $1 AND group_id = $2"};
constexpr Sql insert_member_sql{
    "directories.insert_member",
    "INSERT INTO directory_group_members (group_id, user_id, environment_id) "
    "SELECT $3, u.id, u.environment_id FROM directory_users u "
    "WHERE u.environment_id = $1 AND u.directory_id = $2 AND u.id = $4 "
    "ON CONFLICT (group_id, user_id) DO UPDATE SET environment_id = excluded.environment_id"};

constexpr Sql touch_directory_sql{"directories.note_synced",
                                  "UPDATE directories SET last_synced_at_ms = $3 "
                                  "WHERE environment_id = $1 AND id = $2"};

Error unknown(std::string_view what) {
  return refusal(ErrorCode::not_found, std::string(what) + " not found");
}

Result<Unit, Error> note_synced(Transaction& transaction, EnvironmentId environment,
                                DirectoryId directory, Instant now) {
  TRY(transaction.execute(touch_directory_sql, {environment, directory, now}));
  return Unit{};
}

}  // namespace

Result<DirectoryUserId, Error> upsert_user(Transaction& transaction, EnvironmentId environment,
                                           DirectoryId directory, const Context& context,
                                           Random& random, const UserValues& values) {
  const DirectoryUserId fresh = DirectoryUserId::make(random, context.now);
  const auto id = TRY(transaction.find(
      upsert_user_sql,
      {environment, directory, fresh, values.external_id, values.email, values.preferred_username,
       values.given_name, values.family_name, texts_to_json(values.emails), int{values.is_active},
       values.detail, context.now},
      [](const Row& row) { return row.id<DirectoryUserId>(0); }));
  if (!id.has_value()) return unknown("directory");
  TRY(note_synced(transaction, environment, directory, context.now));
  return *id;
}

Result<Unit, Error> remove_user(Transaction& transaction, EnvironmentId environment,
                                DirectoryId directory, const Context& context,
                                DirectoryUserId user) {
  if (TRY(transaction.execute(remove_user_sql, {environment, directory, user})) != 1) {
    return unknown("directory user");
  }
  return note_synced(transaction, environment, directory, context.now);
}

Result<DirectoryGroupId, Error> upsert_group(Transaction& transaction, EnvironmentId environment,
                                             DirectoryId directory, const Context& context,
                                             Random& random, const GroupValues& values) {
  const DirectoryGroupId fresh = DirectoryGroupId::make(random, context.now);
  const auto id = TRY(transaction.find(upsert_group_sql,
                                       {environment, directory, fresh, values.external_id,
                                        values.display_name, values.detail, context.now},
                                       [](const Row& row) { return row.id<DirectoryGroupId>(0); }));
  if (!id.has_value()) return unknown("directory");
  TRY(note_synced(transaction, environment, directory, context.now));
  return *id;
}

Result<Unit, Error> remove_group(Transaction& transaction, EnvironmentId environment,
                                 DirectoryId directory, const Context& context,
                                 DirectoryGroupId group) {
  if (TRY(transaction.execute(remove_group_sql, {environment, directory, group})) != 1) {
    return unknown("directory group");
  }
  return note_synced(transaction, environment, directory, context.now);
}

Result<Unit, Error> set_members(Transaction& transaction, EnvironmentId environment,
                                DirectoryId directory, const Context& context,
                                DirectoryGroupId group, const std::vector<DirectoryUserId>& users) {
  const auto touched =
      TRY(transaction.execute(touch_group_sql, {environment, directory, group, context.now}));
  if (touched != 1) return unknown("directory group");
  TRY(transaction.execute(remove_members_sql, {environment, group}));
  for (const DirectoryUserId user : users) {
    const auto added =
        TRY(transaction.execute(insert_member_sql, {environment, directory, group, user}));
    if (added != 1) return unknown("directory user");
  }
  return note_synced(transaction, environment, directory, context.now);
}

}  // namespace gatehouse::directories
