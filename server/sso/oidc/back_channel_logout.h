// A provider tells that somebody signed out there [OIDC Back-Channel Logout §2.4–2.6].

#pragma once

#include "server/sso/oidc/provider.h"

namespace gatehouse::sso::oidc_rp {

// Who was signed out: all their sessions, or the one named. One of the two is not empty.
struct ProviderLogout {
  std::string issuer;
  std::string subject;   // `sub`
  std::string session;   // `sid`: OutsideIdentity::session_index
  std::string token_id;  // `jti`: the caller takes each only once
  Instant expires_at;    // until when the token_id must be remembered
};

// Failures: those of ID tokens; may call the provider.
[[nodiscard]] Result<ProviderLogout, Failure> verify_logout_token(ProviderDirectory& providers,
                                                                  const Relying& relying,
                                                                  std::string_view logout_token,
                                                                  const Patience& patience);

}  // namespace gatehouse::sso::oidc_rp
