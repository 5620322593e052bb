#include "server/crypto/self_signed.h"

#include "server/core/ensure.h"
#include "server/crypto/handles.h"
#include "server/encoding/base64.h"

namespace gatehouse::crypto {
namespace {

using X509Handle = std::unique_ptr<X509, FreeWith<X509_free>>;

constexpr int serial_bits = 127;  // positive, and not to be foreseen [RFC 5280 §4.1.2.2]

Pkey pkey_of(const SigningKey& key) {
  const Secret der = key.export_pkcs8();
  const unsigned char* cursor = bytes_of(der.reveal());
  const Pkcs8 info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &cursor, static_cast<long>(der.reveal().size())));
  ENSURE(info != nullptr);
  Pkey pkey(EVP_PKCS82PKEY(info.get()));
  ENSURE(pkey != nullptr);
  return pkey;
}

void set_serial(X509* certificate) {
  const BigNumber number(BN_new());
  ENSURE(number != nullptr &&
         BN_rand(number.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

bool set_name(X509_NAME* name, const std::string& text) {
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes_of(std::string_view(text)),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

std::string der_of(X509* certificate) {
  const int size = i2d_X509(certificate, nullptr);
  ENSURE(size > 0);
  std::string der(static_cast<std::size_t>(size), '\0');
  unsigned char* cursor = bytes_of(der);
  ENSURE(i2d_X509(certificate, &cursor) == size);
  return der;
}

}  // namespace

Result<Certificate, Error> make_self_signed(const SigningKey& key, const CertificateTerms& terms) {
  if (key.algorithm() != SignatureAlgorithm::rs256) {
    return Error(ErrorCode::invalid_argument, "the key is not RSA");
  }
  const Pkey pkey = pkey_of(key);
  const X509Handle made(X509_new());
  ENSURE(made != nullptr && X509_set_version(made.get(), X509_VERSION_3) == 1);
  set_serial(made.get());
  ENSURE(ASN1_TIME_adj(X509_getm_notBefore(made.get()), to_unix_seconds(terms.not_before), 0, 0) !=
             nullptr &&
         ASN1_TIME_adj(X509_getm_notAfter(made.get()), to_unix_seconds(terms.not_after), 0, 0) !=
             nullptr);
  X509_NAME* subject = X509_get_subject_name(made.get());
  if (terms.common_name.empty() || !set_name(subject, terms.common_name)) {
    return Error(ErrorCode::invalid_argument, "no name for a certificate: " + take_openssl_error());
  }
  ENSURE(X509_set_issuer_name(made.get(), subject) == 1 &&
         X509_set_pubkey(made.get(), pkey.get()) == 1 &&
         X509_sign(made.get(), pkey.get(), algorithms().sha256.get()) > 0);
  return TRY(parse_certificates(base64_encode(der_of(made.get())))).front();
}

}  // namespace gatehouse::crypto
