#include "server/crypto/content_cipher.h"

#include <openssl/rand.h>

#include <climits>

#include "server/core/ensure.h"
#include "server/crypto/gcm.h"
#include "server/crypto/handles.h"

namespace gatehouse::crypto {
namespace {

constexpr std::size_t block_bytes = 16;

Cipher fetch(ContentMode mode, std::size_t key_bytes) {
  ENSURE(key_bytes == 16 || key_bytes == 24 || key_bytes == 32);
  const std::string name =
      "AES-" + std::to_string(8 * key_bytes) + (mode == ContentMode::gcm ? "-GCM" : "-CBC");
  Cipher cipher(EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr));
  ENSURE(cipher != nullptr);
  return cipher;
}

std::string random_octets(std::size_t count) {
  std::string octets(count, '\0');
  ENSURE(RAND_bytes(bytes_of(octets), static_cast<int>(count)) == 1);
  return octets;
}

// The last byte says how many there are [XML Encryption 1.1 §5.2.1].
std::string padded(std::string_view text) {
  const std::size_t count = block_bytes - text.size() % block_bytes;
  return std::string(text).append(count - 1, '\0').append(1, static_cast<char>(count));
}

Error refused() {
  (void)take_openssl_error();
  return {ErrorCode::invalid_argument, "encrypted content was changed, or has another key"};
}

Result<std::string, Error> decrypt_gcm(const Secret& key, std::string_view sealed) {
  if (sealed.size() < gcm_nonce_bytes + gcm_tag_bytes) return refused();
  const std::string_view nonce = sealed.substr(0, gcm_nonce_bytes);
  std::string tag(sealed.substr(sealed.size() - gcm_tag_bytes));
  const std::string_view body =
      sealed.substr(nonce.size(), sealed.size() - nonce.size() - tag.size());
  const Cipher cipher = fetch(ContentMode::gcm, key.size());
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string text(body.size(), '\0');
  int written = 0;
  ENSURE(context != nullptr &&
         EVP_DecryptInit_ex2(context.get(), cipher.get(), bytes_of(key.reveal()), bytes_of(nonce),
                             nullptr) == 1);
  ENSURE(EVP_DecryptUpdate(context.get(), bytes_of(text), &written, bytes_of(body),
                           static_cast<int>(body.size())) == 1);
  ENSURE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, gcm_tag_bytes, tag.data()) == 1);
  unsigned char rest[block_bytes];
  if (EVP_DecryptFinal_ex(context.get(), rest, &written) != 1) return refused();
  return text;
}

Result<std::string, Error> decrypt_cbc(const Secret& key, std::string_view sealed) {
  if (sealed.size() < 2 * block_bytes || sealed.size() % block_bytes != 0) return refused();
  const std::string_view body = sealed.substr(block_bytes);
  const Cipher cipher = fetch(ContentMode::cbc, key.size());
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string text(body.size(), '\0');
  int written = 0;
  ENSURE(context != nullptr &&
         EVP_DecryptInit_ex2(context.get(), cipher.get(), bytes_of(key.reveal()), bytes_of(sealed),
                             nullptr) == 1);
  ENSURE(EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1);
  ENSURE(EVP_DecryptUpdate(context.get(), bytes_of(text), &written, bytes_of(body),
                           static_cast<int>(body.size())) == 1 &&
         written == static_cast<int>(text.size()));
  const auto count = static_cast<unsigned char>(text.back());
  if (count == 0 || count > block_bytes) return refused();
  text.resize(text.size() - count);
  return text;
}

}  // namespace

Secret make_content_key(std::size_t bytes) { return Secret(random_octets(bytes)); }

std::string encrypt_content(ContentMode mode, const Secret& key, std::string_view plaintext) {
  ENSURE(plaintext.size() < INT_MAX / 2);
  const Cipher cipher = fetch(mode, key.size());
  const std::string text = mode == ContentMode::cbc ? padded(plaintext) : std::string(plaintext);
  const std::string nonce = random_octets(mode == ContentMode::cbc ? block_bytes : gcm_nonce_bytes);
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string out(text.size(), '\0');
  int written = 0;
  ENSURE(context != nullptr &&
         EVP_EncryptInit_ex2(context.get(), cipher.get(), bytes_of(key.reveal()),
                             bytes_of(std::string_view(nonce)), nullptr) == 1 &&
         EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1);
  ENSURE(EVP_EncryptUpdate(context.get(), bytes_of(out), &written, bytes_of(std::string_view(text)),
                           static_cast<int>(text.size())) == 1);
  unsigned char rest[block_bytes];
  ENSURE(EVP_EncryptFinal_ex(context.get(), rest, &written) == 1);
  if (mode == ContentMode::cbc) return nonce + out;
  std::string tag(gcm_tag_bytes, '\0');
  ENSURE(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, gcm_tag_bytes, tag.data()) == 1);
  return nonce + out + tag;
}

Result<std::string, Error> decrypt_content(ContentMode mode, const Secret& key,
                                           std::string_view sealed) {
  ENSURE(sealed.size() < INT_MAX / 2);
  return mode == ContentMode::gcm ? decrypt_gcm(key, sealed) : decrypt_cbc(key, sealed);
}

}  // namespace gatehouse::crypto
