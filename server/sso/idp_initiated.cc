#include "server/sso/idp_initiated.h"

#include "server/encoding/json.h"
#include "server/http/redirect.h"
#include "server/sso/requests.h"

namespace gatehouse::sso {
namespace {

using applications::Application;
using applications::CatalogEntry;
using storage::Transaction;

constexpr std::size_t relay_state_bytes_max = 512;
constexpr Duration not_before_slack = seconds(60);

// The application that people are sent to: the one whose beginning the connection names, else the
// environment's default one, else the only one that has a beginning.
const Application* find_application(const CatalogEntry& entry,
                                    const connections::Connection& connection) {
  const auto& saml = std::get<connections::SamlConfiguration>(connection.configuration);
  const std::string wanted = saml.default_redirect_uri.value_or("");
  const Application* default_one = nullptr;
  const Application* only_one = nullptr;
  int beginnings = 0;
  for (const auto& [client_id, application] : entry.by_client_id) {
    if (!application.initiate_login_uri.has_value()) continue;
    if (!wanted.empty() && application.initiate_login_uri == wanted) return &application;
    if (application.type == applications::Type::env) default_one = &application;
    only_one = &application;
    ++beginnings;
  }
  if (default_one != nullptr) return default_one;
  return beginnings == 1 ? only_one : nullptr;
}

std::string claims_of(const Context& context, const environments::Environment& environment,
                      const Unasked& unasked) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("iss", environment.base_url);
  writer.field("connection_id", unasked.connection.id.text());
  if (unasked.connection.organization.has_value()) {
    writer.field("organization_id", unasked.connection.organization->text());
  }
  if (unasked.identity.email.has_value()) {
    writer.field("login_hint", unasked.identity.email->text());
  }
  // What else the provider wants said is the application's to read, and never ours to follow.
  if (!unasked.relay_state.empty() && unasked.relay_state.size() <= relay_state_bytes_max) {
    writer.field("relay_state", unasked.relay_state);
  }
  writer.field("iat", to_unix_seconds(context.now));
  writer.field("nbf", to_unix_seconds(context.now - not_before_slack));
  writer.field("exp", to_unix_seconds(context.now + idp_initiated_lifetime));
  writer.end_object();
  return out;
}

}  // namespace

http::Response begin_for_provider(const Deps& deps, const Context& context,
                                  const Unasked& unasked) {
  const auto entry = deps.login.catalog.current()->by_id(context.environment);
  const connections::Connection& connection = unasked.connection;
  Trouble trouble{.failure = Failure(Diagnosis::connection_disabled),
                  .checks = unasked.checks,
                  .connection = &connection};
  if (!connection.is_enabled) return failed(deps, context, trouble);
  const auto& saml = std::get<connections::SamlConfiguration>(connection.configuration);
  if (!saml.allow_idp_initiated_login.value_or(true)) {
    trouble.failure = Failure(Diagnosis::idp_initiated_refused);
    return failed(deps, context, trouble);
  }
  const Application* application = find_application(*entry, connection);
  if (application == nullptr) {
    trouble.failure = Failure(Diagnosis::initiate_login_missing, "an initiate-login URI", "none");
    return failed(deps, context, trouble);
  }
  const auto ring = deps.keys.snapshot(context.environment);
  const auto algorithm = crypto::parse_algorithm(application->signing_algorithm);
  ENSURE(algorithm.has_value());
  const jose::TokenSigner* signer = ring == nullptr ? nullptr : ring->signer(*algorithm);
  if (signer == nullptr) {
    return broken(deps, context, Error(ErrorCode::unavailable, "no signing key yet"));
  }
  const auto is_new = storage::write(deps.login.database, context, [&](Transaction& transaction) {
    return use_assertion(transaction, context.environment, connection.id, unasked.assertion_id,
                         unasked.assertion_expires_at, context.now);
  });
  if (!is_new.ok()) return broken(deps, context, is_new.error());
  if (!is_new.value()) {
    trouble.failure = Failure(Diagnosis::answer_replayed);
    return failed(deps, context, trouble);
  }
  const std::string token =
      signer->sign(jose::TokenType::jwt, claims_of(context, entry->environment, unasked));
  return http::see_other(
      http::with_query(*application->initiate_login_uri, {{"idp_initiated_login", token}}));
}

}  // namespace gatehouse::sso
