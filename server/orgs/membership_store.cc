#include "server/orgs/membership_store.h"

#include <algorithm>
#include <array>
#include <limits>

#include "server/users/user_store.h"

namespace gatehouse::orgs {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr int list_rows_max = 500;

// Of a membership `m` and its organization `o`.
#define GATEHOUSE_MEMBERSHIP_COLUMNS                                        \
  "m.organization_id, m.user_id, m.status, o.display_name, o.external_id, " \
  "m.created_at_ms, m.last_used_at_ms"
constexpr int membership_columns = 7;

// The limit is looked at by the statement that takes the seat, so that two who ask for the last one
// at the same time do not both get it.
// Where seats are limited, those who take one do so one after the other: each counts what the one
// before has made of it. The count alone would be of a moment before both.
constexpr Sql hold_seats_sql{"orgs.hold_seats",
                             "UPDATE organizations SET max_allowed_users = max_allowed_users "
                             "WHERE environment_id = $1 AND id = $2 AND max_allowed_users > 0"};

constexpr Sql insert_sql{
    "orgs.insert_membership",
    "INSERT INTO memberships (environment_id, organization_id, user_id, status, provisioning, "
    "metadata, created_at_ms, updated_at_ms, last_used_at_ms, inviter_email) "
    "SELECT o.environment_id, o.id, u.id, $4, $5, $6, $7, $7, NULL, $8 "
    "FROM organizations o JOIN users u ON u.environment_id = o.environment_id "
    "WHERE o.environment_id = $1 AND o.id = $2 AND u.id = $3 "
    "AND (COALESCE(o.max_allowed_users, 0) = 0 OR o.max_allowed_users > ("
    "SELECT COUNT(*) FROM memberships m WHERE m.organization_id = o.id "
    "AND m.status IN ('ACTIVE', 'PENDING_INVITE'))) "
    "ON CONFLICT (organization_id, user_id) DO NOTHING"};

constexpr Sql update_metadata_sql{
    "orgs.update_member_metadata",
    "UPDATE memberships SET metadata = $4, updated_at_ms = $5 "
    "WHERE environment_id = $1 AND organization_id = $2 AND user_id = $3"};

constexpr Sql delete_sql{"orgs.delete_membership",
                         "DELETE FROM memberships "
                         "WHERE environment_id = $1 AND organization_id = $2 AND user_id = $3"};

constexpr Sql update_last_used_sql{
    "orgs.update_last_used",
    "UPDATE memberships SET last_used_at_ms = $4 "
    "WHERE environment_id = $1 AND organization_id = $2 AND user_id = $3"};

constexpr Sql find_sql{"orgs.find_membership",
                       "SELECT " GATEHOUSE_MEMBERSHIP_COLUMNS
                       " FROM memberships m JOIN organizations o ON o.id = m.organization_id "
                       "WHERE m.environment_id = $1 AND m.organization_id = $2 AND m.user_id = $3"};

constexpr Sql list_of_user_sql{
    "orgs.list_memberships_of_user",
    "SELECT " GATEHOUSE_MEMBERSHIP_COLUMNS
    " FROM memberships m JOIN organizations o ON o.id = m.organization_id "
    "WHERE m.environment_id = $1 AND m.user_id = $2 "
    "ORDER BY COALESCE(m.last_used_at_ms, 0) DESC, o.display_name, o.id LIMIT 200"};

constexpr Sql list_members_sql{
    "orgs.list_members",
    "SELECT " GATEHOUSE_MEMBERSHIP_COLUMNS ", " GATEHOUSE_USER_COLUMNS
    " FROM memberships m JOIN organizations o ON o.id = m.organization_id "
    "JOIN users u ON u.id = m.user_id "
    "WHERE m.environment_id = $1 AND m.organization_id = $2 AND m.user_id < $3 "
    "ORDER BY m.user_id DESC LIMIT $4"};

struct StatusName {
  MembershipStatus status;
  std::string_view name;
};
constexpr std::array<StatusName, 4> status_names{{
    {MembershipStatus::active, "ACTIVE"},
    {MembershipStatus::inactive, "INACTIVE"},
    {MembershipStatus::pending_invite, "PENDING_INVITE"},
    {MembershipStatus::invite_expired, "INVITE_EXPIRED"},
}};

}  // namespace

