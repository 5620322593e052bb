// Setting up a connection: one change is applied to what is stored, judged as a whole, and written.

#include "server/connections/connection_act.h"
#include "server/connections/connection_store.h"
#include "server/crypto/certificate.h"
#include "server/crypto/hash.h"
#include "server/encoding/hex.h"
#include "server/encoding/utf8.h"

namespace gatehouse::connections {
namespace {

using storage::Transaction;

constexpr std::size_t secret_bytes_max = 2048;
constexpr std::size_t title_bytes_max = 100;
constexpr std::size_t key_bytes_max = 300;
// Long enough that its last characters give nothing away.
constexpr std::size_t secret_bytes_shown_from = 16;
constexpr std::size_t shown_bytes = 4;

std::string place_of(const Connection& connection) {
  return "connections|sealed_client_secret|" + connection.environment.text() + "|" +
         connection.id.text();
}

std::string hint_of(std::string_view secret) {
  std::string hint(8, '*');
  if (secret.size() >= secret_bytes_shown_from) hint += secret.substr(secret.size() - shown_bytes);
  return hint;
}

Error refused(std::string_view field, std::string_view why) {
  return refusal(ErrorCode::invalid_argument, std::string(field) + " " + std::string(why),
                 "connection." + std::string(field));
}

Result<Unit, Error> set_text(std::string& text, const std::optional<std::string>& wanted,
                             const char* field, std::size_t bytes_max) {
  if (!wanted.has_value()) return Unit{};
  if (clean_display_name(*wanted, bytes_max) != wanted) {
    return refused(field, "must be short and without control characters");
  }
  text = *wanted;
  return Unit{};
}

struct Sealer {
  const crypto::SealingKey& key;
  Random& random;
};

Result<Unit, Error> set_secret(Connection& connection, const std::optional<Secret>& wanted,
                               const Sealer& sealer) {
  if (!wanted.has_value()) return Unit{};
  const std::string_view secret = wanted->reveal();
  if (!secret.empty() && secret == connection.client_secret_hint) return Unit{};
  if (secret.size() > secret_bytes_max) return refused("client_secret", "is too long");
  if (!std::holds_alternative<OidcConfiguration>(connection.configuration) &&
      !std::holds_alternative<OAuthConfiguration>(connection.configuration)) {
    return refused("client_secret", "is not for connections of this type");
  }
  connection.client_secret_hint = secret.empty() ? std::string() : hint_of(secret);
  connection.sealed_client_secret =
      secret.empty() ? std::string()
                     : sealer.key.seal(sealer.random, *wanted, place_of(connection));
  return Unit{};
}

Result<Unit, Error> set_certificates(Connection& connection,
                                     const std::optional<std::string>& wanted, Instant now) {
  if (!wanted.has_value()) return Unit{};
  auto* saml = std::get_if<SamlConfiguration>(&connection.configuration);
  if (saml == nullptr) return refused("idp_certificate", "is for SAML connections");
  saml->certificates.clear();
  if (wanted->empty()) return Unit{};
  const auto parsed = crypto::parse_certificates(*wanted);
  if (!parsed.ok()) return refused("idp_certificate", "is no X.509 certificate in PEM form");
  for (const crypto::Certificate& certificate : parsed.value()) {
    saml->certificates.push_back({.id = hex_encode(crypto::sha256(certificate.der)),
                                  .pem = {certificate.pem()},
                                  .issuer = certificate.issuer,
                                  .added_at_ms = to_ms(now),
                                  .expires_at_ms = to_ms(certificate.not_after)});
  }
  return Unit{};
}

// What whoever replaces a configuration does not always know of: certificates have a way of their
// own, and the contract's messages have no such fields.
void keep(SamlConfiguration& now, SamlConfiguration& before) {
  now.certificates = std::move(before.certificates);
  if (!now.allow_idp_initiated_login) {
    now.allow_idp_initiated_login = before.allow_idp_initiated_login;
  }
}
void keep(OidcConfiguration& now, const OidcConfiguration& before) {
  if (!now.private_key_jwt) now.private_key_jwt = before.private_key_jwt;
}
template <class Structure>
void keep(Structure&, const Structure&) {}

Result<Unit, Error> set_configuration(Connection& connection,
                                      const std::optional<Configuration>& wanted) {
  if (!wanted.has_value()) return Unit{};
  if (type_of(*wanted) != connection.type) {
    return refused("settings", "are not those of a connection of this type");
  }
  Configuration before = std::exchange(connection.configuration, *wanted);
  std::visit([&](auto& now) { keep(now, std::get<std::remove_cvref_t<decltype(now)>>(before)); },
             connection.configuration);
  return Unit{};
}

Result<Unit, Error> set_mapping(Connection& connection,
                                const std::optional<AttributeMapping>& wanted) {
  if (!wanted.has_value()) return Unit{};
  if (wanted->size() > attribute_mapping_pairs_max) {
    return refused("attribute_mapping", "has at most 30 pairs");
  }
  connection.attribute_mapping = *wanted;
  return Unit{};
}

AddressRule rule_for(const environments::Environment& environment, const Connection& connection) {
  return environment.is_development() && connection.is_debugged ? AddressRule::http_too
                                                                : AddressRule::https_only;
}

Result<Unit, Error> apply(Connection& connection, const ConnectionChange& change,
                          const Sealer& sealer, Instant now) {
  if (change.provider.has_value()) connection.provider = *change.provider;
  TRY(set_text(connection.provider_key, change.provider_key, "provider_key", key_bytes_max));
  std::string key_id = connection.key_id.value_or("");
  TRY(set_text(key_id, change.key_id, "key_id", key_bytes_max));
  if (!key_id.empty()) connection.key_id = std::move(key_id);
  if (change.is_debugged.has_value()) connection.is_debugged = *change.is_debugged;
  if (change.ui_button_title == "") {
    connection.ui_button_title.clear();
  } else {
    TRY(set_text(connection.ui_button_title, change.ui_button_title, "ui_button_title",
                 title_bytes_max));
  }
  if (change.mode.has_value()) connection.mode = *change.mode;
  TRY(set_mapping(connection, change.attribute_mapping));
  TRY(set_configuration(connection, change.configuration));
  TRY(set_secret(connection, change.client_secret, sealer));
  return set_certificates(connection, change.idp_certificate, now);
}

}  // namespace

Result<Connection, Error> update(Transaction& transaction,
                                 const environments::Environment& environment, Owner owner,
                                 const Context& context, Random& random,
                                 const crypto::SealingKey& sealing_key, ConnectionId id,
                                 const ConnectionChange& change) {
  Connection connection = TRY(get(transaction, environment.id, owner, id));
  if (change.type.value_or(connection.type) != connection.type) {
    return refused("type", "of a connection cannot change");
  }
  const bool was_simulated = connection.provider == Provider::idp_simulator;
  TRY(apply(connection, change, {sealing_key, random}, context.now));
  if (was_simulated != (connection.provider == Provider::idp_simulator)) {
    return refused("provider", "cannot change from or to the simulator");
  }
  TRY(check_configuration(connection.configuration, rule_for(environment, connection)));
  connection.status = status_of(
      connection.configuration, connection.provider,
      connection.sealed_client_secret.empty() ? ClientSecret::absent : ClientSecret::present);
  if (connection.is_enabled && connection.status != Status::completed) {
    return refusal(ErrorCode::failed_precondition,
                   "an enabled connection must stay complete: disable it first");
  }
  connection.updated_at = context.now;
  if (!TRY(update_connection(transaction, environment.id, connection))) return key_is_taken();
  TRY(note_act(transaction, environment.id, context, random,
               {audit::Event::connection_updated, "", connection}));
  return connection;
}

Result<Secret, Error> open_client_secret(const crypto::SealingKey& sealing_key,
                                         const Connection& connection) {
  return sealing_key.open(connection.sealed_client_secret, place_of(connection));
}

}  // namespace gatehouse::connections
