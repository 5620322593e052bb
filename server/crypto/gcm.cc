#include "server/crypto/gcm.h"

#include <climits>

#include "server/core/ensure.h"
#include "server/crypto/handles.h"

namespace gatehouse::crypto {
namespace {

constexpr std::size_t block_bytes = 16;

// One block of raw AES under a key schedule that is already set.
std::string encrypt_block(EVP_CIPHER_CTX* context, const std::string& block) {
  std::string out(block_bytes, '\0');
  int written = 0;
  ENSURE(EVP_EncryptUpdate(context, bytes_of(out), &written, bytes_of(std::string_view(block)),
                           static_cast<int>(block.size())) == 1 &&
         written == static_cast<int>(block_bytes));
  return out;
}

// Doubling in GF(2^128), as CMAC makes its subkeys [NIST SP 800-38B §6.1].
std::string doubled(const std::string& block) {
  std::string out(block_bytes, '\0');
  unsigned carry = 0;
  for (std::size_t i = block_bytes; i-- > 0;) {
    const unsigned byte = static_cast<unsigned char>(block[i]);
    out[i] = static_cast<char>(((byte << 1) | carry) & 0xff);
    carry = byte >> 7;
  }
  out[block_bytes - 1] = static_cast<char>(out[block_bytes - 1] ^ static_cast<char>(carry * 0x87));
  return out;
}

// The key for one message: CMAC in counter mode over the first half of the nonce, which fits in a
// single block, so each half of the key is one block of AES.
Secret message_key(const Secret& key, std::string_view nonce_half) {
  ENSURE(key.size() == aes_256_key_bytes && nonce_half.size() == xaes_nonce_bytes / 2);
  const CipherContext context(EVP_CIPHER_CTX_new());
  ENSURE(context != nullptr &&
         EVP_EncryptInit_ex2(context.get(), algorithms().aes_256_ecb.get(), bytes_of(key.reveal()),
                             nullptr, nullptr) == 1 &&
         EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1);
  const Secret subkey(doubled(encrypt_block(context.get(), std::string(block_bytes, '\0'))));
  std::string derived;
  derived.reserve(aes_256_key_bytes);
  for (const char counter : {'\1', '\2'}) {
    std::string block = {'\0', counter, 'X', '\0'};
    block += nonce_half;
    for (std::size_t i = 0; i < block_bytes; ++i) {
      block[i] = static_cast<char>(block[i] ^ subkey.reveal()[i]);
    }
    derived += encrypt_block(context.get(), block);
  }
  return Secret(std::move(derived));
}

}  // namespace

std::string gcm_encrypt(const Secret& key, const AeadInput& input, std::string_view plaintext) {
  ENSURE(key.size() == aes_256_key_bytes && input.nonce.size() == gcm_nonce_bytes);
  ENSURE(plaintext.size() <= INT_MAX - gcm_tag_bytes && input.associated_data.size() <= INT_MAX);
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string out(plaintext.size() + gcm_tag_bytes, '\0');
  int written = 0;
  ENSURE(context != nullptr &&
         EVP_EncryptInit_ex2(context.get(), algorithms().aes_256_gcm.get(), bytes_of(key.reveal()),
                             bytes_of(input.nonce), nullptr) == 1);
  ENSURE(EVP_EncryptUpdate(context.get(), nullptr, &written, bytes_of(input.associated_data),
                           static_cast<int>(input.associated_data.size())) == 1);
  ENSURE(EVP_EncryptUpdate(context.get(), bytes_of(out), &written, bytes_of(plaintext),
                           static_cast<int>(plaintext.size())) == 1 &&
         written == static_cast<int>(plaintext.size()));
  ENSURE(EVP_EncryptFinal_ex(context.get(), bytes_of(out) + plaintext.size(), &written) == 1);
  ENSURE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, gcm_tag_bytes,
                             bytes_of(out) + plaintext.size()) == 1);
  return out;
}

Result<Secret, Error> gcm_decrypt(const Secret& key, const AeadInput& input,
                                  std::string_view ciphertext) {
  ENSURE(key.size() == aes_256_key_bytes && input.nonce.size() == gcm_nonce_bytes);
  if (ciphertext.size() < gcm_tag_bytes || ciphertext.size() > INT_MAX) {
    return Error(ErrorCode::internal, "sealed bytes are too short to be whole");
  }
  ENSURE(input.associated_data.size() <= INT_MAX);
  const std::string_view body = ciphertext.substr(0, ciphertext.size() - gcm_tag_bytes);
  std::string tag(ciphertext.substr(body.size()));
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string plaintext(body.size(), '\0');
  int written = 0;
  ENSURE(context != nullptr &&
         EVP_DecryptInit_ex2(context.get(), algorithms().aes_256_gcm.get(), bytes_of(key.reveal()),
                             bytes_of(input.nonce), nullptr) == 1);
  ENSURE(EVP_DecryptUpdate(context.get(), nullptr, &written, bytes_of(input.associated_data),
                           static_cast<int>(input.associated_data.size())) == 1);
  ENSURE(EVP_DecryptUpdate(context.get(), bytes_of(plaintext), &written, bytes_of(body),
                           static_cast<int>(body.size())) == 1);
  ENSURE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, gcm_tag_bytes, tag.data()) == 1);
  Secret opened(std::move(plaintext));  // wiped here if the tag is wrong
  unsigned char rest[block_bytes];
  if (EVP_DecryptFinal_ex(context.get(), rest, &written) != 1) {
    return Error(ErrorCode::internal, "sealed bytes were changed, or belong elsewhere");
  }
  return opened;
}

std::string xaes_encrypt(const Secret& key, const AeadInput& input, std::string_view plaintext) {
  ENSURE(input.nonce.size() == xaes_nonce_bytes);
  const Secret derived = message_key(key, input.nonce.substr(0, xaes_nonce_bytes / 2));
  return gcm_encrypt(derived, {input.nonce.substr(xaes_nonce_bytes / 2), input.associated_data},
                     plaintext);
}

Result<Secret, Error> xaes_decrypt(const Secret& key, const AeadInput& input,
                                   std::string_view ciphertext) {
  ENSURE(input.nonce.size() == xaes_nonce_bytes);
  const Secret derived = message_key(key, input.nonce.substr(0, xaes_nonce_bytes / 2));
  return gcm_decrypt(derived, {input.nonce.substr(xaes_nonce_bytes / 2), input.associated_data},
                     ciphertext);
}

}  // namespace gatehouse::crypto
