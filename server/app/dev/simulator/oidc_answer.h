// What a simulated OpenID Connect provider says of a person: the claims that the profile's real
// product sends, in an ID token that ends as the outcome says.

#pragma once

#include "server/app/dev/simulator/saml_answer.h"

namespace gatehouse::app::dev {

struct OidcOrder {
  ProfileName profile;
  std::string issuer;
  std::string tenant;
  std::string client_id;
  std::string nonce;  // empty: none was asked for
  Person person;
  Outcome outcome = Outcome::success;
  Instant now;
};

inline constexpr Duration simulated_token_lifetime = minutes(5);

// JSON objects.
[[nodiscard]] std::string id_token_claims(const OidcOrder& order, std::string_view access_token);
[[nodiscard]] std::string user_info(const OidcOrder& order);

// Signed with RS256, unless the outcome says otherwise.
[[nodiscard]] std::string id_token(const OidcOrder& order, std::string_view access_token,
                                   const ProviderKeys& keys);
// The keys that the provider publishes, as a JWK set.
[[nodiscard]] std::string published_keys(const ProviderKeys& keys);

}  // namespace gatehouse::app::dev
