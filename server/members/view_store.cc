#include "server/members/view_store.h"

#include <algorithm>
#include <limits>
#include <span>
#include <tuple>

#include "server/orgs/invitation.h"
#include "server/orgs/membership_store.h"
#include "server/rbac/role.h"
#include "server/users/user_store.h"

namespace gatehouse::members {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

// A person `u` and one membership `m` of theirs; NULLs after the user where there is none.
#define GATEHOUSE_PERSON_COLUMNS                                                                 \
  GATEHOUSE_USER_DETAIL_COLUMNS                                                                  \
  ", m.organization_id, o.display_name, m.status, m.provisioning, m.metadata, m.inviter_email, " \
  "m.created_at_ms, i.accepted_at_ms, i.expires_at_ms"
#define GATEHOUSE_OF_MEMBERSHIP                                       \
  "JOIN organizations o ON o.id = m.organization_id "                 \
  "LEFT JOIN invitations i ON i.organization_id = m.organization_id " \
  "AND i.user_id = m.user_id "
// The same where a person without any membership stays in the answer.
#define GATEHOUSE_ALL_MEMBERSHIPS                                                        \
  "LEFT JOIN memberships m ON m.user_id = u.id AND m.environment_id = u.environment_id " \
  "LEFT " GATEHOUSE_OF_MEMBERSHIP

constexpr Sql find_sql{"members.find",
                       "SELECT " GATEHOUSE_PERSON_COLUMNS " FROM users u " GATEHOUSE_ALL_MEMBERSHIPS
                       "WHERE u.environment_id = $1 AND u.id = $2 "
                       "ORDER BY m.organization_id DESC LIMIT $3"};

constexpr Sql find_in_organization_sql{
    "members.find_in_organization",
    "SELECT " GATEHOUSE_PERSON_COLUMNS
    " FROM memberships m JOIN users u ON u.id = m.user_id " GATEHOUSE_OF_MEMBERSHIP
    "WHERE m.environment_id = $1 AND m.organization_id = $2 AND m.user_id = $3"};

constexpr Sql list_older_sql{
    "members.list_older",
    "SELECT " GATEHOUSE_PERSON_COLUMNS
    " FROM (SELECT p.id FROM users p WHERE p.environment_id = $1 AND p.id < $2 "
    "ORDER BY p.id DESC LIMIT $3) AS page "
    "CROSS JOIN users u " GATEHOUSE_ALL_MEMBERSHIPS
    "WHERE u.id = page.id ORDER BY u.id DESC, m.organization_id DESC"};
constexpr Sql list_newer_sql{
    "members.list_newer",
    "SELECT " GATEHOUSE_PERSON_COLUMNS
    " FROM (SELECT p.id FROM users p WHERE p.environment_id = $1 AND p.id > $2 "
    "ORDER BY p.id LIMIT $3) AS page "
    "CROSS JOIN users u " GATEHOUSE_ALL_MEMBERSHIPS
    "WHERE u.id = page.id ORDER BY u.id, m.organization_id DESC"};

constexpr Sql list_older_in_organization_sql{
    "members.list_older_in_organization",
    "SELECT " GATEHOUSE_PERSON_COLUMNS
    " FROM memberships m CROSS JOIN users u " GATEHOUSE_OF_MEMBERSHIP
    "WHERE u.id = m.user_id AND m.environment_id = $1 AND m.organization_id = $2 "
    "AND m.user_id < $3 ORDER BY m.user_id DESC LIMIT $4"};
constexpr Sql list_newer_in_organization_sql{
    "members.list_newer_in_organization",
    "SELECT " GATEHOUSE_PERSON_COLUMNS
    " FROM memberships m CROSS JOIN users u " GATEHOUSE_OF_MEMBERSHIP
    "WHERE u.id = m.user_id AND m.environment_id = $1 AND m.organization_id = $2 "
    "AND m.user_id > $3 ORDER BY m.user_id LIMIT $4"};
constexpr Sql count_in_organization_sql{
    "members.count_in_organization",
    "SELECT COUNT(*) FROM memberships WHERE environment_id = $1 AND organization_id = $2"};

constexpr Sql assigned_sql{
    "members.assigned",
    "SELECT mr.user_id, mr.organization_id, mr.role_id FROM memberships m "
    "CROSS JOIN membership_roles mr WHERE mr.organization_id = m.organization_id "
    "AND mr.user_id = m.user_id AND m.environment_id = $1 AND m.user_id >= $2 AND m.user_id <= $3"};
constexpr Sql assigned_in_organization_sql{
    "members.assigned_in_organization",
    "SELECT user_id, organization_id, role_id FROM membership_roles "
    "WHERE environment_id = $1 AND organization_id = $4 AND user_id >= $2 AND user_id <= $3"};

// The roles of the users from $2 to $3, a row for each permission of theirs or of what they extend.
// The steps are counted, so a circle of roles comes to an end like any long chain.
#define GATEHOUSE_ROLES_WITH_PERMISSIONS                                                      \
  "held (role, step, base, depth) AS ("                                                       \
  "SELECT r.id, r.id, r.extends_id, 0 FROM used JOIN roles r ON r.id = used.id "              \
  "WHERE r.environment_id = $1 UNION ALL "                                                    \
  "SELECT h.role, b.id, b.extends_id, h.depth + 1 FROM held h JOIN roles b ON b.id = h.base " \
  "WHERE h.depth < $4 AND b.environment_id = $1) "                                            \
  "SELECT h.role, r.name, r.display_name, p.name FROM held h JOIN roles r ON r.id = h.role "  \
  "LEFT JOIN role_permissions rp ON rp.role_id = h.step "                                     \
  "LEFT JOIN permissions p ON p.id = rp.permission_id"
constexpr Sql roles_sql{
    "members.roles",
    "WITH RECURSIVE used (id) AS (SELECT DISTINCT mr.role_id FROM memberships m "
    "CROSS JOIN membership_roles mr WHERE mr.organization_id = m.organization_id "
    "AND mr.user_id = m.user_id AND m.environment_id = $1 AND m.user_id >= $2 "
    "AND m.user_id <= $3), " GATEHOUSE_ROLES_WITH_PERMISSIONS};
constexpr Sql roles_in_organization_sql{
    "members.roles_in_organization",
    "WITH RECURSIVE used (id) AS (SELECT DISTINCT role_id FROM membership_roles "
    "WHERE environment_id = $1 AND organization_id = $5 AND user_id >= $2 "
    "AND user_id <= $3), " GATEHOUSE_ROLES_WITH_PERMISSIONS};

constexpr int membership_column = users::user_detail_columns;

MembershipView membership_from_row(const Row& row, Instant now) {
  const int first = membership_column;
  const auto expires_at = row.optional_instant(first + 8);
  return {.organization = row.id<OrgId>(first),
          .organization_name = row.string(first + 1),
          .status = orgs::shown_status(orgs::membership_status_from_name(row.text(first + 2)),
                                       expires_at, now),
          .provisioning = row.string(first + 3),
          .metadata = users::stored_metadata(row.text(first + 4)),
          .inviter_email = row.optional_string(first + 5),
          .created_at = row.instant(first + 6),
          .accepted_at = row.optional_instant(first + 7),
          .invitation_expires_at = expires_at};
}

// Collects rows of GATEHOUSE_PERSON_COLUMNS, in which those of one person follow each other.
void add_row(std::vector<MemberView>& people, const Row& row, Instant now) {
  const auto user = row.id<UserId>(0);
  if (people.empty() || people.back().user.user.id != user) {
    people.push_back({.user = users::details_from_row(row)});
  }
  std::vector<MembershipView>& memberships = people.back().memberships;
  if (row.is_null(membership_column) || memberships.size() == memberships_shown_max) return;
  memberships.push_back(membership_from_row(row, now));
}

Result<Roles, Error> load_used_roles(Transaction& transaction, EnvironmentId environment,
                                     const Scope& scope, std::int64_t low, std::int64_t high) {
  Roles roles;
  const auto add = [&](const Row& row) {
    const auto id = row.id<RoleId>(0);
    auto found = std::ranges::find(roles, id, &RoleView::id);
    if (found == roles.end()) {
      roles.push_back(
          {.id = id, .name = row.string(1), .display_name = row.string(2), .permissions = {}});
      found = roles.end() - 1;
    }
    if (!row.is_null(3)) found->permissions.push_back(row.string(3));
  };
  if (scope.organization.has_value()) {
    TRY(transaction.query(roles_in_organization_sql,
                          {environment, low, high, rbac::extends_depth_max, *scope.organization},
                          add));
  } else {
    TRY(transaction.query(roles_sql, {environment, low, high, rbac::extends_depth_max}, add));
  }
  for (RoleView& role : roles) {
    std::ranges::sort(role.permissions);
    role.permissions.erase(std::unique(role.permissions.begin(), role.permissions.end()),
                           role.permissions.end());
  }
  // One of the organization may be called like one of the environment.
  std::ranges::sort(roles, {}, [](const RoleView& role) { return std::tie(role.name, role.id); });
  return roles;
}

MembershipView* find_membership(std::span<MemberView> people, UserId user, OrgId organization) {
  for (MemberView& person : people) {
    if (person.user.user.id != user) continue;
    const auto found =
        std::ranges::find(person.memberships, organization, &MembershipView::organization);
    return found == person.memberships.end() ? nullptr : &*found;
  }
  return nullptr;
}

}  // namespace

