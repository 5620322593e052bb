// The public key of somebody else's certificate, for formats that name the digest beside the
// signature (XML signatures). Our own tokens have signature.h, where a key has one algorithm.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/crypto/hash.h"

struct evp_pkey_st;

namespace gatehouse::crypto {

class CertificateKey {
 public:
  enum class Kind {
    rsa,  // 2048 to 8192 bits, verified with RSASSA-PKCS1-v1_5 [RFC 8017 §8.2]
    ec,   // P-256, P-384 or P-521, verified with ECDSA
  };

  // Shares `key`, which stays the caller's as well; null if it is of no such kind.
  [[nodiscard]] static std::shared_ptr<const CertificateKey> adopt(evp_pkey_st* key);

  struct Held;  // the OpenSSL side, of certificate_key.cc
  CertificateKey(Kind kind, std::unique_ptr<const Held> held);
  ~CertificateKey();
  CertificateKey(const CertificateKey&) = delete;
  CertificateKey& operator=(const CertificateKey&) = delete;

  [[nodiscard]] Kind kind() const { return kind_; }
  // Whether `signature` is this key's for `data`. An ECDSA signature is r||s, each as wide as the
  // group [RFC 4050 §3.3]. Any thread.
  [[nodiscard]] bool verify(DigestAlgorithm digest, std::string_view data,
                            std::string_view signature) const;
  [[nodiscard]] evp_pkey_st* handle() const;  // for the files of this module

 private:
  Kind kind_;
  std::unique_ptr<const Held> held_;
};

}  // namespace gatehouse::crypto
