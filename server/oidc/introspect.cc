#include "server/oidc/introspect.h"

#include <algorithm>

#include "server/encoding/json.h"
#include "server/oidc/client_request.h"
#include "server/sessions/refresh.h"

namespace gatehouse::oidc {
namespace {

using storage::Transaction;

http::Response json_response(std::string body) {
  http::Response response;
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

http::Response inactive() { return json_response(R"({"active":false})"); }

bool may_ask(const applications::Application& caller, const AccessToken& token) {
  return caller.type == applications::Type::env || token.client_id == caller.client_id ||
         std::ranges::find(token.audience, caller.client_id) != token.audience.end();
}

std::string describe(const environments::Environment& environment, const AccessToken& token) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("active", true);
  writer.field("token_type", "Bearer");
  writer.field("iss", environment.base_url);
  writer.field("client_id", token.client_id);
  writer.field("sub", token.subject);
  writer.key("aud").begin_array();
  for (const std::string& audience : token.audience) writer.value(audience);
  writer.end_array();
  writer.field("scope", token.scope);
  writer.field("jti", token.id.text());
  writer.field("iat", to_unix_seconds(token.issued_at));
  writer.field("exp", to_unix_seconds(token.expires_at));
  if (token.session.has_value()) writer.field("sid", token.session->text());
  if (token.organization.has_value()) writer.field("oid", token.organization->text());
  writer.end_object();
  return out;
}

std::string describe_refresh(const environments::Environment& environment,
                             const sessions::FamilyState& state, std::string_view client_id) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("active", true);
  writer.field("token_type", "refresh_token");
  writer.field("iss", environment.base_url);
  writer.field("client_id", client_id);
  writer.field("sub", state.family.user.text());
  writer.field("scope", state.family.scope);
  writer.field("exp", to_unix_seconds(state.expires_at));
  writer.field("sid", state.family.session.text());
  writer.end_object();
  return out;
}

bool looks_like_refresh_token(std::string_view token) { return token.starts_with("rt_"); }

Result<http::Response, Error> introspect_refresh(Transaction& transaction, const Deps& deps,
                                                 const Context& context,
                                                 const AuthenticatedClient& client,
                                                 const Secret& token) {
  const auto state = TRY(sessions::inspect_refresh_token(transaction, context.environment,
                                                         deps.refresh_key, token, context.now));
  if (!state.has_value() || !state->usable) return inactive();
  const auto& caller = client.application();
  const auto* owner = client.entry().find(state->family.application);
  const bool may =
      owner != nullptr && (caller.type == applications::Type::env || owner->id == caller.id);
  if (!may) return inactive();
  return json_response(describe_refresh(client.environment(), *state, owner->client_id));
}

}  // namespace

http::Response IntrospectionEndpoint::post(const Context& context,
                                           const http::Request& request) const {
  const auto opened = open_client_request(deps_, context, request);
  if (!opened.ok()) return opened.error();
  const AuthenticatedClient& client = opened.value().client;
  if (!client.application().is_confidential()) {
    return oauth_error_response(
        OAuthError(OAuthCode::unauthorized_client, "A public client cannot introspect tokens."));
  }
  const auto shown = opened.value().form.get_given("token");
  if (!shown.has_value()) {
    return oauth_error_response(OAuthError(OAuthCode::invalid_request, "token is missing."));
  }
  if (looks_like_refresh_token(*shown)) {
    const Secret token{std::string(*shown)};
    const auto answer = storage::read(deps_.database, context, [&](Transaction& transaction) {
      return introspect_refresh(transaction, deps_, context, client, token);
    });
    return answer.ok() ? answer.value() : oauth_error_response(answer.error());
  }
  const auto token = tokens_.verify(deps_, context, client.environment(), *shown);
  if (token == nullptr || !may_ask(client.application(), *token)) return inactive();
  const auto state = storage::read(deps_.database, context, [&](Transaction& transaction) {
    return token_state(transaction, context, *token);
  });
  if (!state.ok()) return oauth_error_response(state.error());
  if (!state.value().has_value()) return inactive();
  return json_response(describe(client.environment(), *token));
}

http::Response RevocationEndpoint::post(const Context& context,
                                        const http::Request& request) const {
  const auto opened = open_client_request(deps_, context, request);
  if (!opened.ok()) return opened.error();
  const AuthenticatedClient& client = opened.value().client;
  const auto shown = opened.value().form.get_given("token");
  if (!shown.has_value()) {
    return oauth_error_response(OAuthError(OAuthCode::invalid_request, "token is missing."));
  }
  const Secret token{std::string(*shown)};
  const auto access = tokens_.verify(deps_, context, client.environment(), token.reveal());
  Context by_client = context;
  by_client.actor = {ActorType::client, client.application().client_id};
  const auto revoked = storage::write(
      deps_.database, by_client, [&](Transaction& transaction) -> Result<Unit, Error> {
        const EnvironmentId environment = context.environment;
        std::string revoked_id;
        if (access != nullptr && access->client_id == client.application().client_id) {
          TRY(sessions::revoke_token(transaction, environment, access->id, access->expires_at));
          revoked_id = access->id.text();
        } else if (looks_like_refresh_token(token.reveal())) {
          const auto state = TRY(sessions::inspect_refresh_token(
              transaction, environment, deps_.refresh_key, token, context.now));
          if (!state.has_value() || state->family.application != client.application().id) {
            return Unit{};
          }
          TRY(sessions::end_family(transaction, environment, state->family.id,
                                   sessions::EndReason::revoked, context.now));
          revoked_id = state->family.id.text();
        } else {
          return Unit{};
        }
        return audit::record(transaction, environment, by_client, deps_.random,
                             {.event = audit::Event::token_revoked,
                              .subject_type = "token",
                              .subject_id = revoked_id,
                              .client_id = client.application().client_id});
      });
  if (!revoked.ok()) return oauth_error_response(revoked.error());
  http::Response response;
  response.headers.add("Cache-Control", "no-store");
  return response;
}

}  // namespace gatehouse::oidc
