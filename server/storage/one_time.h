// One-time things: authorization codes, sign-in codes and links, and whatever else may work once.
//
// Each is a row found by (environment, purpose, hash of the secret). It is consumed by one
// conditional statement, so of any number of concurrent attempts exactly one succeeds, and a secret
// made for one purpose is unknown to every other. A consumed row stays until it expires and a day
// more, so that a second showing can be told from a made-up secret and acted upon.

#pragma once

#include <string>

#include "server/storage/database.h"

namespace gatehouse::storage {

enum class OneTimePurpose {
  authorization_code,
  login_code,
  login_link,
  invitation,
  passwordless_code,
  passwordless_link,
  sso_request,      // asked of an identity provider
  sso_proof,        // its answer, on the way to the browser that asked
  saml_assertion,   // seen: kept until it expires, never consumed
  sso_logout,       // asked of an identity provider: to sign somebody out
};
[[nodiscard]] std::string_view one_time_purpose_name(OneTimePurpose purpose);

struct OneTimeThing {
  OneTimePurpose purpose;
  // 32 bytes that say which secret without telling it: SHA-256 or HMAC-SHA256 of it; what is made
  // by the thousand may begin with its time instead, so that new rows stand together.
  std::string key_hash;
  // Number of the id it belongs to, for void_subject; absent for what is never voided.
  std::optional<std::int64_t> subject;
  std::string payload;  // what it stands for; no secrets
  Instant expires_at;
};

struct Consumed {
  std::optional<std::int64_t> subject;
  std::string payload;
};

// Stores `thing`. Errors: already_exists if the hash is taken for that purpose.
Result<Unit, Error> put_one_time(Transaction& transaction, EnvironmentId environment,
                                 const OneTimeThing& thing, Instant now);

// Consumes and returns it; nullopt if it is unknown, expired, void or was consumed before.
// Atomic: of concurrent calls for one thing, at most one gets it.
Result<std::optional<Consumed>, Error> consume_one_time(Transaction& transaction,
                                                        EnvironmentId environment,
                                                        OneTimePurpose purpose,
                                                        std::string_view key_hash, Instant now);

// Of a thing that was consumed before (not merely voided): what it stood for. Else nullopt.
Result<std::optional<Consumed>, Error> find_consumed(Transaction& transaction,
                                                     EnvironmentId environment,
                                                     OneTimePurpose purpose,
                                                     std::string_view key_hash);

// As it stands, whatever its state, without consuming it: to tell somebody why it does not work, or
// to ask before it is used. Never a decision: that is consume_one_time's.
struct OneTimeSight {
  enum class State { live, consumed, void_ } state;
  std::optional<std::int64_t> subject;
  std::string payload;
  Instant expires_at;
};
Result<std::optional<OneTimeSight>, Error> look_at_one_time(Transaction& transaction,
                                                            EnvironmentId environment,
                                                            OneTimePurpose purpose,
                                                            std::string_view key_hash);

// Makes every unconsumed thing of this purpose and subject unusable: a new link voids the old one.
Result<Unit, Error> void_subject(Transaction& transaction, EnvironmentId environment,
                                 OneTimePurpose purpose, std::int64_t subject);

// Deletes what expired more than a day ago, of all environments, at most `rows_max` rows. A job.
Result<std::int64_t, Error> reclaim_one_time(Transaction& transaction, Instant now,
                                             std::int64_t rows_max);

}  // namespace gatehouse::storage
