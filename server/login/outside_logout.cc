#include "server/login/outside_logout.h"

#include "server/connections/connection_store.h"
#include "server/core/limits.h"
#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/encoding/json.h"
#include "server/sessions/origin.h"
#include "server/storage/one_time.h"

namespace gatehouse::login {
namespace {

using storage::OneTimePurpose;
using storage::Transaction;

constexpr std::size_t token_bytes = 32;

bool is_wanted(const connections::Connection& connection) {
  if (!connection.is_enabled) return false;
  if (const auto* saml = std::get_if<connections::SamlConfiguration>(&connection.configuration)) {
    return saml->idp_slo_required.value_or(false) && !saml->idp_slo_url.value_or("").empty();
  }
  const auto* oidc = std::get_if<connections::OidcConfiguration>(&connection.configuration);
  return oidc != nullptr && oidc->idp_logout_required.value_or(false);
}

}  // namespace

Result<std::optional<std::string>, Error> begin_outside_logout(Transaction& transaction,
                                                               EnvironmentId environment,
                                                               const Context& context,
                                                               Random& random, SessionId session,
                                                               std::string_view target) {
  using None = std::optional<std::string>;
  const auto origin = TRY(sessions::find_origin(transaction, environment, session));
  if (!origin.has_value()) return None();
  const auto connection =
      TRY(connections::find_by_id(transaction, environment, origin->connection));
  if (!connection.has_value() || !is_wanted(*connection)) return None();
  const std::string token = base64url_encode(random_bytes(random, token_bytes));
  TRY(put_outside_logout(transaction, environment, token,
                         {session, origin->connection, std::string(target)}, context.now));
  return None("/sso/logout?request=" + token);
}

Result<Unit, Error> put_outside_logout(Transaction& transaction, EnvironmentId environment,
                                       std::string_view id, const OutsideLogout& logout,
                                       Instant now) {
  std::string payload;
  JsonWriter(payload)
      .begin_object()
      .field("session", logout.session.text())
      .field("connection", logout.connection.text())
      .field("target", logout.target)
      .end_object();
  return storage::put_one_time(transaction, environment,
                               {.purpose = OneTimePurpose::sso_logout,
                                .key_hash = crypto::sha256(id),
                                .subject = std::nullopt,
                                .payload = std::move(payload),
                                .expires_at = now + limits::flow_lifetime},
                               now);
}

Result<std::optional<OutsideLogout>, Error> take_outside_logout(Transaction& transaction,
                                                                EnvironmentId environment,
                                                                std::string_view token,
                                                                Instant now) {
  using None = std::optional<OutsideLogout>;
  const auto taken = TRY(storage::consume_one_time(
      transaction, environment, OneTimePurpose::sso_logout, crypto::sha256(token), now));
  if (!taken.has_value()) return None();
  const Json root = TRY(Json::parse(taken->payload));
  const auto session = SessionId::parse(root.string("session").value_or(""));
  const auto connection = ConnectionId::parse(root.string("connection").value_or(""));
  ENSURE(session.has_value() && connection.has_value());  // we wrote it
  return None(
      OutsideLogout{*session, *connection, std::string(root.string("target").value_or(""))});
}

}  // namespace gatehouse::login
