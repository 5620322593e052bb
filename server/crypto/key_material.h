// KeyMaterial: an OpenSSL key with its operations prepared. For the .cc files of this module.
//
// Preparing an operation (fetching the algorithm, binding key and digest) costs several
// microseconds beside an ES256 signature's sixteen. It is done once; each call copies the prepared
// context, which reads the pattern and counts references atomically, so any number of threads may.

#pragma once

#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/crypto/handles.h"
#include "server/crypto/signature.h"

namespace gatehouse::crypto {

// A public key of OpenSSL from its parameters, checked for what the algorithm demands. `type`: its
// name there, "RSA" or "EC". Errors: invalid_argument.
[[nodiscard]] Result<Pkey, Error> public_pkey(const char* type, const ParamBuilder& builder);

class KeyMaterial {
 public:
  enum class Part { public_only, with_private };

  // Errors: invalid_argument if `pkey` is of no kind that we use.
  [[nodiscard]] static Result<std::shared_ptr<const KeyMaterial>, Error> adopt(Pkey pkey,
                                                                               Part part);

  KeyMaterial(Pkey pkey, SignatureAlgorithm algorithm, Part part);

  [[nodiscard]] SignatureAlgorithm algorithm() const { return algorithm_; }
  [[nodiscard]] EVP_PKEY* pkey() const { return pkey_.get(); }
  [[nodiscard]] std::string sign(std::string_view data) const;
  [[nodiscard]] bool verify(std::string_view data, std::string_view signature) const;

 private:
  Pkey pkey_;
  SignatureAlgorithm algorithm_;
  std::size_t signature_bytes_;  // in OpenSSL's form, at most
  DigestContext verify_pattern_;
  DigestContext sign_pattern_;  // null in a public key
};

}  // namespace gatehouse::crypto
