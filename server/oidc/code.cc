#include "server/oidc/code.h"

#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/encoding/json.h"
#include "server/storage/one_time.h"

namespace gatehouse::oidc {
namespace {

// A code is base64url of its time, four bytes, and 28 random ones.
constexpr std::size_t time_bytes = 4;
constexpr std::size_t random_part_bytes = 28;
constexpr std::size_t code_text_bytes = 43;

// Seconds since the epoch, most significant byte first: later sorts behind earlier.
std::string time_prefix(Instant now) {
  const auto unix_seconds = static_cast<std::uint32_t>(to_unix_seconds(now));
  std::string prefix;
  for (int shift = 24; shift >= 0; shift -= 8) {
    prefix.push_back(static_cast<char>(unix_seconds >> shift));
  }
  return prefix;
}

// Under which a code is stored: its time, then 28 bytes of its hash. New codes so stand side by
// side on few pages of the database, instead of each on a page of its own. nullopt if it is no
// code.
std::optional<std::string> code_key(std::string_view code) {
  const auto bytes = base64url_decode(code);
  if (code.size() != code_text_bytes || !bytes.has_value()) return std::nullopt;
  return bytes->substr(0, time_bytes) + crypto::sha256(code).substr(time_bytes);
}

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
  Secret code(base64url_encode(time_prefix(now) + random_bytes(random, random_part_bytes)));
  const auto key = code_key(code.reveal());
  ENSURE(key.has_value());
  TRY(storage::put_one_time(transaction, environment,
                            {.purpose = storage::OneTimePurpose::authorization_code,
                             .key_hash = *key,
                             .subject = std::nullopt,
                             .payload = grant_to_json(grant),
                             .expires_at = now + lifetime},
                            now));
  return code;
}

Result<CodeRedemption, Error> redeem_code(storage::Transaction& transaction,
                                          EnvironmentId environment, std::string_view code,
                                          Instant now) {
  const auto key = code_key(code);
  if (!key.has_value()) return CodeRedemption(CodeUnknown{});
  constexpr auto purpose = storage::OneTimePurpose::authorization_code;
  const auto consumed =
      TRY(storage::consume_one_time(transaction, environment, purpose, *key, now));
  if (consumed.has_value()) return CodeRedemption(TRY(grant_from_json(consumed->payload)));
  const auto before = TRY(storage::find_consumed(transaction, environment, purpose, *key));
  if (before.has_value()) {
    return CodeRedemption(CodeReused{TRY(grant_from_json(before->payload))});
  }
  return CodeRedemption(CodeUnknown{});
}

}  // namespace gatehouse::oidc
