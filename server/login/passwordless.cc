#include "server/login/passwordless.h"

#include <algorithm>
#include <array>

#include "server/audit/record.h"
#include "server/core/limits.h"
#include "server/crypto/hash.h"
#include "server/crypto/hmac.h"
#include "server/encoding/base64.h"
#include "server/encoding/uri.h"
#include "server/encoding/utf8.h"
#include "server/login/challenge.h"
#include "server/login/passwordless_store.h"
#include "server/storage/one_time.h"

namespace gatehouse::login {
namespace {

using storage::OneTimePurpose;
using storage::Transaction;

constexpr std::uint64_t code_count = 1'000'000;
constexpr std::size_t code_digits = 6;
constexpr std::size_t link_random_bytes = 32;
constexpr std::size_t link_token_bytes_max = 100;
constexpr Duration lifetime_min = minutes(1);
constexpr Duration lifetime_max = hours(1);
constexpr Duration lifetime_standard = minutes(5);
constexpr std::size_t text_characters_max = 1000;  // of link_uri and state
constexpr std::size_t variables_max = 30;
constexpr std::size_t variable_key_characters_min = 2;
constexpr std::size_t variable_key_characters_max = 25;
constexpr std::size_t variable_value_characters_max = 256;
// What every mail says by itself.
constexpr std::array<std::string_view, 5> reserved_variables{"otp", "link", "expire_time",
                                                             "expiry_time", "expiry_time_relative"};

Error refuse(std::string message, std::string field) {
  return refusal(ErrorCode::invalid_argument, std::move(message), std::move(field));
}
Error unknown_request() {
  return refusal(ErrorCode::not_found, "auth request not found", "auth_request_id");
}
Error out_of_tries() {
  return refusal(ErrorCode::resource_exhausted,
                 "too many wrong codes: send a new passwordless e-mail");
}

bool has_characters(std::string_view text, std::size_t min, std::size_t max) {
  const auto count = count_characters(text);
  return count.has_value() && *count >= min && *count <= max &&
         text.find('\0') == std::string_view::npos;
}

Result<Unit, Error> check_variables(const Metadata& variables) {
  const std::string field = "template_variables";
  if (variables.size() > variables_max) {
    return refuse("template_variables may have at most 30 entries", field);
  }
  for (const auto& [key, value] : variables) {
    if (std::ranges::find(reserved_variables, key) != reserved_variables.end()) {
      return refuse("template_variables must not have the reserved name " + key, field);
    }
    if (!has_characters(key, variable_key_characters_min, variable_key_characters_max) ||
        !has_characters(value, 0, variable_value_characters_max)) {
      return refuse("template_variables: names of 2 to 25 and values of at most 256 characters",
                    field);
    }
  }
  return Unit{};
}

// A page of the application's, to which ?link_token=… can be added. The mail is our word that this
// is where to go, so a production environment sends nobody to plain http.
bool is_link_uri(std::string_view text, const environments::Environment& environment) {
  if (!has_characters(text, 1, text_characters_max)) return false;
  const auto uri = parse_uri(text);
  if (!uri.has_value() || uri->userinfo.has_value() || uri->fragment.has_value()) return false;
  return uri->scheme == "https" || (uri->scheme == "http" && environment.is_development());
}

Result<PasswordlessKind, Error> kind_for(const NewPasswordlessRequest& wanted,
                                         const environments::Environment& environment) {
  const PasswordlessKind kind = environment.settings.passwordless;
  if (wanted.link_uri.has_value() && !is_link_uri(*wanted.link_uri, environment)) {
    return refuse("magiclink_auth_uri must be an https URI without a fragment",
                  "magiclink_auth_uri");
  }
  if (wanted.link_uri.has_value() || kind == PasswordlessKind::code) return kind;
  if (kind == PasswordlessKind::code_and_link) return PasswordlessKind::code;
  return refuse("magiclink_auth_uri is needed: this environment sends links", "magiclink_auth_uri");
}

// The request's id is part of what is hashed, and its prefix keeps these codes apart from those of
// the hosted sign-in, which the same key protects.
std::string code_hash(const Secret& code_key, AuthRequestId request, std::string_view code) {
  return crypto::hmac_sha256(code_key.reveal(), request.text() + "\n" + std::string(code));
}

std::string random_code(Random& random) {
  const std::string digits = std::to_string(random_below(random, code_count));
  return std::string(code_digits - digits.size(), '0') + digits;
}

Result<Unit, Error> void_credentials(Transaction& transaction, EnvironmentId environment,
                                     AuthRequestId request) {
  for (const auto purpose :
       {OneTimePurpose::passwordless_code, OneTimePurpose::passwordless_link}) {
    TRY(storage::void_subject(transaction, environment, purpose, request.number()));
  }
  return Unit{};
}

Result<Secret, Error> put_code(const PasswordlessDeps& deps, Transaction& transaction,
                               EnvironmentId environment, const PasswordlessRequest& request,
                               Instant now) {
  // A code that this request has had before is a used key: take another.
  for (int attempt = 0; attempt < 10; ++attempt) {
    Secret code(random_code(deps.random));
    const auto stored =
        storage::put_one_time(transaction, environment,
                              {.purpose = OneTimePurpose::passwordless_code,
                               .key_hash = code_hash(deps.code_key, request.id, code.reveal()),
                               .subject = request.id.number(),
                               .payload = {},
                               .expires_at = request.expires_at},
                              now);
    if (stored.ok()) return code;
    if (stored.error().code != ErrorCode::already_exists) return stored.error();
  }
  return Error(ErrorCode::internal, "no unused passwordless code was found");
}

Result<Secret, Error> put_link(const PasswordlessDeps& deps, Transaction& transaction,
                               EnvironmentId environment, const PasswordlessRequest& request,
                               Instant now) {
  Secret token(std::to_string(request.id.number()) + "." +
               base64url_encode(random_bytes(deps.random, link_random_bytes)));
  TRY(storage::put_one_time(transaction, environment,
                            {.purpose = OneTimePurpose::passwordless_link,
                             .key_hash = crypto::sha256(token.reveal()),
                             .subject = request.id.number(),
                             .payload = {},
                             .expires_at = request.expires_at},
                            now));
  return token;
}

std::string link_with(const std::string& uri, const Secret& token) {
  const char separator = uri.find('?') == std::string::npos ? '?' : '&';
  return uri + separator + "link_token=" + std::string(token.reveal());
}

// A fresh code and link, as the request's kind has it, in a letter that waits to be sent.
Result<Unit, Error> put_mail(const PasswordlessDeps& deps, Transaction& transaction,
                             const environments::Environment& environment, const Context& context,
                             const PasswordlessRequest& request) {
  TRY(void_credentials(transaction, environment.id, request.id));
  const auto address = net::MailAddress::parse(request.email.text());
  ENSURE(address.has_value());  // an Email is stricter than a mail address
  mail::PasswordlessLetter letter{.kind = request.mail_template == PasswordlessTemplate::sign_up
                                              ? mail::PasswordlessLetter::Kind::sign_up
                                              : mail::PasswordlessLetter::Kind::sign_in,
                                  .to = *address,
                                  .product_name = environment.settings.product_name,
                                  .lifetime = request.lifetime,
                                  .useful_until = request.expires_at};
  if (request.kind != PasswordlessKind::link) {
    const Secret code = TRY(put_code(deps, transaction, environment.id, request, context.now));
    letter.code = code.reveal();
  }
  if (request.kind != PasswordlessKind::code) {
    ENSURE(request.link_uri.has_value());
    const Secret token = TRY(put_link(deps, transaction, environment.id, request, context.now));
    letter.link = link_with(*request.link_uri, token);
  }
  TRY(deps.outbox.enqueue(transaction, environment.id, deps.letters.compose(letter), context.now));
  return audit::record(transaction, environment.id, context, deps.random,
                       {.event = audit::Event::passwordless_sent,
                        .subject_type = "auth_request",
                        .subject_id = request.id.text()});
}

Result<Unit, Error> count_mail_or_refuse(const PasswordlessDeps& deps, Transaction& transaction,
                                         EnvironmentId environment, const Context& context,
                                         const users::Email& email) {
  const Allowed allowed =
      TRY(count_mail_to_address(transaction, environment, context, deps.throttle, email));
  if (allowed == Allowed::yes) return Unit{};
  return refusal(ErrorCode::resource_exhausted, "too many e-mails to this address: try later");
}

// The request that a link's token names, without judging the token.
std::optional<AuthRequestId> request_of_link(std::string_view token) {
  const std::size_t dot = token.find('.');
  if (dot == std::string_view::npos || token.size() > link_token_bytes_max) return std::nullopt;
  return AuthRequestId::parse(std::string(AuthRequestId::prefix) +
                              std::string(token.substr(0, dot)));
}

Result<Verification, Error> refused(const PasswordlessDeps& deps, Transaction& transaction,
                                    EnvironmentId environment, const Context& context,
                                    AuthRequestId request, Verification::Outcome outcome) {
  TRY(audit::record(transaction, environment, context, deps.random,
                    {.event = audit::Event::passwordless_refused,
                     .outcome = audit::Outcome::refused,
                     .subject_type = "auth_request",
                     .subject_id = request.text(),
                     .detail = outcome == Verification::Outcome::wrong ? "wrong code or link"
                                                                       : "too many wrong codes"}));
  return Verification{.outcome = outcome, .proven = std::nullopt};
}

// The other credential of the mail is over as well: a verified request takes none.
Result<Verification, Error> accepted(const PasswordlessDeps& deps, Transaction& transaction,
                                     EnvironmentId environment, const Context& context,
                                     PasswordlessRequest request) {
  TRY(audit::record(transaction, environment, context, deps.random,
                    {.event = audit::Event::passwordless_verified,
                     .subject_type = "auth_request",
                     .subject_id = request.id.text()}));
  return Verification{.outcome = Verification::Outcome::verified, .proven = std::move(request)};
}

}  // namespace

Result<PasswordlessRequest, Error> send_passwordless(const PasswordlessDeps& deps,
                                                     Transaction& transaction,
                                                     const environments::Environment& environment,
                                                     const Context& context,
                                                     const NewPasswordlessRequest& wanted) {
  const PasswordlessKind kind = TRY(kind_for(wanted, environment));
  const Duration lifetime = wanted.lifetime.value_or(lifetime_standard);
  if (lifetime < lifetime_min || lifetime > lifetime_max) {
    return refuse("expires_in must be 60 to 3600 seconds", "expires_in");
  }
  if (wanted.state.has_value() && !has_characters(*wanted.state, 1, text_characters_max)) {
    return refuse("state has 1 to 1000 characters", "state");
  }
  TRY(check_variables(wanted.template_variables));
  TRY(count_mail_or_refuse(deps, transaction, environment.id, context, wanted.email));
  const PasswordlessRequest request{.id = AuthRequestId::make(deps.random, context.now),
                                    .email = wanted.email,
                                    .kind = kind,
                                    .mail_template = wanted.mail_template,
                                    .link_uri = wanted.link_uri,
                                    .state = wanted.state,
                                    .lifetime = lifetime,
                                    .tries = 0,
                                    .created_at = context.now,
                                    .expires_at = context.now + lifetime,
                                    .verified_at = std::nullopt};
  TRY(insert_passwordless(transaction, environment.id, request));
  TRY(put_mail(deps, transaction, environment, context, request));
  return request;
}

Result<PasswordlessRequest, Error> resend_passwordless(const PasswordlessDeps& deps,
                                                       Transaction& transaction,
                                                       const environments::Environment& environment,
                                                       const Context& context, AuthRequestId id) {
  auto request = TRY(find_passwordless(transaction, environment.id, id));
  if (!request.has_value()) return unknown_request();
  request->expires_at = context.now + request->lifetime;
  TRY(count_mail_or_refuse(deps, transaction, environment.id, context, request->email));
  if (!TRY(renew_passwordless(transaction, environment.id, id, request->expires_at))) {
    if (!request->verified_at.has_value()) return out_of_tries();
    return refusal(ErrorCode::failed_precondition, "the auth request was verified already",
                   "auth_request_id");
  }
  TRY(put_mail(deps, transaction, environment, context, *request));
  return *std::move(request);
}

Result<Verification, Error> verify_passwordless_code(const PasswordlessDeps& deps,
                                                     Transaction& transaction,
                                                     EnvironmentId environment,
                                                     const Context& context, AuthRequestId id,
                                                     std::string_view typed) {
  using Outcome = Verification::Outcome;
  const auto known = TRY(find_passwordless(transaction, environment, id));
  if (!known.has_value()) return unknown_request();
  const Allowed allowed =
      TRY(may_try_code_of_address(transaction, environment, context, deps.throttle, known->email));
  if (allowed == Allowed::no || known->tries >= passwordless_tries_max) {
    return refused(deps, transaction, environment, context, id, Outcome::too_many_tries);
  }
  if (!TRY(take_passwordless_try(transaction, environment, id, context.now))) {
    return refused(deps, transaction, environment, context, id, Outcome::wrong);
  }
  const auto code = code_from_input(typed);
  if (code.has_value()) {
    const auto used =
        TRY(storage::consume_one_time(transaction, environment, OneTimePurpose::passwordless_code,
                                      code_hash(deps.code_key, id, *code), context.now));
    auto proven = !used.has_value()
                      ? std::optional<PasswordlessRequest>()
                      : TRY(mark_passwordless_verified(transaction, environment, id, context.now,
                                                       passwordless_tries_max));
    if (proven.has_value()) {
      return accepted(deps, transaction, environment, context, *std::move(proven));
    }
  }
  TRY(count_wrong_try_of_address(transaction, environment, context, known->email));
  return refused(deps, transaction, environment, context, id, Outcome::wrong);
}

Result<Verification, Error> verify_passwordless_link(
    const PasswordlessDeps& deps, Transaction& transaction, EnvironmentId environment,
    const Context& context, std::optional<AuthRequestId> request, std::string_view link_token) {
  const auto id = request_of_link(link_token);
  if (!id.has_value() || (request.has_value() && request != id)) {
    return Verification{.outcome = Verification::Outcome::wrong, .proven = std::nullopt};
  }
  const auto used =
      TRY(storage::consume_one_time(transaction, environment, OneTimePurpose::passwordless_link,
                                    crypto::sha256(link_token), context.now));
  if (used.has_value() && used->subject == id->number()) {
    auto proven = TRY(mark_passwordless_verified(transaction, environment, *id, context.now,
                                                 passwordless_tries_max - 1));
    if (proven.has_value()) {
      return accepted(deps, transaction, environment, context, *std::move(proven));
    }
  }
  return refused(deps, transaction, environment, context, *id, Verification::Outcome::wrong);
}

}  // namespace gatehouse::login
