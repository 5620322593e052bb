// From the claims of a provider to the profile of an OutsideIdentity [OIDC Core §5.1].

#pragma once

#include "server/encoding/json.h"
#include "server/login/outside_identity.h"
#include "server/sso/oidc/relying.h"

namespace gatehouse::sso::oidc_rp {

// What was learnt of somebody. Either may be null; the ID token wins.
struct PersonClaims {
  Json id_token;
  Json user_info;

  // The claim, by its exact name; null if neither has it, or has null there.
  [[nodiscard]] const Json* find(std::string_view name) const;
};

// Whether the ID token alone leaves something out that this connection wants: an address, a name,
// what its attribute mapping names.
enum class Completeness { complete, lacking };
[[nodiscard]] Completeness completeness_of(const Relying& relying, const Json& id_token);

// Sets everything but connection, issuer and subject. Failures: email_malformed.
[[nodiscard]] Result<Unit, Failure> fill_profile(const Relying& relying, const PersonClaims& claims,
                                                 login::OutsideIdentity& identity);

}  // namespace gatehouse::sso::oidc_rp
