// What an identity provider has said becomes a proof: whose identity it is, whether its address may
// be believed, and what is made for somebody new. Every way of federation ends here, and from here
// goes on with next_step, as a proof by mail does.
//
//   known identity            the user it is linked to
//   believed address          the user of that address, or a new one; linked from now on
//   any other address         is to be proven by mail once, then as above
//
// An organization's connection is believed for the organization's verified domains; a social one
// for what the provider has verified itself, unless the domain belongs to an organization that
// signs in by a connection of its own: then that one has to be used.

#pragma once

#include "server/connections/connection.h"
#include "server/login/visit.h"

namespace gatehouse::login {

enum class IdentityRefusal {
  connection_disabled,  // meanwhile, or the connection is gone
  email_missing,
  email_unverified,  // social: an address that the provider does not vouch for
  provisioning_off,  // somebody new, or new to the organization, and nobody is made here
  user_disabled,
  not_a_member,  // was one, and was put out
};

struct AcceptedIdentity {
  enum class Outcome {
    proven,            // next_step has the rest
    prove_email,       // send a code to the flow's address
    other_connection,  // the flow takes `connection` instead
    refused,
  } outcome;
  std::optional<IdentityRefusal> refusal = std::nullopt;
  std::optional<ConnectionId> connection = std::nullopt;
};

// In the caller's transaction, by the browser that began the flow. `visit` is looked at again.
// Errors: aborted (the flow moved on meanwhile), resource_exhausted (the organization is full).
Result<AcceptedIdentity, Error> accept_identity(storage::Transaction& transaction, Visit& visit,
                                                const OutsideIdentity& identity);

// The flow's identity, once its address has been proven by mail. Called where a code or link was
// right, instead of taking the address for the whole proof.
Result<AcceptedIdentity, Error> accept_proven_identity(storage::Transaction& transaction,
                                                       Visit& visit);

// Links the flow's identity to somebody who has just been created with it.
Result<Unit, Error> link_flow_identity(storage::Transaction& transaction, const Visit& visit,
                                       UserId user);

}  // namespace gatehouse::login
