#include "server/sso/oidc/authorize_url.h"

#include <array>

#include "server/crypto/hash.h"
#include "server/crypto/hmac.h"
#include "server/encoding/base64.h"
#include "server/encoding/form.h"

namespace gatehouse::sso::oidc_rp {
namespace {

using connections::Provider;

// What a request says by itself: settings of a connection cannot say otherwise.
constexpr std::array<std::string_view, 17> protocol_parameters = {
    "response_type",   "response_mode", "client_id",      "client_secret",
    "redirect_uri",    "scope",         "state",          "nonce",
    "max_age",         "login_hint",    "code_challenge", "code_challenge_method",
    "id_token_hint",   "request",       "request_uri",    "registration",
    "client_assertion"};

bool is_protocol_parameter(std::string_view name) {
  for (const std::string_view known : protocol_parameters) {
    if (name == known) return true;
  }
  return false;
}

std::string derived(const Secret& flow_key, std::string_view purpose, std::string_view id) {
  return base64url_encode(
      crypto::hmac_sha256(flow_key.reveal(), std::string(purpose) + std::string(id)));
}

bool is_openid(const Relying& relying) { return relying.proof == Relying::Proof::id_token; }

// The words for "let them sign in anew". Google and GitHub know no such wish, and Google refuses
// the whole request for it: there the person at least chooses the account.
void ask_for_fresh_sign_in(const Relying& relying, std::map<std::string, std::string>& parameters) {
  const bool can_only_choose =
      relying.provider == Provider::google || relying.proof == Relying::Proof::github;
  parameters["prompt"] = can_only_choose ? "select_account" : "login";
  if (is_openid(relying) && !can_only_choose) parameters["max_age"] = "0";
}

// Whose account is meant. A provider of an organization is also told the domain, which spares its
// people a page.
void add_hints(const Relying& relying, const std::string& login_hint,
               std::map<std::string, std::string>& parameters) {
  if (login_hint.empty()) return;
  if (relying.proof == Relying::Proof::github) {
    parameters["login"] = login_hint;
    return;
  }
  parameters["login_hint"] = login_hint;
  const std::size_t at = login_hint.rfind('@');
  const bool is_of_organization = !relying.discovery_uri.empty();
  if (!is_of_organization || at == std::string::npos) return;
  const std::string domain = login_hint.substr(at + 1);
  if (relying.provider == Provider::google) parameters["hd"] = domain;
  if (relying.is_microsoft()) parameters["domain_hint"] = domain;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

std::string nonce_of(const Secret& flow_key, std::string_view request_id) {
  return derived(flow_key, "nonce:", request_id);
}

std::string verifier_of(const Secret& flow_key, std::string_view request_id) {
  return derived(flow_key, "verifier:", request_id);
}

Result<Departure, Failure> departure(const DepartureDeps& deps, const Relying& relying,
                                     const ProviderRequest& request, Deadline deadline) {
  const Endpoints endpoints =
      TRY(deps.providers.endpoints(relying, Patience{.now = request.now, .deadline = deadline}));
  std::map<std::string, std::string> parameters;
  for (const auto& [name, value] : relying.authorize_parameters) {
    if (!is_protocol_parameter(name)) parameters[name] = value;
  }
  if (request.authentication == ProviderRequest::Authentication::fresh) {
    ask_for_fresh_sign_in(relying, parameters);
  }
  add_hints(relying, request.login_hint, parameters);
  parameters["response_type"] = "code";
  parameters["client_id"] = relying.client_id;
  parameters["redirect_uri"] = relying.redirect_uri;
  if (!relying.scopes.empty()) parameters["scope"] = joined(relying.scopes);
  parameters["state"] = request.id;
  if (is_openid(relying)) parameters["nonce"] = nonce_of(deps.flow_key, request.id);
  if (relying.pkce == Relying::Pkce::s256) {
    parameters["code_challenge_method"] = "S256";
    parameters["code_challenge"] =
        base64url_encode(crypto::sha256(verifier_of(deps.flow_key, request.id)));
  }
  std::string query;
  for (const auto& [name, value] : parameters) append_form_field(query, name, value);
  // An authorize address may have a query of its own, which stays [RFC 6749 §3.1].
  const char* const joint = endpoints.authorize_uri.find('?') == std::string::npos ? "?" : "&";
  return Departure{.kind = Departure::Kind::redirect,
                   .url = endpoints.authorize_uri + joint + query,
                   .fields = {}};
}

}  // namespace gatehouse::sso::oidc_rp