MembershipStatus membership_status_from_name(std::string_view name) {
  const auto* found = std::ranges::find(status_names, name, &StatusName::name);
  ENSURE(found != status_names.end());
  return found->status;
}

namespace {

Membership membership_from_row(const Row& row) {
  return {.organization = row.id<OrgId>(0),
          .user = row.id<UserId>(1),
          .status = membership_status_from_name(row.text(2)),
          .organization_name = row.string(3),
          .organization_external_id = row.optional_string(4),
          .created_at = row.instant(5),
          .last_used_at = row.optional_instant(6)};
}

}  // namespace

std::string_view membership_status_name(MembershipStatus status) {
  const auto* found = std::ranges::find(status_names, status, &StatusName::status);
  ENSURE(found != status_names.end());
  return found->name;
}

std::string_view provisioning_name(Provisioning provisioning) {
  switch (provisioning) {
    case Provisioning::invitation: return "invitation";
    case Provisioning::direct_provision: return "direct_provision";
    case Provisioning::org_creator: return "org_creator";
    case Provisioning::jit_using_sso: return "jit_using_sso";
  }
  ensure_failed("provisioning_name: not a Provisioning");
}

Result<bool, Error> insert_membership(Transaction& transaction, EnvironmentId environment,
                                      OrgId organization, const NewMember& wanted, Instant now) {
  const std::string metadata = metadata_to_json(wanted.metadata);
  TRY(transaction.send(hold_seats_sql, {environment, organization}));
  const auto changed = TRY(transaction.execute(
      insert_sql, {environment, organization, wanted.user, membership_status_name(wanted.status),
                   provisioning_name(wanted.provisioning), metadata, now, wanted.inviter_email}));
  return changed == 1;
}

Result<bool, Error> update_metadata(Transaction& transaction, EnvironmentId environment,
                                    OrgId organization, const MemberMetadata& wanted, Instant now) {
  const std::string metadata = metadata_to_json(wanted.metadata);
  const auto changed = TRY(transaction.execute(
      update_metadata_sql, {environment, organization, wanted.user, metadata, now}));
  return changed == 1;
}

Result<bool, Error> delete_membership(Transaction& transaction, EnvironmentId environment,
                                      OrgId organization, UserId user) {
  return TRY(transaction.execute(delete_sql, {environment, organization, user})) == 1;
}

Result<bool, Error> update_last_used(Transaction& transaction, EnvironmentId environment,
                                     OrgId organization, UserId user, Instant now) {
  const auto changed =
      TRY(transaction.execute(update_last_used_sql, {environment, organization, user, now}));
  return changed == 1;
}

Result<std::optional<Membership>, Error> find_membership(Transaction& transaction,
                                                         EnvironmentId environment,
                                                         OrgId organization, UserId user) {
  return transaction.find(find_sql, {environment, organization, user}, membership_from_row);
}

Result<std::vector<Membership>, Error> list_memberships_of_user(Transaction& transaction,
                                                                EnvironmentId environment,
                                                                UserId user) {
  return transaction.list(list_of_user_sql, {environment, user}, membership_from_row);
}

Result<std::vector<Member>, Error> list_members(Transaction& transaction, EnvironmentId environment,
                                                OrgId organization, std::optional<UserId> before,
                                                int limit) {
  const std::int64_t below =
      before.has_value() ? before->number() : std::numeric_limits<std::int64_t>::max();
  return transaction.list(list_members_sql,
                          {environment, organization, below, std::clamp(limit, 1, list_rows_max)},
                          [](const Row& row) {
                            return Member{.user = users::user_from_row(row, membership_columns),
                                          .membership = membership_from_row(row)};
                          });
}

}  // namespace gatehouse::orgs
