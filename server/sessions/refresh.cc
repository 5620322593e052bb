// Refresh tokens: their form, and the rule of refresh.h that says what a shown one is good for.

#include "server/sessions/refresh.h"

#include "server/audit/record.h"
#include "server/crypto/hmac.h"
#include "server/encoding/base64.h"
#include "server/sessions/refresh_store.h"
#include "server/sessions/session_store.h"

namespace gatehouse::sessions {
namespace {

using storage::Transaction;

constexpr std::string_view token_prefix = "rt_";
constexpr std::size_t id_bytes = 8;
constexpr std::size_t generation_bytes = 4;
constexpr std::size_t tag_bytes = 32;
constexpr std::size_t nonce_bytes = 16;
constexpr std::size_t token_characters = 3 + 59;  // the prefix, and 44 bytes in base64url
constexpr std::int64_t generation_max = 0xffff'ffff;

void append_big_endian(std::string& out, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0;) out += static_cast<char>((number >> (8 * i)) & 0xff);
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return number;
}

struct TokenPlace {
  EnvironmentId environment;
  FamilyId family;
  std::int64_t generation;
};

std::string place_bytes(const TokenPlace& place) {
  std::string bytes;
  append_big_endian(bytes, static_cast<std::uint64_t>(place.family.number()), id_bytes);
  append_big_endian(bytes, static_cast<std::uint64_t>(place.generation), generation_bytes);
  return bytes;
}

// Every part but the nonce, which ends it, has a fixed length: no two places make one text.
Secret tag_of(const Secret& refresh_key, const TokenPlace& place, std::string_view nonce) {
  std::string text;
  append_big_endian(text, static_cast<std::uint64_t>(place.environment.number()), id_bytes);
  text += place_bytes(place);
  text += nonce;
  return Secret(crypto::hmac_sha256(refresh_key.reveal(), text));
}

Secret token_of(const Secret& refresh_key, const TokenPlace& place, std::string_view nonce) {
  const Secret tag = tag_of(refresh_key, place, nonce);
  const Secret whole(place_bytes(place) + std::string(tag.reveal()));
  std::string token;
  token.reserve(token_characters);  // never moved, so no copy of it stays behind
  token += token_prefix;
  append_base64url(token, whole.reveal());
  return Secret(std::move(token));
}

struct ParsedToken {
  TokenPlace place;
  Secret tag;
};

// The form alone; authentic is it only once is_authentic has said so.
std::optional<ParsedToken> parse_token(EnvironmentId environment, const Secret& shown) {
  const std::string_view text = shown.reveal();
  if (text.size() != token_characters || !text.starts_with(token_prefix)) return std::nullopt;
  auto decoded = base64url_decode(text.substr(token_prefix.size()));
  if (!decoded.has_value()) return std::nullopt;
  const Secret whole(*std::move(decoded));
  const std::string_view bytes = whole.reveal();
  ENSURE(bytes.size() == id_bytes + generation_bytes + tag_bytes);
  const std::uint64_t family = big_endian(bytes.substr(0, id_bytes));
  if (family == 0 || family > INT64_MAX) return std::nullopt;
  const auto generation = big_endian(bytes.substr(id_bytes, generation_bytes));
  return ParsedToken{.place = {.environment = environment,
                               .family = FamilyId(static_cast<std::int64_t>(family)),
                               .generation = static_cast<std::int64_t>(generation)},
                     .tag = Secret(std::string(bytes.substr(id_bytes + generation_bytes)))};
}

bool is_authentic(const Secret& refresh_key, const ParsedToken& token, std::string_view nonce) {
  const Secret tag = tag_of(refresh_key, token.place, nonce);
  return equal_in_constant_time(tag.reveal(), token.tag.reveal());
}

// The rule at the top of refresh.h, for an authentic token of a family that is good.
enum class Standing { head, parent, reused, unknown };
Standing standing_of(std::int64_t shown, const FamilyFacts& facts, RefreshUse::ClientKind kind,
                     Instant now) {
  if (shown == facts.generation) return Standing::head;
  // Newer than anything handed out: the database is older than the token, a restored copy perhaps.
  // What has been revoked since is lost as well, so the token is not trusted.
  if (shown > facts.generation) return Standing::unknown;
  if (shown < facts.generation - 1) return Standing::reused;
  const bool is_in_time =
      kind == RefreshUse::ClientKind::confidential || now < facts.rotated_at + public_parent_grace;
  return is_in_time ? Standing::parent : Standing::reused;
}

Result<RefreshOutcome, Error> end_for_reuse(Transaction& transaction, EnvironmentId environment,
                                            const Context& context, Random& random,
                                            const Family& family) {
  if (!TRY(update_family_ended(transaction, environment, family.id, EndReason::reuse_detected,
                               context.now))) {
    return RefreshOutcome(RefreshRefusal::ended);  // somebody else ended it meanwhile
  }
  const ClientFacts client = TRY(find_client(transaction, environment, family.application));
  TRY(audit::record(transaction, environment, context, random,
                    {.event = audit::Event::refresh_reused,
                     .outcome = audit::Outcome::refused,
                     .subject_type = "session",
                     .subject_id = family.session.text(),
                     .organization = family.organization,
                     .client_id = client.client_id,
                     .detail = family.user.text() + " " + family.id.text()}));
  return RefreshOutcome(RefreshRefusal::reused);
}

// The answer to a good token: the token of `head`, and the session slid.
Result<RefreshOutcome, Error> grant(Transaction& transaction, EnvironmentId environment,
                                    const Secret& refresh_key, FamilyFacts facts, std::int64_t head,
                                    Instant now) {
  TRY(touch(transaction, environment, facts.of.session, now));
  Secret token = token_of(
      refresh_key, {.environment = environment, .family = facts.family.id, .generation = head},
      facts.nonce);
  return RefreshOutcome(RefreshGrant{
      .family = std::move(facts.family), .live = std::move(facts.of), .token = std::move(token)});
}

}  // namespace

