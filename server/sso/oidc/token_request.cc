#include "server/sso/oidc/token_request.h"

#include <algorithm>
#include <array>

#include "server/crypto/hmac.h"
#include "server/encoding/base64.h"
#include "server/encoding/json.h"
#include "server/sso/oidc/authorize_url.h"

namespace gatehouse::sso::oidc_rp {
namespace {

constexpr std::string_view assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr std::int64_t assertion_seconds = 60;
constexpr std::size_t access_token_bytes_max = 16 * 1024;

std::string form_encoded(std::string_view text) {
  std::string out;
  append_form_encoded(out, text);
  return out;
}

// The audience is the issuer alone: an assertion for one provider proves nothing to another
// [RFC 10070].
std::string client_assertion(const RedeemDeps& deps, const Relying& relying,
                             const Endpoints& endpoints, const CodeExchange& exchange,
                             Instant now) {
  std::string claims;
  JsonWriter json(claims);
  json.begin_object().field("iss", relying.client_id).field("sub", relying.client_id);
  json.field("aud", endpoints.issuer);
  json.field("jti", base64url_encode(crypto::hmac_sha256(deps.flow_key.reveal(),
                                                         "assertion:" + exchange.request_id)));
  json.field("iat", to_unix_seconds(now)).field("exp", to_unix_seconds(now) + assertion_seconds);
  json.end_object();
  return deps.client_signer->sign(jose::TokenType::client_authentication, claims);
}

// How this server proves which client it is [RFC 6749 §2.3.1] [RFC 7523 §2.2].
void authenticate(const RedeemDeps& deps, const Relying& relying, const Endpoints& endpoints,
                  const CodeExchange& exchange, Instant now, ProviderCall& call) {
  if (deps.client_signer != nullptr) {
    append_form_field(call.body, "client_id", relying.client_id);
    append_form_field(call.body, "client_assertion_type", assertion_type);
    append_form_field(call.body, "client_assertion",
                      client_assertion(deps, relying, endpoints, exchange, now));
  } else if (!relying.client_secret.empty() &&
             relying.token_auth == connections::TokenAuth::basic_auth) {
    // Both parts are form-encoded first: a secret may hold colons and anything else.
    const std::string pair =
        form_encoded(relying.client_id) + ":" + form_encoded(relying.client_secret.reveal());
    call.headers.push_back({.name = "Authorization", .value = "Basic " + base64_encode(pair)});
  } else {
    append_form_field(call.body, "client_id", relying.client_id);
    if (!relying.client_secret.empty()) {
      append_form_field(call.body, "client_secret", relying.client_secret.reveal());
    }
  }
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

// Providers name a wrong redirect URI in many ways; AADSTS50011 and AADSTS500112 are Entra ID's.
bool is_about_redirect(std::string_view error, std::string_view description) {
  const std::string text = lower_case(description);
  return has(error, "redirect_uri") || has(text, "redirect_uri") || has(text, "redirect uri") ||
         has(text, "aadsts50011") || has(text, "reply url") || has(text, "reply address");
}

Diagnosis diagnosis_of(std::string_view error, std::string_view description, int status) {
  if (is_about_redirect(error, description)) return Diagnosis::token_redirect_refused;
  constexpr std::array<std::string_view, 4> of_client = {
      "invalid_client", "unauthorized_client", "incorrect_client_credentials", "invalid_client_id"};
  constexpr std::array<std::string_view, 2> of_code = {"invalid_grant", "bad_verification_code"};
  if (std::find(of_client.begin(), of_client.end(), error) != of_client.end()) {
    return Diagnosis::token_client_refused;
  }
  if (std::find(of_code.begin(), of_code.end(), error) != of_code.end()) {
    return Diagnosis::token_code_refused;
  }
  if (status >= 500 || error == "server_error" || error == "temporarily_unavailable") {
    return Diagnosis::provider_error;
  }
  return status == 401 ? Diagnosis::token_client_refused : Diagnosis::token_request_refused;
}

// What the provider said; nothing where its words repeat what is secret.
std::string words_of(const Relying& relying, const CodeExchange& exchange, std::string_view error,
                     std::string_view description) {
  const std::string_view secret = relying.client_secret.reveal();
  if ((!secret.empty() && has(description, secret)) || has(description, exchange.code)) {
    return std::string(error);
  }
  if (description.empty()) return std::string(error);
  return std::string(error) + ": " + std::string(description);
}

Failure refusal_of(const Relying& relying, const CodeExchange& exchange, const Json& answer,
                   int status) {
  const std::string_view error = answer.string("error").value_or("");
  const std::string_view description = answer.string("error_description").value_or("");
  std::string received = "HTTP " + std::to_string(status);
  if (!error.empty()) received += ", " + words_of(relying, exchange, error, description);
  return Failure(diagnosis_of(error, description, status), "tokens", std::move(received));
}

// Fit for a header.
bool is_access_token(std::string_view text) {
  return !text.empty() && text.size() <= access_token_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

Result<Tokens, Failure> request_tokens(const RedeemDeps& deps, const Relying& relying,
                                       const Endpoints& endpoints, const CodeExchange& exchange,
                                       const Patience& patience) {
  ProviderCall call{
      .method = net::OutboundMethod::post,
      .url = endpoints.token_uri,
      .headers = {{.name = "Content-Type", .value = "application/x-www-form-urlencoded"},
                  {.name = "Accept", .value = "application/json"}}};
  append_form_field(call.body, "grant_type", "authorization_code");
  append_form_field(call.body, "code", exchange.code);
  append_form_field(call.body, "redirect_uri", relying.redirect_uri);
  if (relying.pkce == Relying::Pkce::s256) {
    append_form_field(call.body, "code_verifier", verifier_of(deps.flow_key, exchange.request_id));
  }
  authenticate(deps, relying, endpoints, exchange, patience.now, call);
  const net::HttpAnswer answer =
      TRY(deps.providers.calls().send(relying, std::move(call), patience));
  auto parsed = Json::parse(answer.body);
  const bool is_object = parsed.ok() && parsed.value().object() != nullptr;
  // GitHub refuses with HTTP 200.
  if (answer.status != 200 || (is_object && parsed.value().find("error") != nullptr)) {
    return refusal_of(relying, exchange, is_object ? parsed.value() : Json(), answer.status);
  }
  if (!is_object) {
    return Failure(Diagnosis::provider_answer_malformed, "tokens in a JSON object",
                   parsed.ok() ? "JSON of another kind" : parsed.error().detail);
  }
  const std::string_view access_token = parsed.value().string("access_token").value_or("");
  if (!is_access_token(access_token)) {
    return Failure(Diagnosis::provider_answer_malformed, "an access token",
                   access_token.empty() ? "none" : "one that no header can hold");
  }
  return Tokens{.access_token = Secret(std::string(access_token)),
                .id_token = std::string(parsed.value().string("id_token").value_or(""))};
}

}  // namespace gatehouse::sso::oidc_rp
