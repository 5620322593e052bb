#include "server/crypto/signature.h"

#include <doctest/doctest.h>

#include <array>
#include <thread>
#include <vector>

namespace gatehouse::crypto {
namespace {

constexpr std::array all_kinds = {SigningKeyKind::rsa_2048, SigningKeyKind::p256,
                                  SigningKeyKind::ed25519};

TEST_CASE("signature: each kind of key signs and verifies, over nothing and over much") {
  for (const auto kind : all_kinds) {
    const SigningKey key = SigningKey::generate(kind);
    const PublicKey other = SigningKey::generate(kind).public_key();
    CAPTURE(algorithm_name(key.algorithm()));
    for (const std::string& data : {std::string(), std::string("x"), std::string(100'000, 'y')}) {
      const std::string signature = key.sign(data);
      CHECK(key.public_key().verify(data, signature));
      CHECK_FALSE(other.verify(data, signature));
      CHECK_FALSE(key.public_key().verify(data + "x", signature));
    }
  }
}

TEST_CASE("signature: a changed, cut, longer, empty or zero signature is refused") {
  for (const auto kind : all_kinds) {
    const SigningKey key = SigningKey::generate(kind);
    const PublicKey verifier = key.public_key();
    const std::string signature = key.sign("data");
    CAPTURE(algorithm_name(key.algorithm()));
    for (std::size_t i = 0; i < signature.size(); ++i) {
      std::string changed = signature;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      CHECK_FALSE(verifier.verify("data", changed));
    }
    CHECK_FALSE(verifier.verify("data", signature.substr(1)));
    CHECK_FALSE(verifier.verify("data", signature.substr(0, signature.size() - 1)));
    CHECK_FALSE(verifier.verify("data", signature + '\0'));
    CHECK_FALSE(verifier.verify("data", ""));
    CHECK_FALSE(verifier.verify("data", std::string(signature.size(), '\0')));
    CHECK_FALSE(verifier.verify("data", std::string(signature.size(), '\xff')));
  }
}

TEST_CASE("signature: ES256 is r and s side by side, whatever leading zeros they have") {
  const SigningKey key = SigningKey::generate(SigningKeyKind::p256);
  for (int i = 0; i < 600; ++i) {  // one in 128 has a zero byte in front of r or s
    const std::string data = std::to_string(i);
    const std::string signature = key.sign(data);
    REQUIRE_EQ(signature.size(), 64);
    REQUIRE(key.public_key().verify(data, signature));
  }
}

TEST_CASE("signature: a private key survives PKCS#8, and damaged PKCS#8 is refused") {
  for (const auto kind : all_kinds) {
    const SigningKey key = SigningKey::generate(kind);
    const Secret der = key.export_pkcs8();
    const SigningKey again = SigningKey::import_pkcs8(der).value();
    CHECK(again.algorithm() == key.algorithm());
    CHECK(again.public_key().parts() == key.public_key().parts());
    CHECK(key.public_key().verify("data", again.sign("data")));
    const std::string bytes(der.reveal());
    CHECK_FALSE(SigningKey::import_pkcs8(Secret(bytes + "x")).ok());
    CHECK_FALSE(SigningKey::import_pkcs8(Secret(bytes.substr(0, bytes.size() - 1))).ok());
    CHECK_FALSE(SigningKey::import_pkcs8(Secret()).ok());
  }
}

TEST_CASE("signature: a public key survives its numbers") {
  for (const auto kind : all_kinds) {
    const SigningKey key = SigningKey::generate(kind);
    const PublicKeyParts parts = key.public_key().parts();
    const PublicKey again = PublicKey::import(parts).value();
    CHECK(again.parts() == parts);
    CHECK(again.verify("data", key.sign("data")));
  }
}

TEST_CASE("signature: unsound public keys are refused") {
  const auto rsa =
      std::get<RsaPublicParts>(SigningKey::generate(SigningKeyKind::rsa_2048).public_key().parts());
  auto refuse_rsa = [](std::string modulus, std::string exponent) {
    const RsaPublicParts parts{.modulus = std::move(modulus), .exponent = std::move(exponent)};
    CHECK_FALSE(PublicKey::import(parts).ok());
  };
  refuse_rsa("", rsa.exponent);
  refuse_rsa(rsa.modulus, "");
  refuse_rsa(rsa.modulus, "\x01");
  refuse_rsa(rsa.modulus, "\x02");
  refuse_rsa(rsa.modulus, std::string(5, '\x01'));
  refuse_rsa('\0' + rsa.modulus, rsa.exponent);
  refuse_rsa(rsa.modulus.substr(0, 128), rsa.exponent);
  refuse_rsa(rsa.modulus.substr(0, 255) + '\0', rsa.exponent);
  refuse_rsa(std::string(1024, '\xff'), rsa.exponent);

  auto p256 =
      std::get<P256PublicParts>(SigningKey::generate(SigningKeyKind::p256).public_key().parts());
  CHECK_FALSE(PublicKey::import(P256PublicParts{.x = p256.x, .y = p256.x}).ok());
  CHECK_FALSE(PublicKey::import(P256PublicParts{.x = p256.x, .y = p256.y.substr(1)}).ok());
  CHECK_FALSE(PublicKey::import(P256PublicParts{.x = '\0' + p256.x, .y = p256.y}).ok());
  const std::string zero(32, '\0');
  CHECK_FALSE(PublicKey::import(P256PublicParts{.x = zero, .y = zero}).ok());
  CHECK_FALSE(PublicKey::import(Ed25519PublicParts{.x = zero.substr(1)}).ok());
}

TEST_CASE("signature: algorithms have the names of JOSE, and no others exist") {
  CHECK(parse_algorithm("RS256") == SignatureAlgorithm::rs256);
  CHECK(parse_algorithm("ES256") == SignatureAlgorithm::es256);
  CHECK(parse_algorithm("EdDSA") == SignatureAlgorithm::eddsa);
  for (const char* wrong : {"", "none", "None", "HS256", "rs256", "RS512", "PS256", "RS256 "}) {
    CHECK_FALSE(parse_algorithm(wrong).has_value());
  }
}

TEST_CASE("signature: one key signs and verifies on many threads at once") {
  for (const auto kind : {SigningKeyKind::p256, SigningKeyKind::rsa_2048}) {
    const SigningKey key = SigningKey::generate(kind);
    const PublicKey verifier = key.public_key();
    std::array<int, 4> genuine = {};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < genuine.size(); ++t) {
      threads.emplace_back([&key, &verifier, &genuine, t] {
        for (int i = 0; i < 50; ++i) {
          const std::string data = std::to_string(t * 1000 + static_cast<std::size_t>(i));
          genuine[t] += verifier.verify(data, key.sign(data)) ? 1 : 0;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    for (const int count : genuine) CHECK_EQ(count, 50);
  }
}

}  // namespace
}  // namespace gatehouse::crypto
