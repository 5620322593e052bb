// MasterKey: the one key an operator keeps. It encrypts nothing itself: every use has a key of its
// own, derived under a label, so that no two uses can be played against each other.

#pragma once

#include <string_view>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/core/secret.h"
#include "server/crypto/seal.h"

namespace gatehouse::crypto {

class MasterKey {
 public:
  static constexpr std::size_t key_bytes = 32;

  // Errors: invalid_argument unless these are 32 bytes that could be random (one byte 32 times is a
  // placeholder somebody left in a file).
  [[nodiscard]] static Result<MasterKey, Error> from_bytes(Secret bytes);

  // 32 bytes for one purpose: "cookie", "refresh", "code", "seal". The same label always gives the
  // same key; a new purpose takes a new label.
  [[nodiscard]] Secret derive(std::string_view label) const;
  [[nodiscard]] SealingKey sealing_key(std::string_view label) const;

 private:
  explicit MasterKey(Secret bytes) : bytes_(std::move(bytes)) {}

  Secret bytes_;
};

}  // namespace gatehouse::crypto
