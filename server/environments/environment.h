// An environment: one issuer with its own people, organizations, applications and keys. Nothing is
// shared between two environments; every query names one.

#pragma once

#include <string>
#include <vector>

#include "server/claims/claim_set.h"
#include "server/storage/database.h"

namespace gatehouse::environments {

// Development allows http and localhost redirects, wildcard redirects and explanatory error pages.
enum class Kind { development, production };
[[nodiscard]] std::string_view kind_name(Kind kind);
[[nodiscard]] std::optional<Kind> parse_kind(std::string_view name);

// Everything that can be set; the defaults are the product's. Stored as one JSON document; members
// that a stored document lacks take their default, so a new setting needs no migration.
struct Settings {
  Duration access_token_lifetime = minutes(15);
  Duration id_token_lifetime = hours(1);
  Duration m2m_token_lifetime = hours(24);
  Duration session_absolute_lifetime = days(30);
  Duration session_idle_lifetime = days(7);
  Duration authorization_code_lifetime = seconds(60);
  Duration invitation_lifetime = days(15);
  enum class SignUp { open, closed } sign_up = SignUp::open;
  // What the mails of the passwordless API hold.
  enum class Passwordless { code, link, code_and_link } passwordless = Passwordless::code_and_link;
  std::string product_name = "Gatehouse";   // what hosted pages and mails call themselves
  std::string support_email;                // shown on error pages where set
  std::vector<claims::Rule> custom_claims;  // further claims of people's tokens, in this order

  // [min, max] and order: absolute > idle > access. Returns what is wrong, in plain words.
  [[nodiscard]] std::optional<std::string> problem() const;
  friend bool operator==(const Settings&, const Settings&) = default;
};
[[nodiscard]] std::string settings_to_json(const Settings& settings);
Result<Settings, Error> settings_from_json(std::string_view json);

struct Environment {
  EnvironmentId id;
  std::string name;
  Kind kind;
  // The issuer: scheme://host[:port], no trailing slash, lower case.
  std::string base_url;
  Settings settings;
  Instant created_at;
  Instant updated_at;

  [[nodiscard]] bool is_development() const { return kind == Kind::development; }
  [[nodiscard]] bool is_https() const { return base_url.starts_with("https://"); }
  // host[:port] of the base URL.
  [[nodiscard]] std::string authority() const;
};

struct NewEnvironment {
  std::string name;
  Kind kind;
  std::string base_url;
  Settings settings = {};
};

// The one place that says whether a base URL can be an issuer: absolute, no path, query, fragment
// or user; https unless the environment is a development one. [OIDC Discovery §3]
Result<std::string, Error> normalize_base_url(Kind kind, std::string_view text);

// Acts. Each records itself in the audit log and bumps the configuration version.
// Errors: invalid_argument (base URL, settings), already_exists (name or base URL).
Result<Environment, Error> create(storage::Transaction& transaction, const Context& context,
                                  Random& random, const NewEnvironment& wanted);
Result<Unit, Error> set_base_url(storage::Transaction& transaction, EnvironmentId environment,
                                 const Context& context, Random& random, std::string_view base_url);
Result<Unit, Error> set_settings(storage::Transaction& transaction, EnvironmentId environment,
                                 const Context& context, Random& random, const Settings& settings);

// Store.
Result<std::vector<Environment>, Error> list_environments(storage::Transaction& transaction);
Result<std::optional<Environment>, Error> find_environment(storage::Transaction& transaction,
                                                           EnvironmentId environment);

// The configuration version: bumped by every change of an environment, application or key, in the
// transaction of the change. Caches compare it to know that they are stale, across processes too.
Result<std::int64_t, Error> configuration_version(storage::Transaction& transaction);
Result<Unit, Error> bump_configuration_version(storage::Transaction& transaction);

}  // namespace gatehouse::environments
