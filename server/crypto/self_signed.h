// Certificates that a key signs for itself: the form in which SAML's metadata wants a public key
// [SAML Metadata §2.4.1.1]. Nobody trusts them for more than the key that they hold.

#pragma once

#include "server/crypto/certificate.h"
#include "server/crypto/signature.h"

namespace gatehouse::crypto {

struct CertificateTerms {
  std::string common_name;  // 1 to 64 characters
  Instant not_before;
  Instant not_after;
};
// Errors: invalid_argument if the name does not fit a certificate or the key is not RSA.
[[nodiscard]] Result<Certificate, Error> make_self_signed(const SigningKey& key,
                                                          const CertificateTerms& terms);

}  // namespace gatehouse::crypto
