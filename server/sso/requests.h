// Requests to identity providers that wait for their answer, and answers that wait for the browser
// that asked. Both are one-time things (storage/one_time.h): an answer counts once, for the request
// that it names, and a proof reaches nobody but whoever holds its token in the right browser.

#pragma once

#include "server/login/flow.h"
#include "server/sso/provider_request.h"

namespace gatehouse::sso {

struct PendingRequest {
  ConnectionId connection;
  // One of the two: a sign-in, or an administrator who tries the connection out.
  std::optional<FlowId> flow = std::nullopt;
  std::optional<ConnectionTestId> test = std::nullopt;
  ProviderRequest::Authentication authentication = ProviderRequest::Authentication::as_needed;
};

// Stores it and returns its id, which goes to the provider and comes back.
Result<std::string, Error> begin_request(storage::Transaction& transaction,
                                         EnvironmentId environment, Random& random,
                                         const PendingRequest& request, Instant now);
// As it stands, whether it can still be used or not: for pages, never a decision.
Result<std::optional<PendingRequest>, Error> look_at_request(storage::Transaction& transaction,
                                                             EnvironmentId environment,
                                                             std::string_view id);
// Takes it, once; nullopt if it is unknown, too old or was taken before.
Result<std::optional<PendingRequest>, Error> take_request(storage::Transaction& transaction,
                                                          EnvironmentId environment,
                                                          std::string_view id, Instant now);

// That an assertion was used: false if it had been used before. Kept until nobody would take it any
// more.
Result<bool, Error> use_assertion(storage::Transaction& transaction, EnvironmentId environment,
                                  ConnectionId connection, std::string_view assertion_id,
                                  Instant expires_at, Instant now);

// What was verified, on its way to the browser that began `flow`; a token of 256 bits.
Result<Secret, Error> put_proof(storage::Transaction& transaction, EnvironmentId environment,
                                Random& random, FlowId flow, const login::OutsideIdentity& identity,
                                Instant now);
// Takes it, once; nullopt if it is not one of that flow.
Result<std::optional<login::OutsideIdentity>, Error> take_proof(storage::Transaction& transaction,
                                                                EnvironmentId environment,
                                                                FlowId flow, std::string_view token,
                                                                Instant now);

}  // namespace gatehouse::sso
