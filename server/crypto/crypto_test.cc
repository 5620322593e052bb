#include <doctest/doctest.h>

#include "server/crypto/gcm.h"
#include "server/crypto/hash.h"
#include "server/crypto/hkdf.h"
#include "server/crypto/hmac.h"
#include "server/crypto/master_key.h"
#include "server/crypto/seal.h"
#include "server/encoding/hex.h"

namespace gatehouse::crypto {
namespace {

std::string hex(std::string_view bytes) { return hex_encode(bytes); }
std::string unhex(std::string_view text) { return hex_decode(text).value(); }

MasterKey master_key(std::string_view seed) {
  return MasterKey::from_bytes(Secret(sha256(seed))).value();
}

TEST_CASE("hash: the examples of FIPS 180-4 hold") {
  CHECK_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK_EQ(hex(sha384("abc")),
           "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
           "8086072ba1e7cc2358baeca134c825a7");
  CHECK_EQ(hex(sha512("abc")),
           "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
           "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_CASE("hmac: the cases 1, 2 and 6 of RFC 4231 hold") {
  CHECK_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
           "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
           "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK_EQ(hex(hmac_sha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")),
           "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("hmac: an empty key is a key, not the key of the call before") {
  const std::string first = hmac_sha256("", "");
  CHECK_EQ(hex(first), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  CHECK_NE(hmac_sha256("key", ""), first);
  CHECK_EQ(hmac_sha256(std::string_view(), ""), first);
}

TEST_CASE("hkdf: the cases 1 and 3 of RFC 5869 hold") {
  const std::string key(22, '\x0b');
  CHECK_EQ(hex(hkdf_sha256({.key = key,
                            .salt = unhex("000102030405060708090a0b0c"),
                            .label = unhex("f0f1f2f3f4f5f6f7f8f9")},
                           42)
                   .reveal()),
           "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  CHECK_EQ(hex(hkdf_sha256({.key = key, .salt = {}, .label = {}}, 42).reveal()),
           "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST_CASE("gcm: the cases 13, 14 and 16 of the GCM specification hold") {
  const Secret zero_key(std::string(32, '\0'));
  const std::string zero_nonce(12, '\0');
  CHECK_EQ(hex(gcm_encrypt(zero_key, {.nonce = zero_nonce, .associated_data = {}}, "")),
           "530f8afbc74536b9a963b4f1c4cb738b");
  CHECK_EQ(hex(gcm_encrypt(zero_key, {.nonce = zero_nonce, .associated_data = {}},
                           std::string(16, '\0'))),
           "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  const Secret key(unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const std::string nonce = unhex("cafebabefacedbaddecaf888");
  const std::string data = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string plaintext = unhex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const std::string sealed = gcm_encrypt(key, {.nonce = nonce, .associated_data = data}, plaintext);
  CHECK_EQ(hex(sealed),
           "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
           "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
           "76fc6ece0f4e1768cddf8853bb2d551b");
  CHECK_EQ(gcm_decrypt(key, {.nonce = nonce, .associated_data = data}, sealed).value().reveal(),
           plaintext);
  CHECK_FALSE(gcm_decrypt(key, {.nonce = nonce, .associated_data = "other"}, sealed).ok());
  CHECK_FALSE(gcm_decrypt(key, {.nonce = nonce, .associated_data = data}, "short").ok());
}

TEST_CASE("gcm: the examples of XAES-256-GCM hold for both values of the subkey's carry") {
  const std::string nonce = "ABCDEFGHIJKLMNOPQRSTUVWX";
  const Secret ones(std::string(32, '\x01'));
  CHECK_EQ(hex(xaes_encrypt(ones, {.nonce = nonce, .associated_data = {}}, "XAES-256-GCM")),
           "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271");
  const Secret threes(std::string(32, '\x03'));
  const AeadInput input = {.nonce = nonce, .associated_data = "c2sp.org/XAES-256-GCM"};
  const std::string sealed = xaes_encrypt(threes, input, "XAES-256-GCM");
  CHECK_EQ(hex(sealed), "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d");
  CHECK_EQ(xaes_decrypt(threes, input, sealed).value().reveal(), "XAES-256-GCM");
  CHECK_FALSE(xaes_decrypt(ones, input, sealed).ok());
}

TEST_CASE("seal: what was sealed comes back, and never twice the same bytes") {
  OsRandom random;
  const SealingKey key = master_key("one").sealing_key("seal");
  const Secret secret(std::string("a private key"));
  const std::string sealed = key.seal(random, secret, "keys|1");
  CHECK_EQ(key.open(sealed, "keys|1").value().reveal(), "a private key");
  CHECK_NE(key.seal(random, secret, "keys|1"), sealed);
  CHECK_EQ(sealed.find("private"), std::string::npos);
  const std::string nothing = key.seal(random, Secret(), "keys|1");
  CHECK(key.open(nothing, "keys|1").value().empty());
}

TEST_CASE("seal: one flipped bit anywhere, a cut anywhere and another place are refused") {
  OsRandom random;
  const SealingKey key = master_key("one").sealing_key("seal");
  const std::string sealed = key.seal(random, Secret(std::string("secret")), "keys|1");
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    CAPTURE(bit);
    CHECK_FALSE(key.open(changed, "keys|1").ok());
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    CHECK_FALSE(key.open(sealed.substr(0, size), "keys|1").ok());
  }
  CHECK_FALSE(key.open(sealed + "x", "keys|1").ok());
  CHECK(key.open(sealed, "keys|2").error().code == ErrorCode::internal);
}

TEST_CASE("seal: another master key, and another label of the same, are told apart from damage") {
  OsRandom random;
  const MasterKey master = master_key("one");
  const std::string sealed =
      master.sealing_key("seal").seal(random, Secret(std::string("secret")), "p");
  CHECK(master_key("two").sealing_key("seal").open(sealed, "p").error().code ==
        ErrorCode::failed_precondition);
  CHECK(master.sealing_key("cookie").open(sealed, "p").error().code ==
        ErrorCode::failed_precondition);
}

TEST_CASE("master key: 32 bytes that could be random, nothing else") {
  CHECK(MasterKey::from_bytes(Secret(sha256("x"))).ok());
  CHECK_FALSE(MasterKey::from_bytes(Secret()).ok());
  CHECK_FALSE(MasterKey::from_bytes(Secret(std::string(31, 'x'))).ok());
  CHECK_FALSE(MasterKey::from_bytes(Secret(sha256("x") + "x")).ok());
  CHECK_FALSE(MasterKey::from_bytes(Secret(std::string(32, '\0'))).ok());
}

TEST_CASE("master key: keys depend on the label and on the master, and stay the same for ever") {
  const MasterKey master = master_key("one");
  CHECK(equal_in_constant_time(master.derive("cookie").reveal(), master.derive("cookie").reveal()));
  CHECK_NE(hex(master.derive("cookie").reveal()), hex(master.derive("refresh").reveal()));
  CHECK_NE(hex(master.derive("cookie").reveal()), hex(master_key("two").derive("cookie").reveal()));
  // What was sealed yesterday opens tomorrow: this value may never change.
  CHECK_EQ(hex(master.derive("seal").reveal()),
           "725388e3a43ca9e48747629fb45e44d257faa8108d1b3545ff6eb426e903d31e");
}

}  // namespace
}  // namespace gatehouse::crypto
