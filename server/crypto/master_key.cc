#include "server/crypto/master_key.h"

#include <string>

#include "server/core/ensure.h"
#include "server/crypto/hkdf.h"

namespace gatehouse::crypto {

Result<MasterKey, Error> MasterKey::from_bytes(Secret bytes) {
  if (bytes.size() != key_bytes) {
    return Error(ErrorCode::invalid_argument,
                 "the master key has " + std::to_string(bytes.size()) + " bytes, not 32");
  }
  if (bytes.reveal().find_first_not_of(bytes.reveal().front()) == std::string_view::npos) {
    return Error(ErrorCode::invalid_argument, "the master key is one byte repeated: a placeholder");
  }
  return MasterKey(std::move(bytes));
}

Secret MasterKey::derive(std::string_view label) const {
  ENSURE(!label.empty());
  const std::string info = "gatehouse v1 " + std::string(label);
  return hkdf_sha256({.key = bytes_.reveal(), .salt = {}, .label = info}, key_bytes);
}

SealingKey MasterKey::sealing_key(std::string_view label) const {
  return SealingKey(derive(label));
}

}  // namespace gatehouse::crypto
