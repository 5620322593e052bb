#include "server/app/dev/simulator/oidc_grants.h"

#include "server/encoding/base64.h"

namespace gatehouse::app::dev {
namespace {

constexpr std::size_t code_bytes = 24;

template <class Kept, class At>
void make_room(Kept& kept, At at) {
  if (kept.size() < simulated_grants_max) return;
  auto oldest = kept.begin();
  for (auto it = kept.begin(); it != kept.end(); ++it) {
    if (at(it->second) < at(oldest->second)) oldest = it;
  }
  kept.erase(oldest);
}

}  // namespace

std::string OidcGrants::add_code(Random& random, OidcGrant grant) {
  std::string code = base64url_encode(random_bytes(random, code_bytes));
  const std::lock_guard lock(mutex_);
  make_room(codes_, [](const OidcGrant& it) { return it.order.now; });
  codes_.insert_or_assign(code, std::move(grant));
  return code;
}

std::optional<OidcGrant> OidcGrants::consume_code(std::string_view code, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found = codes_.find(code);
  if (found == codes_.end()) return std::nullopt;
  OidcGrant grant = std::move(found->second);
  codes_.erase(found);
  if (now >= grant.order.now + simulated_code_lifetime) return std::nullopt;
  return grant;
}

void OidcGrants::add_access_token(std::string token, OidcOrder order) {
  const std::lock_guard lock(mutex_);
  make_room(access_tokens_, [](const OidcOrder& it) { return it.now; });
  access_tokens_.insert_or_assign(std::move(token), std::move(order));
}

std::optional<OidcOrder> OidcGrants::find_access_token(std::string_view token, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found = access_tokens_.find(token);
  if (found == access_tokens_.end()) return std::nullopt;
  if (now >= found->second.now + simulated_token_lifetime) return std::nullopt;
  return found->second;
}

}  // namespace gatehouse::app::dev
