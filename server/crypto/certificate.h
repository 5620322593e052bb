// X.509 certificates as others hand them to us [RFC 5280]: which key an identity provider signs
// with, until when, and who says so. Nothing here trusts a certificate for being one.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/core/time.h"

namespace gatehouse::crypto {

class CertificateKey;  // certificate_key.h

struct Certificate {
  std::string der;
  std::string subject;  // as [RFC 4514] writes names
  std::string issuer;
  Instant not_before;
  Instant not_after;
  // Its public key; null if it is of no kind that we verify with.
  std::shared_ptr<const CertificateKey> key = nullptr;

  [[nodiscard]] std::string pem() const;
};

inline constexpr std::size_t certificates_bytes_max = 64 * 1024;
inline constexpr std::size_t certificates_max = 10;

// One certificate or several, as PEM, or a single one as the base64 that metadata carries. Errors:
// invalid_argument if there is none, one is damaged, or they are too many or too long.
[[nodiscard]] Result<std::vector<Certificate>, Error> parse_certificates(std::string_view text);

}  // namespace gatehouse::crypto
