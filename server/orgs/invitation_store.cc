// The statements on invitations. Each demands in itself the state that it starts from.

#include "server/orgs/invitation.h"

namespace gatehouse::orgs {
namespace {

using storage::Blob;
using storage::Row;
using storage::Sql;
using storage::Transaction;

#define GATEHOUSE_INVITATION_COLUMNS                                            \
  "id, organization_id, user_id, inviter_email, created_at_ms, expires_at_ms, " \
  "accepted_at_ms, resent_at_ms, resent_count, token_hash"

constexpr Sql insert_sql{
    "orgs.insert_invitation",
    "INSERT INTO invitations (id, organization_id, user_id, environment_id, inviter_email, "
    "created_at_ms, expires_at_ms, resent_count, token_hash) "
    "SELECT $4, organization_id, user_id, environment_id, $5, $6, $7, 0, $8 FROM memberships "
    "WHERE environment_id = $1 AND organization_id = $2 AND user_id = $3 "
    "AND status = 'PENDING_INVITE' "
    "ON CONFLICT (organization_id, user_id) DO NOTHING"};

constexpr Sql find_of_member_sql{
    "orgs.find_invitation_of_member",
    "SELECT " GATEHOUSE_INVITATION_COLUMNS
    " FROM invitations WHERE environment_id = $1 AND organization_id = $2 AND user_id = $3"};

constexpr Sql find_sql{"orgs.find_invitation",
                       "SELECT " GATEHOUSE_INVITATION_COLUMNS
                       " FROM invitations WHERE environment_id = $1 AND id = $2"};

constexpr Sql resent_sql{
    "orgs.note_invitation_resent",
    "UPDATE invitations SET resent_count = resent_count + 1, resent_at_ms = $4, token_hash = $5, "
    "expires_at_ms = CASE WHEN expires_at_ms > $4 THEN expires_at_ms ELSE $6 END "
    "WHERE environment_id = $1 AND organization_id = $2 AND user_id = $3 "
    "AND accepted_at_ms IS NULL AND EXISTS (SELECT 1 FROM memberships m "
    "WHERE m.organization_id = $2 AND m.user_id = $3 AND m.status = 'PENDING_INVITE') "
    "RETURNING " GATEHOUSE_INVITATION_COLUMNS};

constexpr Sql accept_sql{"orgs.accept_invitation",
                         "UPDATE invitations SET accepted_at_ms = $3 "
                         "WHERE environment_id = $1 AND id = $2 AND accepted_at_ms IS NULL "
                         "AND expires_at_ms > $3"};

constexpr Sql activate_sql{"orgs.activate_invited",
                           "UPDATE memberships SET status = 'ACTIVE', updated_at_ms = $4 "
                           "WHERE environment_id = $1 AND organization_id = $2 AND user_id = $3 "
                           "AND status = 'PENDING_INVITE'"};

Invitation invitation_from_row(const Row& row) {
  return {.id = row.id<InvitationId>(0),
          .organization = row.id<OrgId>(1),
          .user = row.id<UserId>(2),
          .inviter_email = row.optional_string(3),
          .created_at = row.instant(4),
          .expires_at = row.instant(5),
          .accepted_at = row.optional_instant(6),
          .resent_at = row.optional_instant(7),
          .resent_count = static_cast<int>(row.integer(8)),
          .token_hash = std::string(row.blob(9))};
}

}  // namespace

Result<bool, Error> insert_invitation(Transaction& transaction, EnvironmentId environment,
                                      const Invitation& invitation) {
  return TRY(transaction.execute(
             insert_sql, {environment, invitation.organization, invitation.user, invitation.id,
                          invitation.inviter_email, invitation.created_at, invitation.expires_at,
                          Blob{invitation.token_hash}})) == 1;
}

Result<std::optional<Invitation>, Error> find_invitation(Transaction& transaction,
                                                         EnvironmentId environment,
                                                         OrgId organization, UserId user) {
  return transaction.find(find_of_member_sql, {environment, organization, user},
                          invitation_from_row);
}

Result<std::optional<Invitation>, Error> find_invitation(Transaction& transaction,
                                                         EnvironmentId environment,
                                                         InvitationId invitation) {
  return transaction.find(find_sql, {environment, invitation}, invitation_from_row);
}

Result<std::optional<Invitation>, Error> note_resent(Transaction& transaction,
                                                     EnvironmentId environment,
                                                     const Resent& resent) {
  return transaction.find(resent_sql,
                          {environment, resent.organization, resent.user, resent.now,
                           Blob{resent.token_hash}, resent.expires_at_if_over},
                          invitation_from_row);
}

Result<bool, Error> note_accepted(Transaction& transaction, EnvironmentId environment,
                                  const Invitation& invitation, Instant now) {
  if (TRY(transaction.execute(accept_sql, {environment, invitation.id, now})) == 0) return false;
  return TRY(transaction.execute(
             activate_sql, {environment, invitation.organization, invitation.user, now})) == 1;
}

}  // namespace gatehouse::orgs
