#include "server/login/challenge.h"

#include "server/core/limits.h"
#include "server/crypto/hash.h"
#include "server/crypto/hmac.h"
#include "server/encoding/base64.h"
#include "server/storage/one_time.h"

namespace gatehouse::login {
namespace {

using storage::OneTimePurpose;

constexpr std::uint64_t code_count = 1'000'000;
constexpr std::size_t code_digits = 6;
constexpr std::size_t link_random_bytes = 32;

// Codes have few values: only a key keeps a stolen database from telling them.
std::string code_hash(const Secret& code_key, FlowId flow, std::string_view code) {
  return crypto::hmac_sha256(code_key.reveal(), flow.text() + "\n" + std::string(code));
}

std::string random_code(Random& random) {
  std::string digits = std::to_string(random_below(random, code_count));
  return std::string(code_digits - digits.size(), '0') + digits;
}

Result<Unit, Error> void_all(storage::Transaction& transaction, EnvironmentId environment,
                             FlowId flow) {
  for (const auto purpose : {OneTimePurpose::login_code, OneTimePurpose::login_link}) {
    TRY(storage::void_subject(transaction, environment, purpose, flow.number()));
  }
  return Unit{};
}

}  // namespace

Result<Challenge, Error> make_challenge(storage::Transaction& transaction,
                                        EnvironmentId environment, Random& random,
                                        const Secret& code_key, FlowId flow, Instant now) {
  TRY(void_all(transaction, environment, flow));
  const Instant expires_at = now + limits::code_lifetime;
  std::string link = std::to_string(flow.number()) + "." +
                     base64url_encode(random_bytes(random, link_random_bytes));
  TRY(storage::put_one_time(transaction, environment,
                            {.purpose = OneTimePurpose::login_link,
                             .key_hash = crypto::sha256(link),
                             .subject = flow.number(),
                             .payload = {},
                             .expires_at = expires_at},
                            now));
  // A code that this flow has had before is a used key: take another.
  for (int attempt = 0; attempt < 10; ++attempt) {
    std::string code = random_code(random);
    const auto stored = storage::put_one_time(transaction, environment,
                                              {.purpose = OneTimePurpose::login_code,
                                               .key_hash = code_hash(code_key, flow, code),
                                               .subject = flow.number(),
                                               .payload = {},
                                               .expires_at = expires_at},
                                              now);
    if (stored.ok()) return Challenge{Secret(std::move(code)), Secret(std::move(link))};
    if (stored.error().code != ErrorCode::already_exists) return stored.error();
  }
  return Error(ErrorCode::internal, "no unused sign-in code was found");
}

Result<bool, Error> use_code(storage::Transaction& transaction, EnvironmentId environment,
                             const Secret& code_key, FlowId flow, std::string_view code,
                             Instant now) {
  const auto used = TRY(storage::consume_one_time(
      transaction, environment, OneTimePurpose::login_code, code_hash(code_key, flow, code), now));
  if (!used.has_value() || used->subject != flow.number()) return false;
  TRY(void_all(transaction, environment, flow));
  return true;
}

Result<bool, Error> use_link(storage::Transaction& transaction, EnvironmentId environment,
                             std::string_view link_token, Instant now) {
  const auto flow = flow_of_link(link_token);
  if (!flow.has_value()) return false;
  const auto used = TRY(storage::consume_one_time(
      transaction, environment, OneTimePurpose::login_link, crypto::sha256(link_token), now));
  if (!used.has_value() || used->subject != flow->number()) return false;
  TRY(void_all(transaction, environment, *flow));
  return true;
}

std::optional<FlowId> flow_of_link(std::string_view link_token) {
  const std::size_t dot = link_token.find('.');
  if (dot == std::string_view::npos || link_token.size() > 100) return std::nullopt;
  return FlowId::parse(std::string(FlowId::prefix) + std::string(link_token.substr(0, dot)));
}

std::optional<std::string> code_from_input(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if (c == ' ' || c == '-') continue;
    if (c < '0' || c > '9' || digits.size() == code_digits) return std::nullopt;
    digits.push_back(c);
  }
  if (digits.size() != code_digits) return std::nullopt;
  return digits;
}

}  // namespace gatehouse::login
