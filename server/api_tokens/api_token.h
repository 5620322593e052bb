// API tokens: opaque keys that an application hands to its customers and has checked here, online.
//
// A token is 256 random bits behind the prefix "ghapi_", by which leaked ones are recognised. It is
// shown once; SHA-256 of it is what is stored. It belongs to an organization, or to one member of
// it, and then works only while that person is an active member and may sign in. It ends once, by
// its expiry or by being invalidated.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/core/page.h"
#include "server/core/secret.h"
#include "server/encoding/metadata.h"
#include "server/storage/database.h"

namespace gatehouse::api_tokens {

// What the application wants to be told with the token. Ordered by key.
using Claims = Metadata;

inline constexpr std::size_t claims_max = 20;
inline constexpr std::size_t claim_key_characters_max = 30;
inline constexpr std::size_t claim_value_characters_max = 256;
inline constexpr std::size_t description_characters_max = 255;

struct ApiToken {
  ApiTokenId id;
  OrgId organization;
  std::optional<std::string> organization_external_id;
  // The member it belongs to, with what is known of them now. All absent or empty without one.
  std::optional<UserId> user;
  std::optional<std::string> user_external_id;
  std::optional<std::string> email;
  std::vector<std::string> roles;  // their roles in the organization, sorted
  Claims claims;
  std::optional<std::string> description;
  std::string suffix;  // the last characters of the token
  Instant created_at;
  std::optional<Instant> expires_at;
};

struct NewApiToken {
  OrgId organization;
  std::optional<UserId> user = std::nullopt;
  Claims claims = {};
  std::optional<std::string> description = std::nullopt;
  std::optional<Instant> expires_at = std::nullopt;
};
struct CreatedApiToken {
  ApiToken info;
  Secret token;  // stored nowhere
};

// Audited. Errors: invalid_argument (claims, description, an expiry that is over), not_found
// (organization, user), failed_precondition (the user is not an active member of it).
Result<CreatedApiToken, Error> create(storage::Transaction& transaction, EnvironmentId environment,
                                      const Context& context, Random& random,
                                      const NewApiToken& wanted);

// What names a token in a call: the token itself, or its id ("apit_…"). Below, a token that is
// unknown, expired, invalidated, of another environment, or whose member lost access is not_found,
// whichever it is.
//
// What stands behind a token that works now, by one statement.
Result<ApiToken, Error> validate(storage::Transaction& transaction, EnvironmentId environment,
                                 std::string_view reference, Instant now);

struct ApiTokenChange {
  Claims claims = {};                                     // replace those it has; empty: they stay
  std::optional<std::string> description = std::nullopt;  // "": it has none; absent: it stays
};
// Only of a token that works. Audited. Errors: invalid_argument (claims, description), not_found.
Result<ApiToken, Error> update(storage::Transaction& transaction, EnvironmentId environment,
                               const Context& context, Random& random, std::string_view reference,
                               const ApiTokenChange& change);

// Ends it for good; audited. Doing so again, or to one that has expired, is no error. Errors:
// not_found (there never was one, or its member or organization is gone).
Result<Unit, Error> invalidate(storage::Transaction& transaction, EnvironmentId environment,
                               const Context& context, Random& random, std::string_view reference);

struct ApiTokenFilter {
  OrgId organization;
  std::optional<UserId> user = std::nullopt;  // only theirs
};
// Those that work now. Errors: not_found (organization, user).
Result<Page<ApiToken>, Error> list(storage::Transaction& transaction, EnvironmentId environment,
                                   const ApiTokenFilter& filter, const PageQuery& query,
                                   Instant now);

// Deletes tokens that ended or expired more than `keep` ago. A job.
Result<std::int64_t, Error> reclaim(storage::Transaction& transaction, Instant now, Duration keep,
                                    std::int64_t rows_max);

}  // namespace gatehouse::api_tokens
