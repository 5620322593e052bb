#include "server/crypto/certificate_key.h"

#include <doctest/doctest.h>

#include "server/crypto/self_signed.h"

namespace gatehouse::crypto {
namespace {

// Of RSA with 1024 bits, of Ed25519, and on the curve secp256k1.
constexpr std::string_view small_rsa =
    "MIIB9jCCAV+gAwIBAgIUGdBYnuAF5UHOSOxyu8nWpXwtitAwDQYJKoZIhvcNAQELBQAwDDEKMAgGA1UEAwwB"
    "eDAgFw0yNjExMjIwNzU4MzhaGA8yMTI2MTAyOTA3NTgzOFowDDEKMAgGA1UEAwwBeDCBnzANBgkqhkiG9w0B"
    "AQEFAAOBjQAwgYkCgYEAyBy82rcNHHlXaGVhrnsdaa5zFo5JrlLEIrpetSO7DvIRHPjp2Mbt4GWDPrnHooyD"
    "Q6QUX2b+tZzm6NAhAFpFtv9LPlLwCR7yMwzoS/ezZnnygGZlqVu4iK6s4OmAJGxit7eTb4T3ElhjgRZ3dDT+"
    "vGtGn0Bwfn+4KgJWOTIlN5MCAwEAAaNTMFEwHQYDVR0OBBYEFCNu4CqWPhCHwesGy/RemtmafsfCMB8GA1Ud"
    "IwQYMBaAFCNu4CqWPhCHwesGy/RemtmafsfCMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEA"
    "qx3w9OkPoW3cg/LLo4M0g1FOraPuX/jRktPWGh0ff/T7yGWV0vZrk5b3zpXeM+azyBXOi0Fwhou+XlDhiDw5"
    "7RgohsUKaX3kyDarhxavQPbM+hSIx2YPL7FvhPzUftqMqbup6pDjTsSB9zf/Wa+jKTvZ76QFjkqRdpMpLden"
    "dn0=";
constexpr std::string_view ed25519 =
    "MIIBLjCB4aADAgECAhRt03iP8oGuzlNSs9QhBuYXzhpmnzAFBgMrZXAwDDEKMAgGA1UEAwwBeDAgFw0yNjEx"
    "MjIwNzU4MzhaGA8yMTI2MTAyOTA3NTgzOFowDDEKMAgGA1UEAwwBeDAqMAUGAytlcAMhAAlSsDJepBCnORXv"
    "hdKrTrGWszEMjhqhaQB4Gua8rso1o1MwUTAdBgNVHQ4EFgQU/s7vwZVwN+XTNEX7G3L7eh2Et9EwHwYDVR0j"
    "BBgwFoAU/s7vwZVwN+XTNEX7G3L7eh2Et9EwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXADQQAKlPV8IYXNrq9x"
    "+5oC41e6W0KYp4yBobElGiCRgqFo6KnZG2pcDovuTPJpc1H+wIXirsBQouC9mqAiETzZw3gC";
constexpr std::string_view other_curve =
    "MIIBbDCCARKgAwIBAgIUHD0GPyKvYAEtAjuQ9Vyz6e/u//swCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBeDAg"
    "Fw0yNjExMjIwNzU4MzhaGA8yMTI2MTAyOTA3NTgzOFowDDEKMAgGA1UEAwwBeDBWMBAGByqGSM49AgEGBSuB"
    "BAAKA0IABEth2pwlCyINYjQ4nPNBLebzeQWa5a1A2H4Mgv7OwtHRHvGwTkgu3nNwTYtHGm6IOAh+t2SdMuFt"
    "4VLxZpUzc7+jUzBRMB0GA1UdDgQWBBQrXMsi4U0P31RyaMD4vR2ist/F2DAfBgNVHSMEGDAWgBQrXMsi4U0P"
    "31RyaMD4vR2ist/F2DAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIAsK59qNb2VZy4nVXos1"
    "woeQpw8NoXNkMFOL+DHOzuseAiEAl9y/6RJ6yzaFGoxXtDV3FRfGoduiNC+k258+UoRJZiY=";

const SigningKey& rsa_key() {
  static const SigningKey key = SigningKey::generate(SigningKeyKind::rsa_2048);
  return key;
}
CertificateTerms terms() {
  return {.common_name = "idp \xC3\xA5",
          .not_before = instant_from_ms(1'795'000'000'000),
          .not_after = instant_from_ms(1'995'000'000'000)};
}

TEST_CASE("certificate key: it verifies what the private key signed, and nothing else") {
  const Certificate made = make_self_signed(rsa_key(), terms()).take();
  REQUIRE(made.key != nullptr);
  CHECK(made.key->kind() == CertificateKey::Kind::rsa);
  const std::string signature = rsa_key().sign("data");
  CHECK(made.key->verify(DigestAlgorithm::sha256, "data", signature));
  CHECK_FALSE(made.key->verify(DigestAlgorithm::sha256, "date", signature));
  CHECK_FALSE(made.key->verify(DigestAlgorithm::sha512, "data", signature));
  CHECK_FALSE(made.key->verify(DigestAlgorithm::sha1, "data", signature));
  CHECK_FALSE(made.key->verify(DigestAlgorithm::sha256, "data", signature.substr(1)));
  CHECK_FALSE(made.key->verify(DigestAlgorithm::sha256, "data", '\0' + signature));
  CHECK_FALSE(made.key->verify(DigestAlgorithm::sha256, "data", ""));
  const SigningKey other = SigningKey::generate(SigningKeyKind::rsa_2048);
  CHECK_FALSE(made.key->verify(DigestAlgorithm::sha256, "data", other.sign("data")));
}

TEST_CASE("certificate key: certificates of weak and foreign keys are read, but verify nothing") {
  for (const std::string_view text : {small_rsa, ed25519, other_curve}) {
    const auto found = parse_certificates(text);
    REQUIRE(found.ok());
    CHECK(found.value()[0].key == nullptr);
  }
}

TEST_CASE("self-signed: names and dates stand in the certificate as they were given") {
  const Certificate made = make_self_signed(rsa_key(), terms()).take();
  CHECK(made.subject == "CN=idp \xC3\xA5");
  CHECK(made.issuer == made.subject);
  CHECK(made.not_before == terms().not_before);
  CHECK(made.not_after == terms().not_after);
  CHECK(parse_certificates(made.pem()).take()[0].der == made.der);
  CHECK(make_self_signed(rsa_key(), terms()).take().der != made.der);  // another serial number
}

TEST_CASE("self-signed: a key that is not RSA, and a name that does not fit, are refused") {
  CHECK_FALSE(make_self_signed(SigningKey::generate(SigningKeyKind::p256), terms()).ok());
  for (const std::string& name : {std::string(), std::string(65, 'x'), std::string("\xff")}) {
    CertificateTerms wrong = terms();
    wrong.common_name = name;
    CHECK_FALSE(make_self_signed(rsa_key(), wrong).ok());
  }
}

}  // namespace
}  // namespace gatehouse::crypto
