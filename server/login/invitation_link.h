// The one-time link of an invitation: how its token is made, what it leads to, and the acceptance.
//
// A token is "<number of the invitation>.<256 random bits>". Every mail of one invitation carries a
// token of its own, and each works until the invitation is accepted or its time is over. Looking
// changes nothing; accepting is one conditional statement on the token and one on the invitation.

#pragma once

#include "server/http/message.h"
#include "server/login/deps.h"
#include "server/orgs/invitation.h"
#include "server/sessions/session.h"

namespace gatehouse::login {

struct InvitationToken {
  Secret plain;      // for the mail; stored nowhere
  std::string hash;  // SHA-256 of it
};
[[nodiscard]] InvitationToken make_invitation_token(Random& random, InvitationId invitation);
Result<Unit, Error> store_invitation_token(storage::Transaction& transaction,
                                           EnvironmentId environment,
                                           const orgs::Invitation& invitation, Instant now);

enum class InvitationStanding {
  open,               // may be accepted
  expired,            // its time is over
  accepted,           // by this link or another way
  replaced,           // it was sent again after its end: a newer mail has the link that works
  withdrawn,          // the membership was removed, or is not open any more
  organization_gone,  // the organization was deleted
  disabled,           // the user may not sign in
  unknown,            // no link of ours
};

// What a link leads to. Beyond the standing nothing is told of a link that is not ours.
struct InvitationSight {
  InvitationStanding standing = InvitationStanding::unknown;
  std::optional<orgs::Invitation> invitation = std::nullopt;
  std::optional<users::User> user = std::nullopt;  // whom it is for
  std::string organization_name = {};
};
Result<InvitationSight, Error> look_at_invitation(storage::Transaction& transaction,
                                                  EnvironmentId environment, std::string_view token,
                                                  Instant now);

// Accepts for a person who has proven their address some other way: the membership is active, every
// link of the invitation void; audited and told. False if it is not open at `context.now`.
Result<bool, Error> take_up_invitation(storage::Transaction& transaction, EnvironmentId environment,
                                       const Context& context, Random& random,
                                       const orgs::Invitation& invitation);

// Uses the link up: the membership is active, the address verified, and the person signed in with
// the browser of `request`. Once; every other link of the invitation is void afterwards.
// Errors: failed_precondition (the link does not lead to an open invitation; look again for why).
struct Acceptance {
  const Deps& deps;
  const Context& context;
  const http::Request& request;
  const environments::Environment& environment;
};
Result<sessions::CreatedSession, Error> accept_invitation(storage::Transaction& transaction,
                                                          const Acceptance& acceptance,
                                                          std::string_view token);

}  // namespace gatehouse::login
