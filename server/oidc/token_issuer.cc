#include "server/oidc/token_issuer.h"

#include "server/encoding/json.h"

namespace gatehouse::oidc {
namespace {

Result<const jose::TokenSigner*, OAuthError> signer_of(
    const keys::KeyRing& ring, const applications::Application& application) {
  const auto algorithm = crypto::parse_algorithm(application.signing_algorithm);
  ENSURE(algorithm.has_value());
  const jose::TokenSigner* signer = ring.signer(*algorithm);
  if (signer == nullptr) {
    return OAuthError(OAuthCode::temporarily_unavailable,
                      "Signing keys are being made. Try again in a moment.",
                      "no current key for " + application.signing_algorithm);
  }
  return signer;
}

}  // namespace

Duration access_token_lifetime(const environments::Environment& environment,
                               const applications::Application& application) {
  return application.access_token_lifetime.value_or(environment.settings.access_token_lifetime);
}

Result<IssuedTokens, OAuthError> issue_person_tokens(const keys::KeyRing& ring,
                                                     const PersonTokenOrder& order) {
  const jose::TokenSigner* signer = TRY(signer_of(ring, order.application));
  const std::string& algorithm = order.application.signing_algorithm;
  TokenFrame frame{order.environment, order.application, order.now,
                   access_token_lifetime(order.environment, order.application)};
  const CustomClaims custom = order.custom_claims.evaluate(order.grant.claim_facts);
  IssuedTokens tokens{
      .access_token = signer->sign(jose::TokenType::access_token,
                                   access_token_claims(frame, order.grant, custom, order.token)),
      .id_token = {},
      .expires_in = frame.lifetime,
      .scope = order.grant.scope.text()};
  frame.lifetime = order.environment.settings.id_token_lifetime;
  const TokenHashes hashes{.at_hash = token_hash(algorithm, tokens.access_token),
                           .c_hash = order.code == nullptr
                                         ? std::string()
                                         : token_hash(algorithm, order.code->reveal())};
  tokens.id_token =
      signer->sign(jose::TokenType::jwt, id_token_claims(frame, order.grant, custom, hashes));
  return tokens;
}

Result<IssuedTokens, OAuthError> issue_machine_token(const keys::KeyRing& ring,
                                                     const MachineTokenOrder& order) {
  const jose::TokenSigner* signer = TRY(signer_of(ring, order.application));
  const TokenFrame frame{order.environment, order.application, order.now,
                         order.application.access_token_lifetime.value_or(
                             order.environment.settings.m2m_token_lifetime)};
  return IssuedTokens{
      .access_token = signer->sign(jose::TokenType::access_token,
                                   machine_token_claims(frame, order.grant, order.token)),
      .id_token = {},
      .expires_in = frame.lifetime,
      .scope = order.grant.scope.text()};
}

http::Response token_response(const IssuedTokens& tokens) {
  http::Response response;
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Cache-Control", "no-store");
  response.body.reserve(tokens.access_token.size() + tokens.id_token.size() + 256);
  JsonWriter writer(response.body);
  writer.begin_object();
  writer.field("access_token", tokens.access_token);
  writer.field("token_type", "Bearer");
  writer.field("expires_in",
               std::chrono::duration_cast<std::chrono::seconds>(tokens.expires_in).count());
  if (tokens.refresh_token.has_value()) {
    writer.field("refresh_token", tokens.refresh_token->reveal());
  }
  if (!tokens.id_token.empty()) writer.field("id_token", tokens.id_token);
  writer.field("scope", tokens.scope);
  writer.end_object();
  return response;
}

}  // namespace gatehouse::oidc
