#include "server/crypto/hmac.h"

#include "server/core/ensure.h"
#include "server/crypto/handles.h"
#include "server/crypto/hash.h"

namespace gatehouse::crypto {

std::string hmac_sha256(std::string_view key, std::string_view data) {
  // OpenSSL takes a null key for "the key is already set"; an empty view may hold one.
  const unsigned char* key_bytes = key.empty() ? bytes_of(std::string_view("")) : bytes_of(key);
  const MacContext context(EVP_MAC_CTX_dup(algorithms().hmac_sha256.get()));
  ENSURE(context != nullptr);
  std::string code(sha256_bytes, '\0');
  std::size_t written = 0;
  ENSURE(EVP_MAC_init(context.get(), key_bytes, key.size(), nullptr) == 1 &&
         EVP_MAC_update(context.get(), bytes_of(data), data.size()) == 1 &&
         EVP_MAC_final(context.get(), bytes_of(code), &written, code.size()) == 1 &&
         written == code.size());
  return code;
}

}  // namespace gatehouse::crypto
