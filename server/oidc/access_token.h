// Access tokens that come back to us: verified (the signature once, then from a bounded cache), and
// still good: not revoked, the session live, the person allowed to sign in.

#pragma once

#include <memory>

#include "server/jose/jwt.h"
#include "server/oidc/claims.h"
#include "server/oidc/deps.h"

namespace gatehouse::oidc {

// What a verified access token says, decoded once. Only AccessTokens makes one.
struct AccessToken {
  std::string kid;  // of the key that signed it
  TokenId id;
  std::string client_id;
  std::string subject;
  std::vector<std::string> audience;
  std::string scope;
  std::optional<SessionId> session;  // absent: a machine's token
  std::optional<OrgId> organization;
  Instant issued_at;
  Instant expires_at;
};

// Verified tokens by hash. Entries expire with their token; when full, a shard is emptied. Safe
// from any thread.
class AccessTokens {
 public:
  AccessTokens();
  ~AccessTokens();

  // nullptr if it is not an unexpired access token that this environment issued.
  [[nodiscard]] std::shared_ptr<const AccessToken> verify(
      const Deps& deps, const Context& context, const environments::Environment& environment,
      std::string_view token);

 private:
  struct Shard;
  static constexpr std::size_t shard_count = 16;
  static constexpr std::size_t entries_per_shard_max = 4096;
  std::unique_ptr<Shard[]> shards_;
};

// The state behind a token, read now: nullopt if it is revoked or its session is over.
struct TokenState {
  std::optional<sessions::LiveSession> live;  // absent for machines
};
Result<std::optional<TokenState>, Error> token_state(storage::Transaction& transaction,
                                                     const Context& context,
                                                     const AccessToken& token);

}  // namespace gatehouse::oidc
