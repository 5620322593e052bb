// Sealing: what is stored or handed out encrypted and must come back unchanged, to the same place.
//
// A sealed string is: version (1 byte, 1), key id (4 bytes), nonce (24 bytes), XAES-256-GCM
// ciphertext and tag. All of the head is authenticated with the caller's associated data.

#pragma once

#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/random.h"
#include "server/core/result.h"
#include "server/core/secret.h"

namespace gatehouse::crypto {

class SealingKey {
 public:
  // `key` has 32 bytes, uniformly random or derived (MasterKey::derive). ENSUREd.
  explicit SealingKey(Secret key);

  // `place` says what the bytes are and where they belong (table, column, ids); opening needs the
  // same. Any number of messages may be sealed with one key. Safe from any thread.
  [[nodiscard]] std::string seal(Random& random, const Secret& plaintext,
                                 std::string_view place) const;

  // Errors: failed_precondition if another key has sealed it, internal if it is damaged, no sealed
  // string at all, or from another place. What callers hand in from outside (cookies) is theirs to
  // refuse with an error of their own. Safe from any thread.
  [[nodiscard]] Result<Secret, Error> open(std::string_view sealed, std::string_view place) const;

 private:
  Secret key_;
  std::string key_id_;  // says nothing about the key but whether two are the same
};

}  // namespace gatehouse::crypto
