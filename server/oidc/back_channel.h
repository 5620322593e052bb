// Back-channel logout [OIDC Back-Channel Logout §2]: applications that asked for it are told,
// server to server, that a session is over. Deliveries were queued with the end of the session;
// this sends them, and again later where an application does not answer.

#pragma once

#include "server/applications/catalog.h"
#include "server/core/log.h"
#include "server/keys/key_ring.h"
#include "server/net/http_client.h"
#include "server/sessions/logout_delivery.h"

namespace gatehouse::oidc {

class BackChannel {
 public:
  struct Deps {
    storage::Database& database;
    const applications::Catalog& catalog;
    const keys::KeyRings& keys;
    net::HttpClient& http;
    Random& random;
    Log& log;
  };
  explicit BackChannel(const Deps& deps) : deps_(deps) {}

  struct Tally {
    int delivered = 0;
    int retried = 0;
    int given_up = 0;
  };
  // Sends what is due at context.now, of all environments. Blocks for at most 5 s a delivery.
  Result<Tally, Error> deliver_due(const Context& context) const;

 private:
  enum class Outcome { delivered, retried, given_up };
  Result<Outcome, Error> deliver(const Context& context,
                                 const sessions::LogoutDelivery& delivery) const;

  Deps deps_;
};

// How long after the n-th failed attempt (from 1) the next one follows; absent: give up.
[[nodiscard]] std::optional<Duration> logout_retry_delay(int attempts);

[[nodiscard]] std::string logout_token_claims(const environments::Environment& environment,
                                              const applications::Application& application,
                                              const sessions::LogoutDelivery& delivery,
                                              TokenId token, Instant now);

}  // namespace gatehouse::oidc
