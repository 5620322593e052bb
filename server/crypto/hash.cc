#include "server/crypto/hash.h"

#include "server/core/ensure.h"
#include "server/crypto/handles.h"

namespace gatehouse::crypto {
namespace {

std::string digest_of(std::string_view data, const Digest& algorithm) {
  std::string digest(static_cast<std::size_t>(EVP_MD_get_size(algorithm.get())), '\0');
  ENSURE(EVP_Digest(data.data(), data.size(), bytes_of(digest), nullptr, algorithm.get(),
                    nullptr) == 1);
  return digest;
}

}  // namespace

std::string sha256(std::string_view data) { return digest_of(data, algorithms().sha256); }
std::string sha384(std::string_view data) { return digest_of(data, algorithms().sha384); }
std::string sha512(std::string_view data) { return digest_of(data, algorithms().sha512); }

std::string digest(DigestAlgorithm algorithm, std::string_view data) {
  return digest_of(data, digest_handle(algorithm));
}

}  // namespace gatehouse::crypto