Result<std::vector<MemberView>, Error> list_people(Transaction& transaction,
                                                   EnvironmentId environment, const Scope& scope,
                                                   const PageQuery& query) {
  const bool is_older = query.direction == PageQuery::Direction::older;
  const std::int64_t from =
      query.from.value_or(is_older ? std::numeric_limits<std::int64_t>::max() : 0);
  std::vector<MemberView> people;
  const auto add = [&](const Row& row) { add_row(people, row, scope.now); };
  if (scope.organization.has_value()) {
    TRY(transaction.query(
        is_older ? list_older_in_organization_sql : list_newer_in_organization_sql,
        {environment, *scope.organization, from, query.limit + 1}, add));
  } else {
    TRY(transaction.query(is_older ? list_older_sql : list_newer_sql,
                          {environment, from, query.limit + 1}, add));
  }
  return people;
}

Result<std::int64_t, Error> count_people(Transaction& transaction, EnvironmentId environment,
                                         const Scope& scope) {
  if (!scope.organization.has_value()) return users::count_users(transaction, environment);
  const auto count =
      TRY(transaction.find(count_in_organization_sql, {environment, *scope.organization},
                           [](const Row& row) { return row.integer(0); }));
  return count.value_or(0);
}

Result<std::optional<MemberView>, Error> find_person(Transaction& transaction,
                                                     EnvironmentId environment, const Scope& scope,
                                                     UserId user) {
  std::vector<MemberView> people;
  const auto add = [&](const Row& row) { add_row(people, row, scope.now); };
  if (scope.organization.has_value()) {
    TRY(transaction.query(find_in_organization_sql, {environment, *scope.organization, user}, add));
  } else {
    TRY(transaction.query(find_sql, {environment, user, memberships_shown_max}, add));
  }
  if (people.empty()) return std::optional<MemberView>();
  return std::optional<MemberView>(std::move(people.front()));
}

