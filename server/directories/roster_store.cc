// The statements that read users and groups. Those that write stand in roster_write_store.cc.

#include <limits>

#include "server/directories/directory_act.h"
#include "server/directories/roster.h"
#include "server/directories/stored_lists.h"

namespace gatehouse::directories {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

#define GATEHOUSE_DIRECTORY_USER_COLUMNS                                                        \
  "u.id, u.external_id, u.email, u.preferred_username, u.given_name, u.family_name, u.emails, " \
  "u.active, u.detail, u.created_at_ms, u.updated_at_ms"
// $1 environment, $2 directory, $3 updated after, $4 group or 0.
#define GATEHOUSE_DIRECTORY_USER_CONDITIONS                                               \
  "u.environment_id = $1 AND u.directory_id = $2 AND u.updated_at_ms > $3 "               \
  "AND ($4 = 0 OR EXISTS (SELECT 1 FROM directory_group_members x WHERE x.group_id = $4 " \
  "AND x.user_id = u.id)) "

constexpr Sql older_users_sql{"directories.older_users",
                              "SELECT " GATEHOUSE_DIRECTORY_USER_COLUMNS
                              " FROM directory_users u WHERE " GATEHOUSE_DIRECTORY_USER_CONDITIONS
                              "AND u.id < $5 ORDER BY u.id DESC LIMIT $6"};
constexpr Sql newer_users_sql{"directories.newer_users",
                              "SELECT " GATEHOUSE_DIRECTORY_USER_COLUMNS
                              " FROM directory_users u WHERE " GATEHOUSE_DIRECTORY_USER_CONDITIONS
                              "AND u.id > $5 ORDER BY u.id ASC LIMIT $6"};
constexpr Sql count_users_sql{
    "directories.count_users",
    "SELECT COUNT(*) FROM directory_users u WHERE " GATEHOUSE_DIRECTORY_USER_CONDITIONS};
constexpr Sql groups_of_users_sql{
    "directories.groups_of_users",
    "SELECT u.id, g.id, g.display_name FROM directory_users u "
    "JOIN directory_group_members m ON m.user_id = u.id "
    "JOIN directory_groups g ON g.id = m.group_id WHERE " GATEHOUSE_DIRECTORY_USER_CONDITIONS
    "AND u.id >= $5 AND u.id <= $6 ORDER BY u.id DESC, g.display_name, g.id"};

#define GATEHOUSE_DIRECTORY_GROUP_COLUMNS                            \
  "g.id, g.external_id, g.display_name, g.detail, (SELECT COUNT(*) " \
  "FROM directory_group_members m WHERE m.group_id = g.id), g.created_at_ms, g.updated_at_ms"
#define GATEHOUSE_DIRECTORY_GROUP_CONDITIONS \
  "g.environment_id = $1 AND g.directory_id = $2 AND g.updated_at_ms > $3 "

constexpr Sql older_groups_sql{
    "directories.older_groups",
    "SELECT " GATEHOUSE_DIRECTORY_GROUP_COLUMNS
    " FROM directory_groups g WHERE " GATEHOUSE_DIRECTORY_GROUP_CONDITIONS
    "AND g.id < $4 ORDER BY g.id DESC LIMIT $5"};
constexpr Sql newer_groups_sql{
    "directories.newer_groups",
    "SELECT " GATEHOUSE_DIRECTORY_GROUP_COLUMNS
    " FROM directory_groups g WHERE " GATEHOUSE_DIRECTORY_GROUP_CONDITIONS
    "AND g.id > $4 ORDER BY g.id ASC LIMIT $5"};
constexpr Sql count_groups_sql{
    "directories.count_groups",
    "SELECT COUNT(*) FROM directory_groups g WHERE " GATEHOUSE_DIRECTORY_GROUP_CONDITIONS};
constexpr Sql has_group_sql{"directories.has_group",
                            "SELECT 1 FROM directory_groups WHERE environment_id = $1 "
                            "AND directory_id = $2 AND id = $3"};

DirectoryUser user_from_row(const Row& row) {
  return {.id = row.id<DirectoryUserId>(0),
          .external_id = row.string(1),
          .email = row.string(2),
          .preferred_username = row.string(3),
          .given_name = row.string(4),
          .family_name = row.string(5),
          .emails = texts_from_json(row.text(6)),
          .is_active = row.integer(7) != 0,
          .detail = row.string(8),
          .created_at = row.instant(9),
          .updated_at = row.instant(10)};
}

DirectoryGroup group_from_row(const Row& row) {
  return {.id = row.id<DirectoryGroupId>(0),
          .external_id = row.string(1),
          .display_name = row.string(2),
          .detail = row.string(3),
          .members = row.integer(4),
          .created_at = row.instant(5),
          .updated_at = row.instant(6)};
}

std::int64_t after_number(std::optional<Instant> instant) {
  return instant.has_value() ? to_ms(*instant) : std::numeric_limits<std::int64_t>::min();
}

std::int64_t start_of(const PageQuery& query) {
  const bool is_older = query.direction == PageQuery::Direction::older;
  return query.from.value_or(is_older ? std::numeric_limits<std::int64_t>::max() : 0);
}

std::int64_t first_integer(const Row& row) { return row.integer(0); }

struct UserConditions {
  std::int64_t after;
  std::int64_t group;
};

// `users` are newest first.
Result<Unit, Error> add_groups(Transaction& transaction, EnvironmentId environment,
                               DirectoryId directory, const UserConditions& conditions,
                               std::vector<DirectoryUser>& users) {
  if (users.empty()) return Unit{};
  std::size_t at = 0;
  return transaction.query(groups_of_users_sql,
                           {environment, directory, conditions.after, conditions.group,
                            users.back().id, users.front().id},
                           [&](const Row& row) {
                             const DirectoryUserId user = row.id<DirectoryUserId>(0);
                             while (at < users.size() && users[at].id > user) ++at;
                             if (at == users.size() || users[at].id != user) return;
                             users[at].groups.push_back({.id = row.id<DirectoryGroupId>(1),
                                                         .display_name = row.string(2)});
                           });
}

}  // namespace

