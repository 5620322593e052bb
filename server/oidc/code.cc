#include "server/oidc/code.h"

#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/encoding/json.h"
#include "server/storage/one_time.h"

namespace gatehouse::oidc {
namespace {

constexpr std::size_t code_random_bytes = 32;
constexpr std::size_t code_text_bytes = 43;

std::string grant_to_json(const CodeGrant& grant) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("application", grant.application.number());
  writer.field("redirect_uri", grant.redirect_uri);
  writer.field("scope", grant.scope);
  if (!grant.nonce.empty()) writer.field("nonce", grant.nonce);
  if (!grant.code_challenge.empty()) writer.field("code_challenge", grant.code_challenge);
  writer.field("session", grant.session.number());
  writer.field("user", grant.user.number());
  if (grant.organization.has_value()) writer.field("organization", grant.organization->number());
  writer.field("token", grant.token.number());
  writer.end_object();
  return out;
}

Result<CodeGrant, Error> grant_from_json(std::string_view text) {
  const Json root = TRY(Json::parse(text));
  const auto application = root.integer("application");
  const auto session = root.integer("session");
  const auto user = root.integer("user");
  const auto token = root.integer("token");
  if (!application || !session || !user || !token) {
    return Error(ErrorCode::internal, "a stored authorization code has no grant");
  }
  const auto member = [&](std::string_view name) {
    return std::string(root.string(name).value_or(std::string_view()));
  };
  CodeGrant grant{.application = ApplicationId(*application),
                  .redirect_uri = member("redirect_uri"),
                  .scope = member("scope"),
                  .nonce = member("nonce"),
                  .code_challenge = member("code_challenge"),
                  .session = SessionId(*session),
                  .user = UserId(*user),
                  .organization = std::nullopt,
                  .token = TokenId(*token)};
  if (const auto organization = root.integer("organization")) {
    grant.organization = OrgId(*organization);
  }
  return grant;
}

}  // namespace

Result<Secret, Error> issue_code(storage::Transaction& transaction, EnvironmentId environment,
                                 Random& random, const CodeGrant& grant, Instant now,
                                 Duration lifetime) {
  Secret code(base64url_encode(random_bytes(random, code_random_bytes)));
  TRY(storage::put_one_time(transaction, environment,
                            {.purpose = storage::OneTimePurpose::authorization_code,
                             .key_hash = crypto::sha256(code.reveal()),
                             .subject = grant.session.number(),
                             .payload = grant_to_json(grant),
                             .expires_at = now + lifetime},
                            now));
  return code;
}

Result<CodeRedemption, Error> redeem_code(storage::Transaction& transaction,
                                          EnvironmentId environment, std::string_view code,
                                          Instant now) {
  if (code.size() != code_text_bytes) return CodeRedemption(CodeUnknown{});
  constexpr auto purpose = storage::OneTimePurpose::authorization_code;
  const std::string hash = crypto::sha256(code);
  const auto consumed =
      TRY(storage::consume_one_time(transaction, environment, purpose, hash, now));
  if (consumed.has_value()) return CodeRedemption(TRY(grant_from_json(consumed->payload)));
  const auto before = TRY(storage::find_consumed(transaction, environment, purpose, hash));
  if (before.has_value()) {
    return CodeRedemption(CodeReused{TRY(grant_from_json(before->payload))});
  }
  return CodeRedemption(CodeUnknown{});
}

}  // namespace gatehouse::oidc
