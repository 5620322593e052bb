#include "server/crypto/local_certificate.h"

#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <string>

#include "server/crypto/handles.h"
#include "tests/world/seeded_random.h"

namespace gatehouse::crypto {
namespace {

using Bio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;
using Store = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>>;

constexpr Instant now = instant_from_ms(1'800'000'000'000);
constexpr Period this_month = {now, now + days(30)};

Certificate certificate_of(const CertifiedKey& pair) {
  const Bio bio(BIO_new_mem_buf(pair.certificate.data(), -1));
  Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  REQUIRE(certificate != nullptr);
  return certificate;
}

Pkey key_of(const CertifiedKey& pair) {
  const std::string text(pair.key.reveal());
  const Bio bio(BIO_new_mem_buf(text.data(), -1));
  Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  REQUIRE(key != nullptr);
  return key;
}

// What OpenSSL says to a client that trusts `root` and asks for `name`, a host or an address.
int verdict(X509* root, X509* certificate, const std::string& name) {
  const Store store(X509_STORE_new());
  const StoreContext context(X509_STORE_CTX_new());
  X509_STORE_add_cert(store.get(), root);
  REQUIRE(X509_STORE_CTX_init(context.get(), store.get(), certificate, nullptr) == 1);
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(rules, to_unix_seconds(now));
  REQUIRE(X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER) == 1);
  const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) == 1;
  if (!is_address) REQUIRE(X509_VERIFY_PARAM_set1_host(rules, name.c_str(), 0) == 1);
  return X509_verify_cert(context.get()) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context.get());
}

// A certificate for `names` that somebody made who got hold of the root's key.
Certificate forge(const CertifiedKey& authority, const std::string& names, const char* constraint) {
  const Certificate root = certificate_of(authority);
  const Pkey root_key = key_of(authority);
  const Pkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  Certificate made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 7);
  ASN1_TIME_adj(X509_getm_notBefore(made.get()), to_unix_seconds(now), -1, 0);
  ASN1_TIME_adj(X509_getm_notAfter(made.get()), to_unix_seconds(now), 30, 0);
  X509_set_issuer_name(made.get(), X509_get_subject_name(root.get()));
  X509_set_pubkey(made.get(), key.get());
  X509V3_CTX context;
  X509V3_set_ctx(&context, root.get(), made.get(), nullptr, nullptr, 0);
  const std::pair<int, std::string> extensions[] = {{NID_subject_alt_name, names},
                                                    {NID_basic_constraints, constraint}};
  for (const auto& [id, value] : extensions) {
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
    REQUIRE(extension != nullptr);
    X509_add_ext(made.get(), extension.get(), -1);
  }
  REQUIRE(X509_sign(made.get(), root_key.get(), EVP_sha256()) > 0);
  return made;
}

struct Pair {
  world::SeededRandom random{7};
  CertifiedKey authority = make_local_authority(now, random);
  LocalCertificates leaves = make_local_certificates(authority, now, random).value();
  CertifiedKey leaf{leaves.hosts, leaves.key};
  CertifiedKey addressed{leaves.hosts_and_addresses, leaves.key};
};

std::string problem(const Result<Unit, Error>& outcome) {
  return outcome.ok() ? "" : outcome.error().detail;
}

TEST_CASE(
    "local certificate: who trusts the root accepts this machine's names, and no other name") {
  const Pair pair;
  const Certificate root = certificate_of(pair.authority);
  const Certificate leaf = certificate_of(pair.addressed);
  for (const char* name : {"localhost", "127.0.0.1", "::1"}) {
    CAPTURE(name);
    CHECK_EQ(verdict(root.get(), leaf.get(), name), X509_V_OK);
  }
  for (const char* name : {"example.com", "localhost.example.com", "a.b.localhost"}) {
    CAPTURE(name);
    CHECK_EQ(verdict(root.get(), leaf.get(), name), X509_V_ERR_HOSTNAME_MISMATCH);
  }
  for (const char* address : {"127.0.0.2", "10.0.0.1", "::2"}) {
    CAPTURE(address);
    CHECK_EQ(verdict(root.get(), leaf.get(), address), X509_V_ERR_IP_ADDRESS_MISMATCH);
  }
}

TEST_CASE("local certificate: whoever asks for a host sees no address") {
  const Pair pair;
  const Certificate root = certificate_of(pair.authority);
  const Certificate leaf = certificate_of(pair.leaf);
  CHECK_EQ(verdict(root.get(), leaf.get(), "localhost"), X509_V_OK);
  CHECK_EQ(verdict(root.get(), leaf.get(), "127.0.0.1"), X509_V_ERR_IP_ADDRESS_MISMATCH);
  CHECK_EQ(verdict(root.get(), leaf.get(), "::1"), X509_V_ERR_IP_ADDRESS_MISMATCH);
}

