// The proof of an address: one mail with a code of six digits and a link. Either works once, within
// ten minutes, for the flow that asked; using one voids the other, and a new mail voids the old
// one.

#pragma once

#include "server/login/flow.h"

namespace gatehouse::login {

struct Challenge {
  Secret code;        // "042137"
  Secret link_token;  // names the flow and holds 256 random bits
};

// Stores a fresh challenge of the flow (as hashes) and voids earlier ones.
Result<Challenge, Error> make_challenge(storage::Transaction& transaction,
                                        EnvironmentId environment, Random& random,
                                        const Secret& code_key, FlowId flow, Instant now);

// Consumes the flow's code. False if it is wrong, void, used or expired.
Result<bool, Error> use_code(storage::Transaction& transaction, EnvironmentId environment,
                             const Secret& code_key, FlowId flow, std::string_view code,
                             Instant now);
// Consumes the link's token. False if it is unknown, void, used or expired.
Result<bool, Error> use_link(storage::Transaction& transaction, EnvironmentId environment,
                             std::string_view link_token, Instant now);

// The flow that a link's token names, without judging the token.
[[nodiscard]] std::optional<FlowId> flow_of_link(std::string_view link_token);

// The digits of what a person typed: spaces and dashes are forgiven. nullopt unless six remain.
[[nodiscard]] std::optional<std::string> code_from_input(std::string_view typed);

}  // namespace gatehouse::login
