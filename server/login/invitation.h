// Invitations: a person is asked by mail to join an organization. The mail holds a link that works
// once; the page behind it shows who invites whom, and only its button accepts.
//
// These acts run in the caller's transaction, beside the act that makes the membership:
//
//   storage::write(database, context, [&](Transaction& transaction) {
//     … the user exists, a membership with status PENDING_INVITE was inserted …
//     return login::invite(deps, transaction, environment, organization, context, user, wanted);
//   });
//   deps.mail_waits();   // once, after the commit
//
// Who removes a membership, a user or an organization need not care: the invitation goes with it
// (foreign key), and a link without its invitation is refused.

#pragma once

#include <functional>

#include "server/environments/environment.h"
#include "server/mail/letters.h"
#include "server/mail/outbox.h"
#include "server/orgs/invitation.h"

namespace gatehouse::login {

// What inviting needs; `login::Deps` has all of it.
struct InvitationDeps {
  Random& random;
  const mail::Outbox& outbox;
  const mail::Letters& letters;
};

struct Invite {
  std::optional<std::string> inviter_email = std::nullopt;  // as shown in mail and page
};

// An invitation as the API shows it.
struct InvitationState {
  orgs::Invitation invitation;
  orgs::MembershipStatus status;  // as shown: PENDING_INVITE after either act
};

// Invites the member: the row, the one-time link, the letter, an audit record and the event
// user.organization_invitation. The link works for the environment's `invitation_lifetime`.
// Errors: not_found (no such member), failed_precondition (the membership is not pending, or has
// been invited before: use resend), invalid_argument (inviter_email).
Result<InvitationState, Error> invite(const InvitationDeps& deps, storage::Transaction& transaction,
                                      const environments::Environment& environment,
                                      OrgId organization, const Context& context, UserId user,
                                      const Invite& wanted);

// Mails the invitation again and counts it. Before its end the new mail is a reminder: its link
// works as long as the first one, which goes on working too. After it, link and time are new.
// Errors: not_found (no such member), failed_precondition (accepted already, or the membership was
// never offered by mail).
Result<InvitationState, Error> resend_invitation(const InvitationDeps& deps,
                                                 storage::Transaction& transaction,
                                                 const environments::Environment& environment,
                                                 OrgId organization, const Context& context,
                                                 UserId user);

}  // namespace gatehouse::login
