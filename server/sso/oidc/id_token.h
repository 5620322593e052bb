// ID tokens of providers [OIDC Core §3.1.3.7]: verified here and nowhere else.

#pragma once

#include "server/encoding/json.h"
#include "server/jose/foreign_jws.h"
#include "server/sso/oidc/relying.h"

namespace gatehouse::sso::oidc_rp {

// How far a provider's clock may be off.
inline constexpr Duration clock_skew_max = minutes(3);

struct IdTokenExpectations {
  std::string issuer;  // with "{tenantid}": of any tenant that `tenants` lets in
  Tenants tenants;
  std::string client_id;
  std::string nonce;
  Relying::Nonce nonce_need = Relying::Nonce::required;
  std::string access_token;  // what `at_hash` is held against
  Instant now;
};

struct VerifiedIdToken {
  Json claims;          // an object
  std::string issuer;   // `iss`
  std::string subject;  // `sub`: 1 to 255 bytes
};

// Notes in `checks` what passed. Failures: id_token_… and tenant_refused, subject_missing; of them
// id_token_key_unknown before anything else is known of the token.
[[nodiscard]] Result<VerifiedIdToken, Failure> verify_id_token(std::string_view token,
                                                               const jose::ForeignKeys& keys,
                                                               const IdTokenExpectations& expected,
                                                               CheckLog& checks);

// The parts that other tokens of providers share.
[[nodiscard]] Failure failure_of(const jose::ForeignJwsRefusal& refusal);
// The issuer: exactly the one expected, or of a tenant that may come.
[[nodiscard]] Result<std::string, Failure> check_token_issuer(const Json& claims,
                                                              std::string_view issuer,
                                                              const Tenants& tenants);
// `aud` holds the client, and `azp` is it where it is there or must be.
[[nodiscard]] Result<Unit, Failure> check_token_audience(const Json& claims,
                                                         std::string_view client_id);
enum class Claim { required, optional };
// `exp`, `iat` and `nbf` against the clock.
[[nodiscard]] Result<Unit, Failure> check_token_times(const Json& claims, Instant now,
                                                      Claim expiry);
// A NumericDate, also with a fraction; nullopt if it is absent. Failures: id_token_malformed.
[[nodiscard]] Result<std::optional<Instant>, Failure> date_claim(const Json& claims,
                                                                 std::string_view name);
// `sub` as it stands: a text of 1 to 255 bytes. Failures: subject_missing.
[[nodiscard]] Result<std::string, Failure> subject_of(const Json& claims);

}  // namespace gatehouse::sso::oidc_rp
