#include "server/crypto/local_certificate.h"

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <span>

#include "server/core/ensure.h"
#include "server/crypto/handles.h"
#include "server/encoding/hex.h"

namespace gatehouse::crypto {
namespace {

using Bio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using X509Handle = std::unique_ptr<X509, FreeWith<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;
using Store = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>>;

constexpr Duration clock_tolerance = days(1);
constexpr std::size_t serial_bytes = 16;
constexpr std::size_t tag_bytes = 4;

struct ExtensionText {
  int id;
  const char* value;
};
// The root signs servers' certificates, no further authorities, and only for these names.
constexpr std::array authority_extensions = {
    ExtensionText{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    ExtensionText{NID_key_usage, "critical,keyCertSign,cRLSign"},
    ExtensionText{NID_ext_key_usage, "serverAuth"},
    ExtensionText{NID_name_constraints,
                  "critical,permitted;DNS:localhost,permitted;IP:127.0.0.0/255.0.0.0,"
                  "permitted;IP:::1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF"},
    ExtensionText{NID_subject_key_identifier, "hash"},
};
constexpr const char* hosts = "DNS:localhost,DNS:*.localhost";
constexpr const char* hosts_and_addresses = "DNS:localhost,DNS:*.localhost,IP:127.0.0.1,IP:::1";
constexpr std::array certificate_extensions = {
    ExtensionText{NID_basic_constraints, "critical,CA:FALSE"},
    ExtensionText{NID_key_usage, "critical,digitalSignature"},
    ExtensionText{NID_ext_key_usage, "serverAuth"},
    ExtensionText{NID_subject_key_identifier, "hash"},
    ExtensionText{NID_authority_key_identifier, "keyid:always"},
};

Error refused(const char* what) {
  return {ErrorCode::invalid_argument, std::string(what) + ": " + take_openssl_error()};
}

Bio reader_of(std::string_view text) {
  Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  ENSURE(bio != nullptr);
  return bio;
}

// Secrets pass through: OpenSSL wipes this kind of memory when it frees it.
Bio writer() {
  Bio bio(BIO_new(BIO_s_secmem()));
  ENSURE(bio != nullptr);
  return bio;
}

std::string text_of(const Bio& bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
}

// Nobody is there to be asked for one.
int no_passphrase(char*, int, int, void*) { return -1; }

Result<X509Handle, Error> read_certificate(std::string_view pem) {
  const Bio bio = reader_of(pem);
  X509Handle certificate(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
  if (certificate == nullptr) return refused("not a certificate");
  return certificate;
}

Result<Pkey, Error> read_key(const Secret& pem) {
  const Bio bio = reader_of(pem.reveal());
  Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (key == nullptr) return refused("not a private key");
  return key;
}

struct ReadPair {
  X509Handle certificate;
  Pkey key;
};
Result<ReadPair, Error> read_pair(const CertifiedKey& pair) {
  X509Handle certificate = TRY(read_certificate(pair.certificate));
  Pkey key = TRY(read_key(pair.key));
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return refused("the key does not belong to the certificate");
  }
  return ReadPair{std::move(certificate), std::move(key)};
}

std::string write_certificate(const X509* certificate) {
  const Bio out = writer();
  ENSURE(PEM_write_bio_X509(out.get(), certificate) == 1);
  return text_of(out);
}

Secret write_key(const EVP_PKEY* key) {
  const Bio out = writer();
  ENSURE(PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return Secret(text_of(out));
}

void add_extensions(X509* certificate, X509* issuer, std::span<const ExtensionText> texts) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const ExtensionText& text : texts) {
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, text.id, text.value));
    ENSURE(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
  }
}

// Positive, not zero, and not to be foreseen [RFC 5280 §4.1.2.2].
void set_serial(X509* certificate, Random& random) {
  std::string bytes = random_bytes(random, serial_bytes);
  bytes.front() = static_cast<char>((bytes.front() & 0x3f) | 0x40);
  const BigNumber number(BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr));
  ENSURE(number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

void set_time(ASN1_TIME* time, Instant instant) {
  ENSURE(ASN1_TIME_adj(time, to_unix_seconds(instant), 0, 0) != nullptr);
}

void add_name(X509_NAME* name, const char* field, const std::string& text) {
  ENSURE(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, bytes_of(text),
                                    static_cast<int>(text.size()), -1, 0) == 1);
}

// Everything of a certificate that does not depend on who issues it.
X509Handle draft(EVP_PKEY* key, const std::string& common_name, Period period, Random& random) {
  X509Handle certificate(X509_new());
  ENSURE(certificate != nullptr && X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  set_serial(certificate.get(), random);
  set_time(X509_getm_notBefore(certificate.get()), period.from);
  set_time(X509_getm_notAfter(certificate.get()), period.until);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  add_name(subject, "O", "Gatehouse development");
  add_name(subject, "CN", common_name);
  ENSURE(X509_set_pubkey(certificate.get(), key) == 1);
  return certificate;
}

Pkey new_key() {
  Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  ENSURE(key != nullptr);
  return key;
}

Instant end_of(const X509* certificate) {
  tm parts = {};
  ENSURE(ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &parts) == 1);
  return instant_from_ms(std::int64_t{timegm(&parts)} * 1000);
}

// One verification as a TLS client does it: chain, constraints, purpose, name, at one instant.
struct Question {
  X509* authority;
  X509* certificate;
  Instant at;
  int purpose = X509_PURPOSE_SSL_SERVER;
  const char* host = nullptr;  // one of the two, or neither for the root itself
  const char* address = nullptr;
};
Result<Unit, Error> verify(const Question& question) {
  const Store store(X509_STORE_new());
  const StoreContext context(X509_STORE_CTX_new());
  ENSURE(store != nullptr && context != nullptr &&
         X509_STORE_add_cert(store.get(), question.authority) == 1 &&
         X509_STORE_CTX_init(context.get(), store.get(), question.certificate, nullptr) == 1);
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(rules, to_unix_seconds(question.at));
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
  const bool is_set =
      X509_VERIFY_PARAM_set_purpose(rules, question.purpose) == 1 &&
      (question.host == nullptr || X509_VERIFY_PARAM_set1_host(rules, question.host, 0) == 1) &&
      (question.address == nullptr || X509_VERIFY_PARAM_set1_ip_asc(rules, question.address) == 1);
  ENSURE(is_set);
  if (X509_verify_cert(context.get()) == 1) return Unit{};
  (void)take_openssl_error();
  return Error(ErrorCode::invalid_argument,
               X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())));
}

}  // namespace