Result<Roles, Error> load_roles(Transaction& transaction, EnvironmentId environment,
                                const Scope& scope, std::span<MemberView> people) {
  if (people.empty()) return Roles{};
  const auto [first, last] =
      std::ranges::minmax(people, {}, [](const MemberView& person) { return person.user.user.id; });
  const std::int64_t low = first.user.user.id.number();
  const std::int64_t high = last.user.user.id.number();
  Roles roles = TRY(load_used_roles(transaction, environment, scope, low, high));
  if (roles.empty()) return roles;
  const auto assign = [&](const Row& row) {
    const auto role = std::ranges::find(roles, row.id<RoleId>(2), &RoleView::id);
    MembershipView* membership = find_membership(people, row.id<UserId>(0), row.id<OrgId>(1));
    if (role == roles.end() || membership == nullptr) return;
    membership->roles.push_back(static_cast<std::size_t>(role - roles.begin()));
  };
  if (scope.organization.has_value()) {
    TRY(transaction.query(assigned_in_organization_sql,
                          {environment, low, high, *scope.organization}, assign));
  } else {
    TRY(transaction.query(assigned_sql, {environment, low, high}, assign));
  }
  for (MemberView& person : people) {
    for (MembershipView& membership : person.memberships) std::ranges::sort(membership.roles);
  }
  return roles;
}

}  // namespace gatehouse::members
