#include "server/oidc/access_token.h"

#include <cstring>
#include <mutex>
#include <unordered_map>

#include "server/core/limits.h"
#include "server/crypto/hash.h"
#include "server/sessions/refresh.h"

namespace gatehouse::oidc {
namespace {

std::optional<AccessToken> decode(const jose::VerifiedJwt& jwt) {
  const auto text = [&](std::string_view name) {
    return std::string(jwt.string(name).value_or(std::string_view()));
  };
  const auto id = TokenId::parse(text("jti"));
  const auto issued_at = jwt.integer("iat");
  if (!id.has_value() || !issued_at.has_value()) return std::nullopt;
  return AccessToken{.kid = jwt.kid(),
                     .id = *id,
                     .client_id = text("client_id"),
                     .subject = text("sub"),
                     .audience = jwt.audiences(),
                     .scope = text("scope"),
                     .session = SessionId::parse(text("sid")),
                     .organization = OrgId::parse(text("oid")),
                     .issued_at = instant_from_ms(*issued_at * 1000),
                     .expires_at = jwt.expires_at()};
}

// The key of the cache: the environment and the token's SHA-256. The token itself is not kept.
std::string cache_key(EnvironmentId environment, std::string_view token) {
  std::string key = crypto::sha256(token);
  const std::int64_t number = environment.number();
  key.append(reinterpret_cast<const char*>(&number), sizeof number);
  return key;
}

}  // namespace

struct AccessTokens::Shard {
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<const AccessToken>> entries;
};

AccessTokens::AccessTokens() : shards_(std::make_unique<Shard[]>(shard_count)) {}
AccessTokens::~AccessTokens() = default;

std::shared_ptr<const AccessToken> AccessTokens::verify(
    const Deps& deps, const Context& context, const environments::Environment& environment,
    std::string_view token) {
  if (token.size() > limits::token_bytes_max) return nullptr;
  const std::string key = cache_key(context.environment, token);
  const auto ring = deps.keys.snapshot(context.environment);
  if (ring == nullptr) return nullptr;
  Shard& shard = shards_[static_cast<unsigned char>(key[0]) % shard_count];
  {
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.entries.find(key);
    if (found != shard.entries.end()) {
      const AccessToken& known = *found->second;
      const bool is_good =
          context.now < known.expires_at && ring->published().find(known.kid) != nullptr;
      if (is_good) return found->second;
      shard.entries.erase(found);
      return nullptr;
    }
  }
  const auto jwt = jose::VerifiedJwt::verify(token, ring->published(),
                                             {.issuer = environment.base_url,
                                              .audience = std::nullopt,
                                              .type = jose::TokenType::access_token,
                                              .now = context.now});
  if (!jwt.ok()) return nullptr;
  auto decoded = decode(jwt.value());
  if (!decoded.has_value()) return nullptr;
  auto kept = std::make_shared<const AccessToken>(std::move(*decoded));
  const std::lock_guard lock(shard.mutex);
  if (shard.entries.size() >= entries_per_shard_max) shard.entries.clear();
  shard.entries.emplace(key, kept);
  return kept;
}

Result<std::optional<TokenState>, Error> token_state(storage::Transaction& transaction,
                                                     const Context& context,
                                                     const AccessToken& token) {
  if (TRY(sessions::is_token_revoked(transaction, context.environment, token.id))) {
    return std::optional<TokenState>();
  }
  TokenState state;
  if (!token.session.has_value()) return std::optional(std::move(state));
  state.live =
      TRY(sessions::check_id(transaction, context.environment, *token.session, context.now));
  if (!state.live.has_value() || state.live->user.id.text() != token.subject) {
    return std::optional<TokenState>();
  }
  return std::optional(std::move(state));
}

}  // namespace gatehouse::oidc
