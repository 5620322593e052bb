// Identities: who a user is at an identity provider. The key is the connection, the issuer and the
// subject together, compared byte by byte; an e-mail address is none.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::users {

inline constexpr std::size_t identities_per_user_max = 50;

struct IdentityKey {
  ConnectionId connection;
  std::string issuer;   // never empty
  std::string subject;  // likewise
};

struct Identity {
  IdentityKey key;
  UserId user;
  std::string email;       // as the provider said last; empty: it did not
  std::string attributes;  // everything it said, a JSON object
  Instant created_at;
  Instant last_used_at;
};

// Whose it is; nullopt if nobody's.
Result<std::optional<UserId>, Error> find_by_identity(storage::Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const IdentityKey& key);
// Links it, audited; an identity that is the user's already is brought up to date. Errors:
// already_exists (it is somebody else's), resource_exhausted (too many).
Result<Unit, Error> link_identity(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, const Identity& identity);
// Oldest first.
Result<std::vector<Identity>, Error> list_identities(storage::Transaction& transaction,
                                                     EnvironmentId environment, UserId user);

}  // namespace gatehouse::users
