#include "server/oidc/pkce.h"

#include <algorithm>

#include "server/core/secret.h"
#include "server/crypto/hash.h"
#include "server/encoding/base64.h"

namespace gatehouse::oidc {
namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

bool is_code_challenge(std::string_view challenge) {
  return challenge.size() == 43 && std::ranges::all_of(challenge, [](char c) {
           return is_alphanumeric(c) || c == '-' || c == '_';
         });
}

bool is_code_verifier(std::string_view verifier) {
  return verifier.size() >= 43 && verifier.size() <= 128 &&
         std::ranges::all_of(verifier, [](char c) {
           return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
         });
}

bool verifier_matches(std::string_view verifier, std::string_view challenge) {
  return equal_in_constant_time(base64url_encode(crypto::sha256(verifier)), challenge);
}

}  // namespace gatehouse::oidc
