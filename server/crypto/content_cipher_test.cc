#include "server/crypto/content_cipher.h"

#include <doctest/doctest.h>

#include "server/crypto/rsa_oaep.h"
#include "server/crypto/self_signed.h"
#include "server/encoding/hex.h"

namespace gatehouse::crypto {
namespace {

std::string hex(std::string_view text) { return hex_decode(text).value(); }

TEST_CASE("content cipher: GCM is that of the standard's own example") {
  // Test case 3 of the submission to NIST.
  const Secret key(hex("feffe9928665731c6d6a8f9467308308"));
  const std::string text =
      hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255");
  const std::string sealed =
      hex("cafebabefacedbaddecaf888"
          "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
          "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"
          "4d5c2af327cd64a62cf35abd2ba6fab4");
  CHECK(decrypt_content(ContentMode::gcm, key, sealed).take() == text);
  std::string changed = sealed;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  CHECK_FALSE(decrypt_content(ContentMode::gcm, key, changed).ok());
}

TEST_CASE("content cipher: CBC is that of the standard's own example") {
  // [NIST SP 800-38A §F.2.1], its second block: the last byte of the text is no padding.
  const Secret key(hex("2b7e151628aed2a6abf7158809cf4f3c"));
  const std::string sealed =
      hex("000102030405060708090a0b0c0d0e0f"
          "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2");
  CHECK_FALSE(decrypt_content(ContentMode::cbc, key, sealed).ok());
  // Its first byte is made to be 0x07 by the IV, where it counts as padding.
  const std::string padded =
      hex("000102030405060708090a0b0c0d0e22"
          "7649abac8119b246cee98e9b12e9197d");
  CHECK(decrypt_content(ContentMode::cbc, key, padded).take() == hex("6bc1bee22e409f96e9"));
}

TEST_CASE("content cipher: every length comes back, under keys of every size") {
  for (const ContentMode mode : {ContentMode::gcm, ContentMode::cbc}) {
    for (const std::size_t bytes : {16U, 24U, 32U}) {
      const Secret key = make_content_key(bytes);
      const Secret other = make_content_key(bytes);
      for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 1000U}) {
        const std::string text(size, 'x');
        const std::string sealed = encrypt_content(mode, key, text);
        CHECK(decrypt_content(mode, key, sealed).take() == text);
        CHECK(encrypt_content(mode, key, text) != sealed);
        const auto wrong = decrypt_content(mode, other, sealed);
        CHECK((!wrong.ok() || (mode == ContentMode::cbc && wrong.value() != text)));
        CHECK_FALSE(decrypt_content(mode, key, sealed.substr(0, 15)).ok());
      }
    }
  }
}

TEST_CASE("OAEP: a key comes back where both sides say the same, and nowhere else") {
  const SigningKey key = SigningKey::generate(SigningKeyKind::rsa_2048);
  const Certificate recipient =
      make_self_signed(key, {.common_name = "sp",
                             .not_before = instant_from_ms(1'795'000'000'000),
                             .not_after = instant_from_ms(1'995'000'000'000)})
          .take();
  const Secret secret("0123456789abcdef");
  const auto opened = [](const Secret& with, const OaepParameters& how, std::string_view octets) {
    const auto found = rsa_oaep_decrypt(with, how, octets);
    return found.ok() ? std::string(found.value().reveal()) : std::string("refused");
  };
  const OaepParameters plain;
  const OaepParameters other = {
      .digest = DigestAlgorithm::sha256, .mask_digest = DigestAlgorithm::sha512, .label = "label"};
  const Secret der = key.export_pkcs8();
  const std::string sealed = rsa_oaep_encrypt(*recipient.key, plain, secret).take();
  CHECK(opened(der, plain, sealed) == secret.reveal());
  CHECK(opened(der, other, sealed) == "refused");
  CHECK(opened(der, plain, sealed.substr(1)) == "refused");
  CHECK(opened(der, plain, std::string(256, '\0')) == "refused");
  CHECK(opened(der, plain, std::string(256, '\xff')) == "refused");
  CHECK(opened(Secret("no key"), plain, sealed) == "refused");
  CHECK(opened(SigningKey::generate(SigningKeyKind::rsa_2048).export_pkcs8(), plain, sealed) ==
        "refused");
  CHECK(opened(SigningKey::generate(SigningKeyKind::p256).export_pkcs8(), plain, sealed) ==
        "refused");
  const std::string labelled = rsa_oaep_encrypt(*recipient.key, other, secret).take();
  CHECK(opened(der, other, labelled) == secret.reveal());
  OaepParameters unlabelled = other;
  unlabelled.label = "";
  CHECK(opened(der, unlabelled, labelled) == "refused");
  CHECK_FALSE(rsa_oaep_encrypt(*recipient.key, plain, Secret(std::string(300, 'x'))).ok());
}

}  // namespace
}  // namespace gatehouse::crypto
