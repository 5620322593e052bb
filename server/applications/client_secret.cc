#include "server/applications/client_secret.h"

#include "server/crypto/hash.h"
#include "server/encoding/base64.h"

namespace gatehouse::applications {
namespace {

constexpr std::size_t secret_random_bytes = 32;
constexpr std::size_t suffix_bytes = 4;

}  // namespace

Secret generate_secret(environments::Kind kind, Random& random) {
  const Secret noise(random_bytes(random, secret_random_bytes));
  std::string text(kind == environments::Kind::development ? "test_" : "prod_");
  append_base64url(text, noise.reveal());
  return Secret(std::move(text));
}

SecretRecord record_of(const Secret& plain, const Context& context, Random& random) {
  const std::string_view text = plain.reveal();
  const std::string& actor = context.actor.id;
  return {.id = ClientSecretId::make(random, context.now),
          .hash = crypto::sha256(text),
          .suffix = std::string(text.substr(text.size() - suffix_bytes)),
          .state = SecretRecord::State::active,
          .created_at = context.now,
          .expires_at = std::nullopt,
          .created_by = actor.empty() ? std::nullopt : std::optional(actor),
          .updated_at = context.now,
          .last_used_at = std::nullopt};
}

}  // namespace gatehouse::applications
