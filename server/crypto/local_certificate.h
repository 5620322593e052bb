// Certificates for this machine alone: a root that may vouch for localhost and the loopback
// addresses and for nothing else [RFC 5280 §4.2.1.10], and what it issues to a server there. They
// let `gatehouse dev` speak TLS to clients that accept nothing less.

#pragma once

#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/random.h"
#include "server/core/result.h"
#include "server/core/secret.h"
#include "server/core/time.h"

namespace gatehouse::crypto {

// A certificate and its private key (EC P-256), both in PEM [RFC 7468].
struct CertifiedKey {
  std::string certificate;
  Secret key;  // PKCS#8, not encrypted
};

inline constexpr Duration local_authority_lifetime = days(3650);
// Below the 398 and 825 days beyond which browsers refuse a server's certificate.
inline constexpr Duration local_certificate_lifetime = days(397);

// A new root, valid from a day before `now`, so that a clock that runs late accepts it.
[[nodiscard]] CertifiedKey make_local_authority(Instant now, Random& random);

// One certificate is for localhost and *.localhost, the other for 127.0.0.1 and ::1 besides.
// BoringSSL, and gRPC with it, cannot hold an address against the root's constraint, and refuses a
// certificate that names one; so whoever asks for a host is shown the first.
struct LocalCertificates {
  std::string hosts;
  std::string hosts_and_addresses;
  Secret key;  // of both
};
// New certificates of `authority`. They do not outlive it. Errors: invalid_argument if `authority`
// is no certificate with its key.
Result<LocalCertificates, Error> make_local_certificates(const CertifiedKey& authority, Instant now,
                                                         Random& random);

struct Period {
  Instant from;
  Instant until;
};
// Whether whoever trusts the root `authority` (PEM) would accept the certificates for their names
// during the whole of `period`, and the key belongs to them. Errors: invalid_argument, saying what
// stands against it.
Result<Unit, Error> check_local_certificates(const LocalCertificates& certificates,
                                             std::string_view authority, Period period);
// Whether `authority` is a root as made here, good for the whole of `period`, with its key. Errors:
// invalid_argument.
Result<Unit, Error> check_local_authority(const CertifiedKey& authority, Period period);

}  // namespace gatehouse::crypto
