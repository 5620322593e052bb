#include "server/oidc/claims.h"

#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/encoding/json.h"

namespace gatehouse::oidc {
namespace {

// Apps whose clocks run a little behind ours must not refuse fresh tokens.
constexpr Duration not_before_slack = seconds(60);

void write_list(JsonWriter& writer, std::string_view name, const std::vector<std::string>& items) {
  writer.key(name).begin_array();
  for (const std::string& item : items) writer.value(item);
  writer.end_array();
}

void write_audience(JsonWriter& writer, std::string_view audience) {
  writer.key("aud").begin_array().value(audience).end_array();
}

void write_custom_claims(JsonWriter& writer, const std::vector<applications::CustomClaim>& claims) {
  if (claims.empty()) return;
  writer.key("custom_claims").begin_object();
  for (const applications::CustomClaim& claim : claims) writer.field(claim.key, claim.value);
  writer.end_object();
}

void write_times(JsonWriter& writer, const TokenFrame& frame) {
  writer.field("iat", to_unix_seconds(frame.now));
  writer.field("nbf", to_unix_seconds(frame.now - not_before_slack));
  writer.field("exp", to_unix_seconds(frame.now + frame.lifetime));
}

// Who, as far as `scope` goes [OIDC Core §5.4].
void write_person(JsonWriter& writer, const PersonGrant& grant) {
  const users::User& user = grant.user;
  if (grant.scope.has("email")) {
    writer.field("email", user.email.text());
    writer.field("email_verified", user.email_verified);
  }
  if (!grant.scope.has("profile")) return;
  if (!user.name.empty()) writer.field("name", user.name);
  if (!user.given_name.empty()) writer.field("given_name", user.given_name);
  if (!user.family_name.empty()) writer.field("family_name", user.family_name);
  if (user.picture.has_value()) writer.field("picture", *user.picture);
  if (user.locale.has_value()) writer.field("locale", *user.locale);
}

void write_organization(JsonWriter& writer, const PersonGrant& grant) {
  if (grant.organization.has_value()) {
    const std::string id = grant.organization->text();
    writer.field("oid", id);
    writer.field("org_id", id);
  }
  if (grant.organization_external_id.has_value()) {
    writer.field("xoid", *grant.organization_external_id);
  }
  if (grant.user.external_id.has_value()) writer.field("xuid", *grant.user.external_id);
}

void write_custom(JsonWriter& writer, const CustomClaims& custom) {
  for (const auto& claim : custom) {
    if (!claim.json.empty()) writer.key(claim.name).raw(claim.json);
  }
}

// How the person proved themselves, by registered values: a mailed code or link is a one-time
// password [RFC 8176 §2]; of a provider the contract wants the connection.
void write_authentication(JsonWriter& writer, const PersonGrant& grant) {
  const auto& connection = grant.session.connection;
  const std::string way = connection.has_value() ? connection->text() : "otp";
  writer.key("amr").begin_array().value(way).end_array();
  writer.field("auth_time", to_unix_seconds(grant.session.authenticated_at));
}

}  // namespace

std::string access_token_claims(const TokenFrame& frame, const PersonGrant& grant,
                                const CustomClaims& custom, TokenId token) {
  std::string out;
  out.reserve(1024);
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("iss", frame.environment.base_url);
  write_audience(writer, frame.application.client_id);
  writer.field("sub", grant.user.id.text());
  write_times(writer, frame);
  writer.field("jti", token.text());
  writer.field("sid", grant.session.id.text());
  writer.field("client_id", frame.application.client_id);
  write_organization(writer, grant);
  write_list(writer, "roles", grant.grants.roles);
  write_list(writer, "permissions", grant.grants.permissions);
  writer.field("scope", grant.scope.text());
  write_list(writer, "scopes", grant.scope.list());
  write_person(writer, grant);
  write_custom(writer, custom);
  writer.end_object();
  return out;
}

std::string id_token_claims(const TokenFrame& frame, const PersonGrant& grant,
                            const CustomClaims& custom, const TokenHashes& hashes) {
  std::string out;
  out.reserve(1024);
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("iss", frame.environment.base_url);
  write_audience(writer, frame.application.client_id);
  writer.field("azp", frame.application.client_id);
  writer.field("sub", grant.user.id.text());
  writer.field("iat", to_unix_seconds(frame.now));
  writer.field("exp", to_unix_seconds(frame.now + frame.lifetime));
  writer.field("sid", grant.session.id.text());
  writer.field("client_id", frame.application.client_id);
  write_organization(writer, grant);
  if (!grant.organization_name.empty() && grant.scope.has("profile")) {
    writer.field("org_name", grant.organization_name);
  }
  write_authentication(writer, grant);
  if (!grant.nonce.empty()) writer.field("nonce", grant.nonce);
  writer.field("at_hash", hashes.at_hash);
  if (!hashes.c_hash.empty()) writer.field("c_hash", hashes.c_hash);
  write_person(writer, grant);
  write_custom(writer, custom);
  writer.end_object();
  return out;
}

std::string machine_token_claims(const TokenFrame& frame, const MachineGrant& grant,
                                 TokenId token) {
  std::string out;
  out.reserve(512);
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("iss", frame.environment.base_url);
  // A token without a configured audience is for the environment's own API.
  if (frame.application.audience.empty()) {
    write_audience(writer, frame.environment.base_url);
  } else {
    write_list(writer, "aud", frame.application.audience);
  }
  writer.field("sub", frame.application.client_id);
  write_times(writer, frame);
  writer.field("jti", token.text());
  writer.field("client_id", frame.application.client_id);
  if (grant.organization.has_value()) writer.field("oid", grant.organization->text());
  if (grant.organization_external_id.has_value()) {
    writer.field("xoid", *grant.organization_external_id);
  }
  writer.field("scope", grant.scope.text());
  write_list(writer, "scopes", grant.scope.list());
  write_custom_claims(writer, frame.application.custom_claims);
  writer.end_object();
  return out;
}

std::string userinfo_claims(const PersonGrant& grant) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.field("sub", grant.user.id.text());
  write_organization(writer, grant);
  write_person(writer, grant);
  if (grant.scope.has("profile")) {
    writer.field("updated_at", to_unix_seconds(grant.user.updated_at));
  }
  writer.end_object();
  return out;
}

std::string token_hash(std::string_view algorithm, std::string_view text) {
  // RS256 and ES256 go with SHA-256; Ed25519 with SHA-512.
  const std::string digest = algorithm == "EdDSA" ? crypto::sha512(text) : crypto::sha256(text);
  return base64url_encode(std::string_view(digest).substr(0, digest.size() / 2));
}

Result<std::optional<PersonGrant>, Error> load_person_grant(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            const sessions::LiveSession& live,
                                                            std::optional<OrgId> organization,
                                                            ScopeSet scope, std::string nonce) {
  PersonGrant grant{.session = live.session,
                    .user = live.user,
                    .organization = organization,
                    .organization_external_id = std::nullopt,
                    .grants = {},
                    .scope = std::move(scope),
                    .nonce = std::move(nonce),
                    .claim_facts = {}};
  if (!organization.has_value()) return std::optional(std::move(grant));
  const auto membership =
      TRY(orgs::find_membership(transaction, environment, *organization, live.user.id));
  if (!membership.has_value() || !membership->is_active()) return std::optional<PersonGrant>();
  grant.organization_external_id = membership->organization_external_id;
  grant.organization_name = membership->organization_name;
  grant.grants = TRY(rbac::load_grants(transaction, environment, *organization, live.user.id));
  return std::optional(std::move(grant));
}

}  // namespace gatehouse::oidc