Result<Page<DirectoryUser>, Error> list_users(Transaction& transaction, EnvironmentId environment,
                                              OrgId organization, DirectoryId directory,
                                              const UserFilter& filter, const PageQuery& query) {
  TRY(find_bare(transaction, environment, organization, directory));
  if (filter.group.has_value() &&
      !TRY(transaction.find(has_group_sql, {environment, directory, *filter.group}, first_integer))
           .has_value()) {
    return refusal(ErrorCode::not_found, "directory group not found", "directory_group_id");
  }
  const UserConditions conditions{.after = after_number(filter.updated_after),
                                  .group = filter.group.has_value() ? filter.group->number() : 0};
  const bool is_older = query.direction == PageQuery::Direction::older;
  auto found = TRY(transaction.list(is_older ? older_users_sql : newer_users_sql,
                                    {environment, directory, conditions.after, conditions.group,
                                     start_of(query), query.limit + 1},
                                    user_from_row));
  auto page = make_page(query, std::move(found),
                        [](const DirectoryUser& user) { return user.id.number(); });
  TRY(add_groups(transaction, environment, directory, conditions, page.items));
  const auto total = TRY(transaction.find(
      count_users_sql, {environment, directory, conditions.after, conditions.group},
      first_integer));
  page.total = total.value_or(0);
  return page;
}

Result<Page<DirectoryGroup>, Error> list_groups(Transaction& transaction, EnvironmentId environment,
                                                OrgId organization, DirectoryId directory,
                                                const GroupFilter& filter, const PageQuery& query) {
  TRY(find_bare(transaction, environment, organization, directory));
  const std::int64_t after = after_number(filter.updated_after);
  const bool is_older = query.direction == PageQuery::Direction::older;
  auto found = TRY(transaction.list(
      is_older ? older_groups_sql : newer_groups_sql,
      {environment, directory, after, start_of(query), query.limit + 1}, group_from_row));
  auto page = make_page(query, std::move(found),
                        [](const DirectoryGroup& group) { return group.id.number(); });
  const auto total =
      TRY(transaction.find(count_groups_sql, {environment, directory, after}, first_integer));
  page.total = total.value_or(0);
  return page;
}

}  // namespace gatehouse::directories