CertifiedKey make_local_authority(Instant now, Random& random) {
  const Pkey key = new_key();
  // Told apart by their tags where several machines or folders have one in the same browser.
  const std::string name = "Gatehouse local root " + hex_encode(random_bytes(random, tag_bytes));
  const X509Handle root =
      draft(key.get(), name, {now - clock_tolerance, now + local_authority_lifetime}, random);
  ENSURE(X509_set_issuer_name(root.get(), X509_get_subject_name(root.get())) == 1);
  add_extensions(root.get(), root.get(), authority_extensions);
  ENSURE(X509_sign(root.get(), key.get(), algorithms().sha256.get()) > 0);
  return {write_certificate(root.get()), write_key(key.get())};
}

Result<LocalCertificates, Error> make_local_certificates(const CertifiedKey& authority, Instant now,
                                                         Random& random) {
  const ReadPair root = TRY(read_pair(authority));
  X509* issuer = root.certificate.get();
  const Pkey key = new_key();
  const Instant from = now - clock_tolerance;
  const Instant until = std::min(from + local_certificate_lifetime, end_of(issuer));
  const auto made_for = [&](const char* names) {
    const X509Handle made = draft(key.get(), "localhost", {from, until}, random);
    const std::array alternative_names = {ExtensionText{NID_subject_alt_name, names}};
    ENSURE(X509_set_issuer_name(made.get(), X509_get_subject_name(issuer)) == 1);
    add_extensions(made.get(), issuer, certificate_extensions);
    add_extensions(made.get(), issuer, alternative_names);
    ENSURE(X509_sign(made.get(), root.key.get(), algorithms().sha256.get()) > 0);
    return write_certificate(made.get());
  };
  std::string for_hosts = made_for(hosts);
  return LocalCertificates{std::move(for_hosts), made_for(hosts_and_addresses),
                           write_key(key.get())};
}

Result<Unit, Error> check_local_certificates(const LocalCertificates& certificates,
                                             std::string_view authority, Period period) {
  const X509Handle root = TRY(read_certificate(authority));
  const ReadPair by_host = TRY(read_pair({certificates.hosts, certificates.key}));
  const ReadPair by_address = TRY(read_pair({certificates.hosts_and_addresses, certificates.key}));
  for (const Instant at : {period.from, period.until}) {
    TRY(verify({.authority = root.get(),
                .certificate = by_host.certificate.get(),
                .at = at,
                .host = "localhost"}));
    for (const char* address : {"127.0.0.1", "::1"}) {
      TRY(verify({.authority = root.get(),
                  .certificate = by_address.certificate.get(),
                  .at = at,
                  .address = address}));
    }
  }
  return Unit{};
}

Result<Unit, Error> check_local_authority(const CertifiedKey& authority, Period period) {
  const ReadPair root = TRY(read_pair(authority));
  X509* certificate = root.certificate.get();
  if (X509_check_ca(certificate) != 1 ||
      X509_get_ext_by_NID(certificate, NID_name_constraints, -1) < 0) {
    return Error(ErrorCode::invalid_argument, "not a root for this machine's names");
  }
  for (const Instant at : {period.from, period.until}) {
    TRY(verify({.authority = certificate,
                .certificate = certificate,
                .at = at,
                .purpose = X509_PURPOSE_ANY}));
  }
  return Unit{};
}

}  // namespace gatehouse::crypto
