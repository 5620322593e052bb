// Client secrets [RFC 6749 §2.3.1]: 256 random bits behind a prefix that tells leaked ones of
// production from harmless ones. Being random they need no slow hash: SHA-256 is what is stored.

#include <algorithm>

#include "server/applications/application_store.h"
#include "server/applications/change.h"
#include "server/crypto/hash.h"
#include "server/encoding/base64.h"

namespace gatehouse::applications {
namespace {

constexpr std::size_t secret_random_bytes = 32;
constexpr std::size_t suffix_bytes = 4;
constexpr std::size_t chosen_bytes_min = 32;
constexpr std::size_t chosen_bytes_max = 200;

Secret generate(environments::Kind kind, Random& random) {
  const Secret noise(random_bytes(random, secret_random_bytes));
  std::string text(kind == environments::Kind::development ? "test_" : "prod_");
  append_base64url(text, noise.reveal());
  return Secret(std::move(text));
}

Result<Secret, Error> accept_chosen(environments::Kind kind, const Secret& chosen) {
  const std::string_view text = chosen.reveal();
  if (kind != environments::Kind::development) {
    return Error(ErrorCode::invalid_argument,
                 "secrets can be chosen in a development environment only");
  }
  const bool is_visible = std::all_of(text.begin(), text.end(),
                                      [](char letter) { return letter > 0x20 && letter < 0x7f; });
  if (text.size() < chosen_bytes_min || text.size() > chosen_bytes_max || !is_visible) {
    return Error(ErrorCode::invalid_argument,
                 "a chosen secret has 32 to 200 visible ASCII characters");
  }
  return chosen;
}

audit::Record about_secret(audit::Event event, const Application& application,
                           ClientSecretId secret) {
  return {.event = event,
          .subject_type = "secret",
          .subject_id = secret.text(),
          .client_id = application.client_id};
}

const SecretRecord* find_secret(const Application& application, ClientSecretId id) {
  for (const SecretRecord& secret : application.secrets) {
    if (secret.id == id) return &secret;
  }
  return nullptr;
}

Error unknown(ClientSecretId secret) {
  return Error(ErrorCode::not_found, "the application has no secret " + secret.text());
}

}  // namespace

Result<IssuedSecret, Error> add_secret(storage::Transaction& transaction,
                                       const environments::Environment& environment,
                                       const Context& context, Random& random,
                                       ApplicationId application,
                                       const std::optional<Secret>& chosen) {
  const Application current = TRY(load_application(transaction, environment.id, application));
  if (!current.is_confidential()) {
    return Error(ErrorCode::failed_precondition, "a public client has no secrets");
  }
  Secret plain = chosen.has_value() ? TRY(accept_chosen(environment.kind, *chosen))
                                    : generate(environment.kind, random);
  const std::string_view text = plain.reveal();
  SecretRecord secret{.id = ClientSecretId::make(random, context.now),
                      .hash = crypto::sha256(text),
                      .suffix = std::string(text.substr(text.size() - suffix_bytes)),
                      .state = SecretRecord::State::active,
                      .created_at = context.now,
                      .expires_at = std::nullopt};
  TRY(touch_application(transaction, environment.id, application, context.now));
  if (!TRY(insert_secret(transaction, environment.id, application, secret))) {
    return Error(ErrorCode::resource_exhausted,
                 std::to_string(active_secrets_max) + " secrets are active, or " +
                     std::to_string(secrets_max) + " are kept: delete one first");
  }
  TRY(finish_change(transaction, environment.id, context, random,
                    about_secret(audit::Event::secret_created, current, secret.id)));
  return IssuedSecret{.record = std::move(secret), .plain = std::move(plain)};
}

Result<Unit, Error> deactivate_secret(storage::Transaction& transaction, EnvironmentId environment,
                                      const Context& context, Random& random,
                                      ApplicationId application, ClientSecretId secret) {
  const Application current = TRY(load_application(transaction, environment, application));
  if (find_secret(current, secret) == nullptr) return unknown(secret);
  if (!TRY(set_secret_inactive(transaction, environment, application, secret))) return Unit{};
  TRY(touch_application(transaction, environment, application, context.now));
  return finish_change(transaction, environment, context, random,
                       about_secret(audit::Event::secret_deactivated, current, secret));
}

Result<Unit, Error> delete_secret(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, ApplicationId application,
                                  ClientSecretId secret) {
  const Application current = TRY(load_application(transaction, environment, application));
  if (!TRY(remove_secret(transaction, environment, application, secret))) return unknown(secret);
  TRY(touch_application(transaction, environment, application, context.now));
  return finish_change(transaction, environment, context, random,
                       about_secret(audit::Event::secret_deleted, current, secret));
}

bool secret_matches(const Application& application, std::string_view shown, Instant now) {
  const std::string hash = crypto::sha256(shown);
  unsigned matches = 0;
  for (const SecretRecord& secret : application.secrets) {
    const bool is_same = equal_in_constant_time(secret.hash, hash);
    const bool is_usable = secret.state == SecretRecord::State::active &&
                           (!secret.expires_at.has_value() || now < *secret.expires_at);
    matches |= static_cast<unsigned>(is_same) & static_cast<unsigned>(is_usable);
  }
  return application.is_confidential() && matches != 0;
}

}  // namespace gatehouse::applications
