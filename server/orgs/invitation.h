// Invitations: the row that stands beside a membership that was offered by mail. The membership
// itself waits as PENDING_INVITE; accepting the invitation makes it ACTIVE. Mail, link and pages
// are those of login/invitation.h; here is what is stored and the statements that decide.
//
// A time limit passes without anybody acting, so no stored status follows it: the status that is
// shown is computed from the row (shown_status), and accepting is refused by the statement itself.
// An invitation whose time is over keeps its seat until the membership is removed: so inviting
// again cannot exceed a seat limit, and a limit counts stored rows of ACTIVE and PENDING_INVITE.
//
// The row goes with its membership, and so with the user and the organization (foreign key).

#pragma once

#include "server/orgs/organization.h"

namespace gatehouse::orgs {

struct Invitation {
  InvitationId id;
  OrgId organization;
  UserId user;
  std::optional<std::string> inviter_email;
  Instant created_at;
  Instant expires_at;
  std::optional<Instant> accepted_at;
  std::optional<Instant> resent_at;
  int resent_count = 0;
  std::string token_hash;  // SHA-256 of the newest link's token

  [[nodiscard]] bool is_expired(Instant now) const { return now >= expires_at; }
};

// The status that people and the API see of a membership. `invitation_expires_at` is the column
// invitations.expires_at_ms of its row, absent where there is none: in SQL
//   LEFT JOIN invitations i
//     ON i.organization_id = m.organization_id AND i.user_id = m.user_id
// which is one step in the primary key.
[[nodiscard]] MembershipStatus shown_status(MembershipStatus stored,
                                            std::optional<Instant> invitation_expires_at,
                                            Instant now);

// Store.
// False if the membership has an invitation, or there is no such pending membership.
Result<bool, Error> insert_invitation(storage::Transaction& transaction, EnvironmentId environment,
                                      const Invitation& invitation);
Result<std::optional<Invitation>, Error> find_invitation(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         OrgId organization, UserId user);
Result<std::optional<Invitation>, Error> find_invitation(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         InvitationId invitation);
// Counts one more mail, with the newest link's hash. The row as it is afterwards; nullopt if there
// is no pending membership with an invitation.
struct Resent {
  OrgId organization;
  UserId user;
  std::string token_hash;
  Instant expires_at_if_over;  // the new end, if the time until now has passed
  Instant now;
};
Result<std::optional<Invitation>, Error> note_resent(storage::Transaction& transaction,
                                                     EnvironmentId environment,
                                                     const Resent& resent);
// The invitation is accepted and its membership ACTIVE, once. False unless it was open at `now` and
// the membership pending: the caller then rolls back.
Result<bool, Error> note_accepted(storage::Transaction& transaction, EnvironmentId environment,
                                  const Invitation& invitation, Instant now);

}  // namespace gatehouse::orgs