TEST_CASE("local certificate: whoever trusts another root accepts nothing") {
  Pair pair;
  const CertifiedKey stranger = make_local_authority(now, pair.random);
  const Certificate root = certificate_of(stranger);
  const Certificate leaf = certificate_of(pair.leaf);
  CHECK_NE(verdict(root.get(), leaf.get(), "localhost"), X509_V_OK);
  CHECK_NE(problem(check_local_certificates(pair.leaves, stranger.certificate, this_month)), "");
  CHECK_EQ(problem(check_local_certificates(pair.leaves, pair.authority.certificate, this_month)),
           "");
}

TEST_CASE("local certificate: even with the root's key nobody can pretend to be another machine") {
  const Pair pair;
  const Certificate root = certificate_of(pair.authority);
  const auto verdict_on = [&](const char* names, const char* name) {
    return verdict(root.get(), forge(pair.authority, names, "CA:FALSE").get(), name);
  };
  CHECK_EQ(verdict_on("DNS:example.com", "example.com"), X509_V_ERR_PERMITTED_VIOLATION);
  CHECK_EQ(verdict_on("DNS:notlocalhost", "notlocalhost"), X509_V_ERR_PERMITTED_VIOLATION);
  CHECK_EQ(verdict_on("IP:10.0.0.1", "10.0.0.1"), X509_V_ERR_PERMITTED_VIOLATION);
  CHECK_EQ(verdict_on("IP:::2", "::2"), X509_V_ERR_PERMITTED_VIOLATION);
  CHECK_EQ(verdict_on("DNS:localhost,DNS:example.com", "localhost"),
           X509_V_ERR_PERMITTED_VIOLATION);
  CHECK_EQ(verdict_on("DNS:app.localhost", "app.localhost"), X509_V_OK);
  CHECK_EQ(verdict_on("IP:127.1.2.3", "127.1.2.3"), X509_V_OK);
}

TEST_CASE("local certificate: the root makes no further authorities, and a leaf is none") {
  const Pair pair;
  const Certificate root = certificate_of(pair.authority);
  CHECK_EQ(X509_get_pathlen(root.get()), 0);
  CHECK_EQ(X509_check_ca(root.get()), 1);
  CHECK_EQ(X509_check_ca(certificate_of(pair.leaf).get()), 0);
  CHECK_EQ(problem(check_local_authority(pair.authority, this_month)), "");
  CHECK_NE(problem(check_local_authority(pair.leaf, this_month)), "");
}

TEST_CASE(
    "local certificate: the periods are those that browsers accept, and count from both ends") {
  const Pair pair;
  const auto check = [&](Instant from, Instant until) {
    return problem(
        check_local_certificates(pair.leaves, pair.authority.certificate, {from, until}));
  };
  const Instant end = now - days(1) + local_certificate_lifetime;
  CHECK_EQ(check(now - days(1), end - seconds(1)), "");
  CHECK_EQ(check(now, end + seconds(1)), "certificate has expired");
  CHECK_EQ(check(now - days(1) - seconds(1), now), "certificate is not yet valid");
  CHECK_EQ(problem(check_local_authority(pair.authority,
                                         {now, now + local_authority_lifetime + seconds(1)})),
           "certificate has expired");
}

TEST_CASE("local certificate: a leaf does not outlive its root") {
  Pair pair;
  const Instant late = now + local_authority_lifetime - days(40);
  const auto leaf = make_local_certificates(pair.authority, late, pair.random);
  REQUIRE(leaf.ok());
  const auto check = [&](Instant until) {
    return problem(
        check_local_certificates(leaf.value(), pair.authority.certificate, {late, until}));
  };
  CHECK_EQ(check(late + days(39)), "");
  CHECK_EQ(check(late + days(41)), "certificate has expired");
}

TEST_CASE("local certificate: no two are alike, whatever the clock says") {
  Pair pair;
  const auto again = make_local_certificates(pair.authority, now, pair.random);
  REQUIRE(again.ok());
  CHECK_NE(again.value().hosts, pair.leaves.hosts);
  const Certificate one = certificate_of(pair.leaf);
  const Certificate other = certificate_of({again.value().hosts, again.value().key});
  CHECK_NE(ASN1_INTEGER_cmp(X509_get0_serialNumber(one.get()), X509_get0_serialNumber(other.get())),
           0);
}

TEST_CASE("local certificate: damaged files and foreign keys are refused, saying which") {
  Pair pair;
  LocalCertificates crossed = pair.leaves;
  crossed.key = pair.authority.key;
  CHECK_NE(problem(check_local_certificates(crossed, pair.authority.certificate, this_month)), "");
  CHECK_FALSE(
      make_local_certificates({pair.authority.certificate, pair.leaf.key}, now, pair.random).ok());
  for (const char* text : {"", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}) {
    CAPTURE(text);
    CHECK(problem(check_local_authority({text, pair.authority.key}, this_month))
              .starts_with("not a certificate"));
    CHECK(problem(check_local_authority({pair.authority.certificate, Secret(text)}, this_month))
              .starts_with("not a private key"));
    CHECK_NE(problem(check_local_certificates(pair.leaves, text, this_month)), "");
  }
}

}  // namespace
}  // namespace gatehouse::crypto
