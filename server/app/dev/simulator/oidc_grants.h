// What a simulated OpenID Connect provider has promised and not handed out yet: codes for a minute,
// good once, and access tokens for the profile.

#pragma once

#include <map>
#include <mutex>

#include "server/app/dev/simulator/oidc_answer.h"

namespace gatehouse::app::dev {

struct OidcGrant {
  OidcOrder order;
  ConnectionId connection;
  std::string redirect_uri;
  std::string code_challenge;  // S256; empty: none
};

// Any thread.
class OidcGrants {
 public:
  // The name under which the grant is found once.
  std::string add_code(Random& random, OidcGrant grant);
  std::optional<OidcGrant> consume_code(std::string_view code, Instant now);

  void add_access_token(std::string token, OidcOrder order);
  [[nodiscard]] std::optional<OidcOrder> find_access_token(std::string_view token, Instant now);

 private:
  std::mutex mutex_;
  std::map<std::string, OidcGrant, std::less<>> codes_;          // guarded by it
  std::map<std::string, OidcOrder, std::less<>> access_tokens_;  // likewise
};

inline constexpr Duration simulated_code_lifetime = minutes(1);
inline constexpr std::size_t simulated_grants_max = 1000;  // beyond it the oldest go

}  // namespace gatehouse::app::dev
