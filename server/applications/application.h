// An application: an OAuth client of an environment [RFC 6749 §2].
//
//   ENV      the environment's default web application, born with it; its id and secret are the API
//            credentials. WEB_APP: further confidential web applications. SPA, NTV: public clients,
//            PKCE always. M2M: client_credentials only.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "server/applications/custom_claim.h"
#include "server/core/page.h"
#include "server/core/secret.h"
#include "server/encoding/redirect_uri.h"
#include "server/environments/environment.h"

namespace gatehouse::applications {

enum class Type { env, web_app, spa, native, m2m };
[[nodiscard]] std::string_view type_name(Type type);  // "ENV", "WEB_APP", "SPA", "NTV", "M2M"
[[nodiscard]] std::optional<Type> parse_type(std::string_view name);
[[nodiscard]] std::string_view client_id_prefix(Type type);  // skc_ webc_ spac_ ntvc_ m2m_

enum class RedirectKind { callback, post_logout, back_channel_logout };
[[nodiscard]] std::string_view redirect_kind_name(RedirectKind kind);

struct SecretRecord {
  ClientSecretId id;
  std::string hash;    // SHA-256 of the secret: secrets are ours, 256 bits, never chosen by people
  std::string suffix;  // the last four characters, to tell secrets apart
  enum class State { active, inactive } state;
  Instant created_at;
  std::optional<Instant> expires_at;
  std::optional<std::string> created_by;  // the actor's id, where it has one
  Instant updated_at;
  std::optional<Instant> last_used_at;  // to the hour
};

struct Application {
  ApplicationId id;
  EnvironmentId environment;
  std::string client_id;
  Type type;
  std::string name;
  std::string signing_algorithm;  // "RS256", "ES256" or "EdDSA"
  bool enforce_pkce;              // always true for SPA and NTV
  bool allow_api_access;
  std::optional<std::string> initiate_login_uri;
  std::optional<Duration> access_token_lifetime;  // absent: the environment's
  std::vector<std::string> scopes;                // what client_credentials may ask for
  std::vector<std::string> audience;              // of client_credentials tokens; empty: none set
  std::vector<CustomClaim> custom_claims;         // of client_credentials tokens
  std::vector<std::string> grant_types;           // empty: all that its type may use
  std::vector<std::string> callback_uris;
  std::vector<std::string> post_logout_uris;
  std::vector<std::string> back_channel_logout_uris;
  std::vector<SecretRecord> secrets;
  Instant created_at;
  Instant updated_at;

