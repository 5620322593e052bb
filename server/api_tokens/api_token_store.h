// The statements behind the acts of api_token.h.

#pragma once

#include "server/api_tokens/api_token.h"

namespace gatehouse::api_tokens {

// How a stored token is found: by the SHA-256 of the token, or by its id.
struct TokenKey {
  std::optional<ApiTokenId> id = std::nullopt;
  std::string hash = {};  // where there is no id
};

struct TokenRow {
  ApiTokenId id;
  std::string hash;
  std::string suffix;
  Instant now;
};
// False if there is no such organization, or the user is not an active member who may sign in.
Result<bool, Error> insert_token(storage::Transaction& transaction, EnvironmentId environment,
                                 const NewApiToken& wanted, const TokenRow& row);
// Nothing unless it works at `now`.
Result<std::optional<ApiToken>, Error> find_live(storage::Transaction& transaction,
                                                 EnvironmentId environment, const TokenKey& key,
                                                 Instant now);
// False unless it works at `now`.
Result<bool, Error> update_token(storage::Transaction& transaction, EnvironmentId environment,
                                 ApiTokenId token, const ApiTokenChange& change, Instant now);

struct EndedToken {
  ApiTokenId id;
  OrgId organization;
};
// Nothing if it had been invalidated before, or is unknown.
Result<std::optional<EndedToken>, Error> update_invalidated(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            const TokenKey& key, Instant now);
Result<bool, Error> is_stored(storage::Transaction& transaction, EnvironmentId environment,
                              const TokenKey& key);

// Which of the two that a list or a new token is about exist.
struct Scope {
  std::int64_t live_tokens = 0;
  enum class Has { yes, no } user = Has::no;  // `yes` also where none was asked for
};
// Nothing if there is no such organization.
Result<std::optional<Scope>, Error> find_scope(storage::Transaction& transaction,
                                               EnvironmentId environment, OrgId organization,
                                               std::optional<UserId> user, Instant now);
// At most `query.limit + 1`, nearest to `query.from` first.
Result<std::vector<ApiToken>, Error> list_live(storage::Transaction& transaction,
                                               EnvironmentId environment,
                                               const ApiTokenFilter& filter, const PageQuery& query,
                                               Instant now);

}  // namespace gatehouse::api_tokens
