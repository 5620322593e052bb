// Proof Key for Code Exchange [RFC 7636], method S256 only.

#pragma once

#include <string_view>

namespace gatehouse::oidc {

// 43 characters of base64url: the only shape an S256 challenge can have [RFC 7636 §4.2].
[[nodiscard]] bool is_code_challenge(std::string_view challenge);
// 43 to 128 unreserved characters [RFC 7636 §4.1].
[[nodiscard]] bool is_code_verifier(std::string_view verifier);
// BASE64URL(SHA256(verifier)) == challenge, in constant time [RFC 7636 §4.6].
[[nodiscard]] bool verifier_matches(std::string_view verifier, std::string_view challenge);

}  // namespace gatehouse::oidc