Result<Secret, Error> start_family(Transaction& transaction, EnvironmentId environment,
                                   Random& random, const Secret& refresh_key, Instant now,
                                   const NewFamily& wanted) {
  const FamilyRow row{.id = FamilyId::make(random, now),
                      .nonce = random_bytes(random, nonce_bytes)};
  if (!TRY(insert_family(transaction, environment, row, wanted, now))) {
    return Error(ErrorCode::failed_precondition,
                 "the session is over, or its user is not an active member");
  }
  return token_of(refresh_key, {.environment = environment, .family = row.id, .generation = 1},
                  row.nonce);
}

Result<RefreshOutcome, Error> use_refresh_token(Transaction& transaction, EnvironmentId environment,
                                                const Context& context, Random& random,
                                                const Secret& refresh_key, const RefreshUse& use) {
  const auto token = parse_token(environment, use.shown);
  if (!token.has_value()) return RefreshOutcome(RefreshRefusal::unknown);
  // Twice at most: whoever finds that the head has moved on reads again and is then a parent.
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto facts = TRY(find_family(transaction, environment, token->place.family));
    if (!facts.has_value() || facts->family.application != use.application ||
        !is_authentic(refresh_key, *token, facts->nonce)) {
      return RefreshOutcome(RefreshRefusal::unknown);
    }
    if (!facts->is_good(context.now)) return RefreshOutcome(RefreshRefusal::ended);
    const std::int64_t head = facts->generation;
    switch (standing_of(token->place.generation, *facts, use.client_kind, context.now)) {
      case Standing::unknown: return RefreshOutcome(RefreshRefusal::unknown);
      case Standing::reused:
        return end_for_reuse(transaction, environment, context, random, facts->family);
      case Standing::parent:
        return grant(transaction, environment, refresh_key, *std::move(facts), head, context.now);
      case Standing::head: break;
    }
    if (head >= generation_max) return RefreshOutcome(RefreshRefusal::ended);  // used up
    if (TRY(rotate_family(transaction, environment, facts->family.id, head, context.now))) {
      return grant(transaction, environment, refresh_key, *std::move(facts), head + 1, context.now);
    }
  }
  return Error(ErrorCode::aborted, "the refresh family keeps changing");
}

Result<std::optional<FamilyState>, Error> inspect_refresh_token(Transaction& transaction,
                                                                EnvironmentId environment,
                                                                const Secret& refresh_key,
                                                                const Secret& shown, Instant now) {
  const auto token = parse_token(environment, shown);
  if (!token.has_value()) return std::optional<FamilyState>{};
  auto facts = TRY(find_family(transaction, environment, token->place.family));
  if (!facts.has_value() || !is_authentic(refresh_key, *token, facts->nonce)) {
    return std::optional<FamilyState>{};
  }
  const ClientFacts client = TRY(find_client(transaction, environment, facts->family.application));
  const Standing standing = standing_of(token->place.generation, *facts, client.kind, now);
  const bool usable =
      facts->is_good(now) && (standing == Standing::head || standing == Standing::parent);
  return std::optional(FamilyState{.family = std::move(facts->family),
                                   .usable = usable,
                                   .expires_at = facts->of.session.expires_at});
}

}  // namespace gatehouse::sessions
