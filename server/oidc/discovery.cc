#include "server/oidc/discovery.h"

#include "server/encoding/json.h"
#include "server/oidc/scope.h"

namespace gatehouse::oidc {
namespace {

void write_list(JsonWriter& writer, std::string_view name,
                std::initializer_list<std::string_view> items) {
  writer.key(name).begin_array();
  for (const std::string_view item : items) writer.value(item);
  writer.end_array();
}

http::Response document(std::shared_ptr<const std::string> body, std::string_view max_age) {
  http::Response response;
  response.headers.add("Content-Type", "application/json");
  response.headers.add("Cache-Control", max_age);
  response.shared_body = std::move(body);
  return response;
}

}  // namespace

std::string metadata_document(const environments::Environment& environment) {
  const std::string& base = environment.base_url;
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("issuer", base);
  writer.field("authorization_endpoint", base + "/oauth/authorize");
  writer.field("token_endpoint", base + "/oauth/token");
  writer.field("userinfo_endpoint", base + "/userinfo");
  writer.field("jwks_uri", base + "/keys");
  writer.field("introspection_endpoint", base + "/oauth/introspect");
  writer.field("revocation_endpoint", base + "/oauth/revoke");
  writer.field("end_session_endpoint", base + "/oidc/logout");
  write_list(writer, "scopes_supported", {"openid", "profile", "email", "offline_access"});
  write_list(writer, "response_types_supported", {"code"});
  write_list(writer, "response_modes_supported", {"query", "form_post"});
  write_list(writer, "grant_types_supported",
             {"authorization_code", "refresh_token", "client_credentials"});
  write_list(writer, "subject_types_supported", {"public"});
  write_list(writer, "id_token_signing_alg_values_supported", {"RS256", "ES256", "EdDSA"});
  write_list(writer, "token_endpoint_auth_methods_supported",
             {"client_secret_basic", "client_secret_post", "none"});
  write_list(writer, "introspection_endpoint_auth_methods_supported",
             {"client_secret_basic", "client_secret_post"});
  write_list(writer, "revocation_endpoint_auth_methods_supported",
             {"client_secret_basic", "client_secret_post", "none"});
  write_list(writer, "code_challenge_methods_supported", {"S256"});
  write_list(writer, "prompt_values_supported", {"none", "login", "create", "select_account"});
  write_list(writer, "claims_supported",
             {"iss",
              "sub",
              "aud",
              "exp",
              "iat",
              "auth_time",
              "nonce",
              "amr",
              "azp",
              "at_hash",
              "c_hash",
              "sid",
              "oid",
              "org_id",
              "org_name",
              "xoid",
              "xuid",
              "email",
              "email_verified",
              "name",
              "given_name",
              "family_name",
              "picture",
              "locale",
              "updated_at"});
  writer.field("authorization_response_iss_parameter_supported", true);
  writer.field("backchannel_logout_supported", true);
  writer.field("backchannel_logout_session_supported", true);
  writer.field("claims_parameter_supported", false);
  writer.field("request_parameter_supported", false);
  writer.field("request_uri_parameter_supported", false);
  writer.end_object();
  return out;
}

http::Response DiscoveryEndpoint::metadata(const Context& context, const http::Request&) const {
  const auto entry = deps_.catalog.current()->by_id(context.environment);
  const environments::Environment& environment = entry->environment;
  const std::lock_guard lock(mutex_);
  Document& kept = documents_[context.environment];
  if (kept.base_url != environment.base_url) {
    kept = {environment.base_url,
            std::make_shared<const std::string>(metadata_document(environment))};
  }
  return document(kept.body, "public, max-age=300");
}

http::Response DiscoveryEndpoint::keys(const Context& context, const http::Request&) const {
  const auto ring = deps_.keys.snapshot(context.environment);
  if (ring == nullptr) {
    http::Response response = http::plain_text(503, "Signing keys are being made.\n");
    response.headers.add("Retry-After", "1");
    return response;
  }
  return document(ring->jwks(), "public, max-age=300");
}

}  // namespace gatehouse::oidc
