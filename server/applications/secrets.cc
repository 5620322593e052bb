// Client secrets [RFC 6749 §2.3.1]: 256 random bits behind a prefix that tells leaked ones of
// production from harmless ones. Being random they need no slow hash: SHA-256 is what is stored.

#include <algorithm>

#include "server/applications/application_store.h"
#include "server/applications/change.h"
#include "server/applications/client_secret.h"
#include "server/crypto/hash.h"

namespace gatehouse::applications {
namespace {

constexpr std::size_t chosen_bytes_min = 32;
constexpr std::size_t chosen_bytes_max = 200;

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

Error unknown() { return refusal(ErrorCode::not_found, "secret not found"); }

Error too_many() {
  return refusal(ErrorCode::resource_exhausted,
                 std::to_string(active_secrets_max) + " secrets are active, or " +
                     std::to_string(secrets_max) + " are kept: delete one first");
}

}  // namespace

Result<IssuedSecret, Error> add_secret(storage::Transaction& transaction,
                                       const environments::Environment& environment,
                                       const Context& context, Random& random,
                                       ApplicationId application,
                                       const std::optional<Secret>& chosen) {
  const Application current = TRY(load_application(transaction, environment.id, application));
  if (!current.is_confidential()) {
    return refusal(ErrorCode::failed_precondition, "a public client has no secrets");
  }
  Secret plain = chosen.has_value() ? TRY(accept_chosen(environment.kind, *chosen))
                                    : generate_secret(environment.kind, random);
  SecretRecord secret = record_of(plain, context, random);
  TRY(touch_application(transaction, environment.id, application, context.now));
  if (!TRY(insert_secret(transaction, environment.id, application, secret))) {
    return too_many();
  }
  TRY(finish_change(transaction, environment.id, context, random,
                    about_secret(audit::Event::secret_created, current, secret.id)));
  return IssuedSecret{.record = std::move(secret), .plain = std::move(plain)};
}

Result<Unit, Error> activate_secret(storage::Transaction& transaction, EnvironmentId environment,
                                    const Context& context, Random& random,
                                    ApplicationId application, ClientSecretId secret) {
  const Application current = TRY(load_application(transaction, environment, application));
  const SecretRecord* found = find_secret(current, secret);
  if (found == nullptr) return unknown();
  if (found->state == SecretRecord::State::active) return Unit{};
  TRY(touch_application(transaction, environment, application, context.now));
  if (!TRY(set_secret_active(transaction, environment, application, secret, context.now))) {
    return too_many();
  }
  return finish_change(transaction, environment, context, random,
                       about_secret(audit::Event::secret_activated, current, secret));
}

Result<Unit, Error> deactivate_secret(storage::Transaction& transaction, EnvironmentId environment,
                                      const Context& context, Random& random,
                                      ApplicationId application, ClientSecretId secret) {
  const Application current = TRY(load_application(transaction, environment, application));
  if (find_secret(current, secret) == nullptr) return unknown();
  if (!TRY(set_secret_inactive(transaction, environment, application, secret, context.now))) {
    return Unit{};
  }
  TRY(touch_application(transaction, environment, application, context.now));
  return finish_change(transaction, environment, context, random,
                       about_secret(audit::Event::secret_deactivated, current, secret));
}

Result<Unit, Error> delete_secret(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, ApplicationId application,
                                  ClientSecretId secret) {
  const Application current = TRY(load_application(transaction, environment, application));
  if (!TRY(remove_secret(transaction, environment, application, secret))) return unknown();
  TRY(touch_application(transaction, environment, application, context.now));
  return finish_change(transaction, environment, context, random,
                       about_secret(audit::Event::secret_deleted, current, secret));
}

const SecretRecord* matching_secret(std::span<const SecretRecord> secrets, std::string_view shown,
                                    Instant now) {
  const std::string hash = crypto::sha256(shown);
  const SecretRecord* found = nullptr;
  for (const SecretRecord& secret : secrets) {
    const bool is_same = equal_in_constant_time(secret.hash, hash);
    const bool is_usable = secret.state == SecretRecord::State::active &&
                           (!secret.expires_at.has_value() || now < *secret.expires_at);
    if (is_same && is_usable) found = &secret;
  }
  return found;
}

bool secret_matches(const Application& application, std::string_view shown, Instant now) {
  const SecretRecord* found = matching_secret(application.secrets, shown, now);
  return application.is_confidential() && found != nullptr;
}

}  // namespace gatehouse::applications
