// The rules of API tokens: their form, what may be said with them, and the acts with their records.

#include "server/api_tokens/api_token.h"

#include "server/api_tokens/api_token_store.h"
#include "server/audit/record.h"
#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/encoding/utf8.h"

namespace gatehouse::api_tokens {
namespace {

using storage::Transaction;

constexpr std::string_view token_prefix = "ghapi_";
constexpr std::size_t token_random_bytes = 32;
constexpr std::size_t token_characters = token_prefix.size() + 43;  // base64url of 256 bits
constexpr std::size_t suffix_characters = 4;

Error unknown_token() { return refusal(ErrorCode::not_found, "token not found", "token"); }
Error unknown_organization() {
  return refusal(ErrorCode::not_found, "organization not found", "organization_id");
}
Error unknown_user() { return refusal(ErrorCode::not_found, "user not found", "user_id"); }

Secret generate(Random& random) {
  const Secret noise(random_bytes(random, token_random_bytes));
  std::string text(token_prefix);
  append_base64url(text, noise.reveal());
  return Secret(std::move(text));
}

// nullopt for what is neither a token nor an id, and so unknown without asking.
std::optional<TokenKey> key_of(std::string_view reference) {
  if (reference.starts_with(ApiTokenId::prefix)) {
    const auto id = ApiTokenId::parse(reference);
    if (!id.has_value()) return std::nullopt;
    return TokenKey{.id = id};
  }
  if (!reference.starts_with(token_prefix) || reference.size() != token_characters) {
    return std::nullopt;
  }
  return TokenKey{.hash = crypto::sha256(reference)};
}

// In UTF-8, and without NUL, which no database text takes.
bool has_characters(std::string_view text, std::size_t min, std::size_t max) {
  const auto count = count_characters(text);
  return count.has_value() && *count >= min && *count <= max &&
         text.find('\0') == std::string_view::npos;
}

Result<Unit, Error> check_texts(const Claims& claims,
                                const std::optional<std::string>& description) {
  constexpr std::string_view field = "custom_claims";
  if (claims.size() > claims_max) {
    return refusal(ErrorCode::invalid_argument, "custom_claims may have at most 20 entries",
                   std::string(field));
  }
  for (const auto& [key, value] : claims) {
    if (!has_characters(key, 1, claim_key_characters_max)) {
      return refusal(ErrorCode::invalid_argument,
                     "the keys of custom_claims have 1 to 30 characters", std::string(field));
    }
    if (!has_characters(value, 1, claim_value_characters_max)) {
      return refusal(ErrorCode::invalid_argument,
                     "the values of custom_claims have 1 to 256 characters", std::string(field));
    }
  }
  if (description.has_value() && !has_characters(*description, 0, description_characters_max)) {
    return refusal(ErrorCode::invalid_argument, "description has at most 255 characters",
                   "description");
  }
  return Unit{};
}

Result<Unit, Error> record_act(Transaction& transaction, EnvironmentId environment,
                               const Context& context, Random& random, audit::Event event,
                               const EndedToken& token) {
  return audit::record(transaction, environment, context, random,
                       {.event = event,
                        .subject_type = "api_token",
                        .subject_id = token.id.text(),
                        .organization = token.organization});
}

// Why a token could not be made, asked only after the inserting statement refused.
Error why_not_made(Transaction& transaction, EnvironmentId environment, const NewApiToken& wanted,
                   Instant now) {
  const auto scope = find_scope(transaction, environment, wanted.organization, wanted.user, now);
  if (!scope.ok()) return scope.error();
  if (!scope.value().has_value()) return unknown_organization();
  if (scope.value()->user == Scope::Has::no) return unknown_user();
  return refusal(ErrorCode::failed_precondition,
                 "the user is not an active member of the organization", "user_id");
}

}  // namespace

Result<CreatedApiToken, Error> create(Transaction& transaction, EnvironmentId environment,
                                      const Context& context, Random& random,
                                      const NewApiToken& asked) {
  NewApiToken wanted = asked;
  if (wanted.description == "") wanted.description.reset();
  TRY(check_texts(wanted.claims, wanted.description));
  if (wanted.expires_at.has_value() && *wanted.expires_at <= context.now) {
    return refusal(ErrorCode::invalid_argument, "expiry must be in the future", "expiry");
  }
  Secret token = generate(random);
  const std::string_view text = token.reveal();
  const TokenRow row{.id = ApiTokenId::make(random, context.now),
                     .hash = crypto::sha256(text),
                     .suffix = std::string(text.substr(text.size() - suffix_characters)),
                     .now = context.now};
  if (!TRY(insert_token(transaction, environment, wanted, row))) {
    return why_not_made(transaction, environment, wanted, context.now);
  }
  TRY(record_act(transaction, environment, context, random, audit::Event::api_token_created,
                 {.id = row.id, .organization = wanted.organization}));
  auto info = TRY(find_live(transaction, environment, {.id = row.id}, context.now));
  ENSURE(info.has_value());
  return CreatedApiToken{.info = *std::move(info), .token = std::move(token)};
}

Result<ApiToken, Error> validate(Transaction& transaction, EnvironmentId environment,
                                 std::string_view reference, Instant now) {
  const auto key = key_of(reference);
  if (!key.has_value()) return unknown_token();
  auto found = TRY(find_live(transaction, environment, *key, now));
  if (!found.has_value()) return unknown_token();
  return *std::move(found);
}

Result<ApiToken, Error> update(Transaction& transaction, EnvironmentId environment,
                               const Context& context, Random& random, std::string_view reference,
                               const ApiTokenChange& change) {
  TRY(check_texts(change.claims, change.description));
  const ApiToken before = TRY(validate(transaction, environment, reference, context.now));
  if (change.claims.empty() && !change.description.has_value()) return before;
  if (!TRY(update_token(transaction, environment, before.id, change, context.now))) {
    return unknown_token();
  }
  TRY(record_act(transaction, environment, context, random, audit::Event::api_token_updated,
                 {.id = before.id, .organization = before.organization}));
  return validate(transaction, environment, before.id.text(), context.now);
}

Result<Unit, Error> invalidate(Transaction& transaction, EnvironmentId environment,
                               const Context& context, Random& random, std::string_view reference) {
  const auto key = key_of(reference);
  if (!key.has_value()) return unknown_token();
  const auto ended = TRY(update_invalidated(transaction, environment, *key, context.now));
  if (ended.has_value()) {
    return record_act(transaction, environment, context, random,
                      audit::Event::api_token_invalidated, *ended);
  }
  if (!TRY(is_stored(transaction, environment, *key))) return unknown_token();
  return Unit{};
}

Result<Page<ApiToken>, Error> list(Transaction& transaction, EnvironmentId environment,
                                   const ApiTokenFilter& filter, const PageQuery& query,
                                   Instant now) {
  const auto scope =
      TRY(find_scope(transaction, environment, filter.organization, filter.user, now));
  if (!scope.has_value()) return unknown_organization();
  if (scope->user == Scope::Has::no) return unknown_user();
  auto found = TRY(list_live(transaction, environment, filter, query, now));
  auto page =
      make_page(query, std::move(found), [](const ApiToken& token) { return token.id.number(); });
  page.total = scope->live_tokens;
  return page;
}

}  // namespace gatehouse::api_tokens
