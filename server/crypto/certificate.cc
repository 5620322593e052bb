#include "server/crypto/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ctime>

#include "server/crypto/certificate_key.h"
#include "server/crypto/handles.h"
#include "server/encoding/base64.h"

namespace gatehouse::crypto {
namespace {

using X509Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using Bio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

constexpr std::string_view pem_head = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view pem_foot = "-----END CERTIFICATE-----";
constexpr std::size_t pem_line_bytes = 64;  // [RFC 7468 §2]

Error refused(std::string_view why) {
  return {ErrorCode::invalid_argument, "certificate: " + std::string(why)};
}

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') kept += c;
  }
  return kept;
}

std::string name_text(const X509_NAME* name) {
  const Bio out(BIO_new(BIO_s_mem()));
  ENSURE(out != nullptr);
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

std::optional<Instant> instant_of(const ASN1_TIME* time) {
  std::tm parts = {};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return instant_from_ms(std::int64_t{::timegm(&parts)} * 1000);
}

Result<Certificate, Error> parse_one(std::string_view base64) {
  std::optional<std::string> der = base64_decode(without_blanks(base64));
  if (!der.has_value()) return refused("not base64");
  const unsigned char* at = bytes_of(std::string_view(*der));
  const unsigned char* end = at + der->size();
  const X509Certificate parsed(d2i_X509(nullptr, &at, static_cast<long>(der->size())));
  if (parsed == nullptr) return refused("not a certificate: " + take_openssl_error());
  if (at != end) return refused("bytes follow it");
  const auto not_before = instant_of(X509_get0_notBefore(parsed.get()));
  const auto not_after = instant_of(X509_get0_notAfter(parsed.get()));
  if (!not_before.has_value() || !not_after.has_value()) return refused("no proper validity");
  EVP_PKEY* key = X509_get0_pubkey(parsed.get());
  if (key == nullptr) {
    return refused("no usable key: " + take_openssl_error());
  }
  return Certificate{.der = *std::move(der),
                     .subject = name_text(X509_get_subject_name(parsed.get())),
                     .issuer = name_text(X509_get_issuer_name(parsed.get())),
                     .not_before = *not_before,
                     .not_after = *not_after,
                     .key = CertificateKey::adopt(key)};
}

}  // namespace

std::string Certificate::pem() const {
  const std::string base64 = base64_encode(der);
  std::string text(pem_head);
  text += '\n';
  for (std::size_t at = 0; at < base64.size(); at += pem_line_bytes) {
    text.append(base64, at, pem_line_bytes);
    text += '\n';
  }
  text += pem_foot;
  text += '\n';
  return text;
}

Result<std::vector<Certificate>, Error> parse_certificates(std::string_view text) {
  if (text.size() > certificates_bytes_max) return refused("longer than 64 KiB");
  std::vector<Certificate> found;
  if (text.find(pem_head) == std::string_view::npos) {
    found.push_back(TRY(parse_one(text)));
    return found;
  }
  for (std::size_t head = text.find(pem_head); head != std::string_view::npos;
       head = text.find(pem_head)) {
    text.remove_prefix(head + pem_head.size());
    const std::size_t foot = text.find(pem_foot);
    if (foot == std::string_view::npos) return refused("cut off");
    if (found.size() == certificates_max) return refused("more than ten");
    found.push_back(TRY(parse_one(text.substr(0, foot))));
    text.remove_prefix(foot + pem_foot.size());
  }
  return found;
}

}  // namespace gatehouse::crypto