  // Confidential clients hold a secret [RFC 6749 §2.1].
  [[nodiscard]] bool is_confidential() const {
    return type == Type::env || type == Type::web_app || type == Type::m2m;
  }
  [[nodiscard]] const std::vector<std::string>& redirects(RedirectKind kind) const;
  // Whether it may use that grant of the token endpoint, by its type and its own choice.
  [[nodiscard]] bool may_use_grant(std::string_view grant_type) const;
};
// "authorization_code", …: what clients of that type may use at most, in this order.
[[nodiscard]] std::span<const std::string_view> grant_types_of(Type type);

inline constexpr std::size_t active_secrets_max = 2;
inline constexpr std::size_t secrets_max = 20;  // inactive ones too
inline constexpr std::size_t redirects_per_kind_max = 100;

struct NewApplication {
  Type type;
  std::string name;
  std::string signing_algorithm = "RS256";
  enum class Pkce { optional, enforced } pkce = Pkce::optional;
  enum class ApiAccess { allowed, refused } api_access = ApiAccess::refused;
  std::vector<std::string> callback_uris = {};
  std::vector<std::string> post_logout_uris = {};
  std::vector<std::string> back_channel_logout_uris = {};
  std::optional<std::string> initiate_login_uri = std::nullopt;
  std::vector<std::string> scopes = {};
  std::vector<std::string> audience = {};
  std::vector<CustomClaim> custom_claims = {};
  std::vector<std::string> grant_types = {};
  std::optional<Duration> access_token_lifetime = std::nullopt;
  // For `gatehouse dev`, whose credentials stay the same over restarts and fresh data folders.
  std::optional<std::string> client_id = std::nullopt;
};

// Acts: audited, configuration version bumped. URIs are checked by the rules of the environment's
// kind (see encoding/redirect_uri.h). Beyond those: schemes but http and https are for NTV,
// back-channel logout is for WEB_APP and ENV, and M2M has no URIs at all.
// Errors: invalid_argument (name, URIs, scopes, …: says which), already_exists (client_id, a second
// ENV application), not_found, failed_precondition (the ENV application cannot be deleted; a public
// client has no secrets), resource_exhausted (two secrets are active, too many URIs).
Result<Application, Error> create(storage::Transaction& transaction,
                                  const environments::Environment& environment,
                                  const Context& context, Random& random,
                                  const NewApplication& wanted);
// Members that are absent stay as they are; an inner nullopt takes the value back.
struct ApplicationChange {
  std::optional<std::string> name = std::nullopt;
  std::optional<std::string> signing_algorithm = std::nullopt;
  std::optional<NewApplication::Pkce> pkce = std::nullopt;
  std::optional<NewApplication::ApiAccess> api_access = std::nullopt;
  std::optional<std::optional<std::string>> initiate_login_uri = std::nullopt;
  std::optional<std::vector<std::string>> scopes = std::nullopt;
  std::optional<std::vector<std::string>> audience = std::nullopt;
  std::optional<std::vector<CustomClaim>> custom_claims = std::nullopt;
  std::optional<std::vector<std::string>> grant_types = std::nullopt;
  std::optional<std::optional<Duration>> access_token_lifetime = std::nullopt;
  // Whole lists, in their order; one named twice counts once.
  std::optional<std::vector<std::string>> callback_uris = std::nullopt;
  std::optional<std::vector<std::string>> post_logout_uris = std::nullopt;
  std::optional<std::vector<std::string>> back_channel_logout_uris = std::nullopt;
};
// By the rules of create(); the application as it is afterwards. A change that changes nothing is
// not recorded. Errors: as create, and invalid_argument where a public client would lose PKCE or
// the default application its API access.
Result<Application, Error> update(storage::Transaction& transaction,
                                  const environments::Environment& environment,
                                  const Context& context, Random& random, ApplicationId application,
                                  const ApplicationChange& change);
// Adding what is there, and removing what is not, changes nothing and succeeds.
Result<Unit, Error> add_redirect(storage::Transaction& transaction,
                                 const environments::Environment& environment,
                                 const Context& context, Random& random, ApplicationId application,
                                 RedirectKind kind, std::string_view uri);
Result<Unit, Error> remove_redirect(storage::Transaction& transaction, EnvironmentId environment,
                                    const Context& context, Random& random,
                                    ApplicationId application, RedirectKind kind,
                                    std::string_view uri);
// With it go its redirects, secrets and refresh tokens.
Result<Unit, Error> delete_application(storage::Transaction& transaction, EnvironmentId environment,
                                       const Context& context, Random& random,
                                       ApplicationId application);

struct IssuedSecret {
  SecretRecord record;
  Secret plain;  // shown once, stored nowhere
};
// At most active_secrets_max are active, decided inside one statement. Development secrets begin
// with "test_", others with "prod_". One may be chosen, 32 to 200 visible ASCII characters, in a
// development environment only.
Result<IssuedSecret, Error> add_secret(storage::Transaction& transaction,
                                       const environments::Environment& environment,
                                       const Context& context, Random& random,
                                       ApplicationId application,
                                       const std::optional<Secret>& chosen = std::nullopt);
// Makes an inactive secret work again, as far as active_secrets_max allows; nothing for an active
// one.
Result<Unit, Error> activate_secret(storage::Transaction& transaction, EnvironmentId environment,
                                    const Context& context, Random& random,
                                    ApplicationId application, ClientSecretId secret);
// Deactivating an inactive secret changes nothing and succeeds.
Result<Unit, Error> deactivate_secret(storage::Transaction& transaction, EnvironmentId environment,
                                      const Context& context, Random& random,
                                      ApplicationId application, ClientSecretId secret);
Result<Unit, Error> delete_secret(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, ApplicationId application,
                                  ClientSecretId secret);

// Of `secrets`, the active and unexpired one that `shown` is; null if none is. Same time for each.
[[nodiscard]] const SecretRecord* matching_secret(std::span<const SecretRecord> secrets,
                                                  std::string_view shown, Instant now);
// Whether `shown` is such a secret of a confidential application.
[[nodiscard]] bool secret_matches(const Application& application, std::string_view shown,
                                  Instant now);

// The rules that the application's URIs follow.
[[nodiscard]] RedirectRules redirect_rules(environments::Kind kind, Type type);
// Whether `sent`, as it came, is one of the registered callback or post-logout URIs.
[[nodiscard]] bool is_registered(const environments::Environment& environment,
                                 const Application& application, RedirectKind kind,
                                 std::string_view sent);

// Newest first; of these types only, unless there are none.
Result<Page<Application>, Error> list_applications(storage::Transaction& transaction,
                                                   EnvironmentId environment,
                                                   std::span<const Type> types,
                                                   const PageQuery& query);

// Store.
Result<std::vector<Application>, Error> list_applications(storage::Transaction& transaction,
                                                          EnvironmentId environment);
Result<std::optional<Application>, Error> find_application(storage::Transaction& transaction,
                                                           EnvironmentId environment,
                                                           std::string_view client_id);
Result<std::optional<Application>, Error> find_application(storage::Transaction& transaction,
                                                           EnvironmentId environment,
                                                           ApplicationId application);

}  // namespace gatehouse::applications
