#include "server/crypto/seal.h"

#include "server/core/ensure.h"
#include "server/crypto/gcm.h"
#include "server/crypto/hmac.h"

namespace gatehouse::crypto {
namespace {

constexpr char version = 1;
constexpr std::size_t key_id_bytes = 4;
constexpr std::size_t head_bytes = 1 + key_id_bytes + xaes_nonce_bytes;

// Head and place, told apart by the head's fixed length.
std::string associated_data(std::string_view head, std::string_view place) {
  std::string data(head);
  data += place;
  return data;
}

}  // namespace

SealingKey::SealingKey(Secret key) : key_(std::move(key)) {
  ENSURE(key_.size() == aes_256_key_bytes);
  key_id_ = hmac_sha256(key_.reveal(), "gatehouse sealing key id").substr(0, key_id_bytes);
}

std::string SealingKey::seal(Random& random, const Secret& plaintext,
                             std::string_view place) const {
  std::string sealed;
  sealed.reserve(head_bytes + plaintext.size() + gcm_tag_bytes);
  sealed += version;
  sealed += key_id_;
  const std::string nonce = random_bytes(random, xaes_nonce_bytes);
  sealed += nonce;
  sealed += xaes_encrypt(key_, {.nonce = nonce, .associated_data = associated_data(sealed, place)},
                         plaintext.reveal());
  return sealed;
}

Result<Secret, Error> SealingKey::open(std::string_view sealed, std::string_view place) const {
  if (sealed.size() < head_bytes + gcm_tag_bytes || sealed.front() != version) {
    return Error(ErrorCode::internal, "not a sealed string of a known version");
  }
  if (sealed.substr(1, key_id_bytes) != key_id_) {
    return Error(ErrorCode::failed_precondition, "sealed with another master key");
  }
  const std::string_view head = sealed.substr(0, head_bytes);
  const std::string data = associated_data(head, place);
  return xaes_decrypt(key_, {.nonce = head.substr(1 + key_id_bytes), .associated_data = data},
                      sealed.substr(head_bytes));
}

}  // namespace gatehouse::crypto
