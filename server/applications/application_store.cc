#include "server/applications/application_store.h"

#include <unordered_map>

#include "server/applications/stored_lists.h"

namespace gatehouse::applications {
namespace {

using storage::Row;
using storage::Sql;

constexpr Sql insert_application_sql{
    "applications.insert",
    "INSERT INTO applications (environment_id, id, client_id, type, name, signing_algorithm,"
    " enforce_pkce, allow_api_access, initiate_login_uri, access_token_lifetime_s, scopes,"
    " audience, created_at_ms, updated_at_ms, custom_claims, grant_types)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
    " ON CONFLICT DO NOTHING"};

constexpr Sql update_application_sql{
    "applications.update",
    "UPDATE applications SET name = $3, signing_algorithm = $4, enforce_pkce = $5,"
    " allow_api_access = $6, initiate_login_uri = $7, access_token_lifetime_s = $8, scopes = $9,"
    " audience = $10, updated_at_ms = $11, custom_claims = $12, grant_types = $13"
    " WHERE environment_id = $1 AND id = $2"};

constexpr Sql touch_application_sql{
    "applications.touch",
    "UPDATE applications SET updated_at_ms = $3 WHERE environment_id = $1 AND id = $2"};

constexpr Sql remove_application_sql{
    "applications.remove",
    "DELETE FROM applications WHERE environment_id = $1 AND id = $2 AND type <> 'ENV'"};

constexpr Sql list_applications_sql{
    "applications.list",
    "SELECT id, environment_id, client_id, type, name, signing_algorithm, enforce_pkce,"
    " allow_api_access, initiate_login_uri, access_token_lifetime_s, scopes, audience,"
    " created_at_ms, updated_at_ms, custom_claims, grant_types FROM applications WHERE "
    "environment_id = $1 ORDER BY id"};

constexpr Sql find_by_client_id_sql{
    "applications.find_by_client_id",
    "SELECT id, environment_id, client_id, type, name, signing_algorithm, enforce_pkce,"
    " allow_api_access, initiate_login_uri, access_token_lifetime_s, scopes, audience,"
    " created_at_ms, updated_at_ms, custom_claims, grant_types FROM applications WHERE "
    "environment_id = $1 AND client_id = $2"};

constexpr Sql find_by_id_sql{
    "applications.find_by_id",
    "SELECT id, environment_id, client_id, type, name, signing_algorithm, enforce_pkce,"
    " allow_api_access, initiate_login_uri, access_token_lifetime_s, scopes, audience,"
    " created_at_ms, updated_at_ms, custom_claims, grant_types FROM applications WHERE "
    "environment_id = $1 AND id = $2"};

constexpr Sql insert_redirect_sql{
    "applications.insert_redirect",
    "INSERT INTO application_redirects (environment_id, application_id, kind, uri, created_at_ms,"
    " position) SELECT $1, $2, $3, $4, $5, coalesce((SELECT max(position) + 1"
    " FROM application_redirects WHERE application_id = $2 AND kind = $3), 0)"
    " WHERE (SELECT count(*) FROM application_redirects"
    " WHERE application_id = $2 AND kind = $3) < $6 ON CONFLICT DO NOTHING"};

constexpr Sql remove_redirect_sql{
    "applications.remove_redirect",
    "DELETE FROM application_redirects"
    " WHERE environment_id = $1 AND application_id = $2 AND kind = $3 AND uri = $4"};

constexpr Sql remove_redirects_sql{
    "applications.remove_redirects",
    "DELETE FROM application_redirects"
    " WHERE environment_id = $1 AND application_id = $2 AND kind = $3"};

constexpr Sql redirects_of_environment_sql{
    "applications.redirects_of_environment",
    "SELECT r.application_id, r.kind, r.uri FROM applications AS a"
    " JOIN application_redirects AS r ON r.application_id = a.id"
    " WHERE a.environment_id = $1 AND r.environment_id = $1"
    " ORDER BY r.position, r.created_at_ms, r.uri"};

constexpr Sql redirects_of_application_sql{
    "applications.redirects_of_application",
    "SELECT application_id, kind, uri FROM application_redirects"
    " WHERE environment_id = $1 AND application_id = $2"
    " ORDER BY position, created_at_ms, uri"};

constexpr Sql list_stored_redirects_sql{
    "applications.list_stored_redirects",
    "SELECT a.client_id, e.kind, a.type, r.kind, r.uri FROM application_redirects AS r"
    " JOIN applications AS a ON a.id = r.application_id"
    " JOIN environments AS e ON e.id = a.environment_id"
    " UNION ALL SELECT a.client_id, e.kind, a.type, 'initiate_login', a.initiate_login_uri"
    " FROM applications AS a JOIN environments AS e ON e.id = a.environment_id"
    " WHERE a.initiate_login_uri IS NOT NULL ORDER BY 1, 4, 5"};

constexpr Sql insert_secret_sql{
    "applications.insert_secret",
    "INSERT INTO application_secrets (environment_id, application_id, id, hash, suffix, state,"
    " created_at_ms, expires_at_ms, created_by, updated_at_ms)"
    " SELECT $1, $2, $3, $4, $5, 'ACTIVE', $6, $7, $10, $6"
    " WHERE (SELECT count(*) FROM application_secrets WHERE application_id = $2"
    " AND state = 'ACTIVE' AND (expires_at_ms IS NULL OR expires_at_ms > $6)) < $8"
    " AND (SELECT count(*) FROM application_secrets WHERE application_id = $2) < $9"};

constexpr Sql set_secret_active_sql{
    "applications.set_secret_active",
    "UPDATE application_secrets SET state = 'ACTIVE', updated_at_ms = $4"
    " WHERE environment_id = $1 AND application_id = $2 AND id = $3 AND state = 'INACTIVE'"
    " AND (SELECT count(*) FROM application_secrets WHERE application_id = $2"
    " AND state = 'ACTIVE' AND (expires_at_ms IS NULL OR expires_at_ms > $4)) < $5"};

constexpr Sql set_secret_inactive_sql{
    "applications.set_secret_inactive",
    "UPDATE application_secrets SET state = 'INACTIVE', updated_at_ms = $4"
    " WHERE environment_id = $1 AND application_id = $2 AND id = $3 AND state = 'ACTIVE'"};

constexpr Sql remove_secret_sql{"applications.remove_secret",
                                "DELETE FROM application_secrets WHERE environment_id = $1 AND "
                                "application_id = $2 AND id = $3"};

constexpr Sql secrets_of_environment_sql{
    "applications.secrets_of_environment",
    "SELECT s.application_id, s.id, s.hash, s.suffix, s.state, s.created_at_ms, s.expires_at_ms,"
    " s.created_by, s.updated_at_ms, s.last_used_at_ms"
    " FROM applications AS a JOIN application_secrets AS s ON s.application_id = a.id"
    " WHERE a.environment_id = $1 AND s.environment_id = $1 ORDER BY s.id"};

constexpr Sql secrets_of_application_sql{
    "applications.secrets_of_application",
    "SELECT application_id, id, hash, suffix, state, created_at_ms, expires_at_ms, created_by,"
    " updated_at_ms, last_used_at_ms"
    " FROM application_secrets WHERE environment_id = $1 AND application_id = $2 ORDER BY id"};

constexpr storage::Invariant invariants[] = {
    {{"applications.check_default",
      "SELECT 'env_' || e.id FROM environments AS e WHERE (SELECT count(*) FROM applications AS a"
      " WHERE a.environment_id = e.id AND a.type = 'ENV') <> 1 LIMIT 100"},
     "an environment has no default application, or several"},
    {{"applications.check_active_secrets",
      "SELECT a.client_id FROM applications AS a WHERE (SELECT count(*)"
      " FROM application_secrets AS s WHERE s.application_id = a.id AND s.state = 'ACTIVE'"
      " AND s.expires_at_ms IS NULL) > 2 LIMIT 100"},
     "an application has more than two active secrets"},
    {{"applications.check_public_secrets",
      "SELECT a.client_id FROM applications AS a WHERE a.type IN ('SPA', 'NTV') AND EXISTS"
      " (SELECT 1 FROM application_secrets AS s WHERE s.application_id = a.id) LIMIT 100"},
     "a public client has a secret"},
    {{"applications.check_secret_form",
      "SELECT 'sks_' || s.id FROM application_secrets AS s"
      " WHERE length(s.hash) <> 32 OR length(s.suffix) <> 4 LIMIT 100"},
     "a client secret is not stored as a SHA-256 and four characters"},
    {{"applications.check_pkce",
      "SELECT a.client_id FROM applications AS a WHERE a.type IN ('SPA', 'NTV')"
      " AND a.enforce_pkce <> 1 LIMIT 100"},
     "a public client may go without PKCE"},
    {{"applications.check_redirect_environment",
      "SELECT a.client_id FROM applications AS a WHERE EXISTS (SELECT 1"
      " FROM application_redirects AS r WHERE r.application_id = a.id"
      " AND r.environment_id <> a.environment_id) LIMIT 100"},
     "a redirect URI names another environment than its application"},
    {{"applications.check_secret_environment",
      "SELECT a.client_id FROM applications AS a WHERE EXISTS (SELECT 1"
      " FROM application_secrets AS s WHERE s.application_id = a.id"
      " AND s.environment_id <> a.environment_id) LIMIT 100"},
     "a client secret names another environment than its application"},
};

std::optional<std::int64_t> whole_seconds(const std::optional<Duration>& duration) {
  if (!duration.has_value()) return std::nullopt;
  return std::chrono::duration_cast<seconds>(*duration).count();
}

// tidy: allow bool-parameter: it turns a flag of the type into the column's integer
std::int64_t flag(bool value) { return value ? 1 : 0; }

Result<Application, Error> application_of(const Row& row) {
  const auto id = row.id<ApplicationId>(0);
  const auto type = parse_type(row.text(3));
  auto scopes = texts_from_json(row.text(10));
  auto audience = texts_from_json(row.text(11));
  auto claims = claims_from_json(row.text(14));
  auto grants = texts_from_json(row.text(15));
  if (!type.has_value() || !scopes.has_value() || !audience.has_value() || !claims.has_value() ||
      !grants.has_value()) {
    return Error(ErrorCode::internal, "application " + id.text() + " is damaged");
  }
  std::optional<Duration> lifetime;
  if (!row.is_null(9)) lifetime = seconds(row.integer(9));
  return Application{.id = id,
                     .environment = row.id<EnvironmentId>(1),
                     .client_id = row.string(2),
                     .type = *type,
                     .name = row.string(4),
                     .signing_algorithm = row.string(5),
                     .enforce_pkce = row.integer(6) != 0,
                     .allow_api_access = row.integer(7) != 0,
                     .initiate_login_uri = row.optional_string(8),
                     .access_token_lifetime = lifetime,
                     .scopes = std::move(*scopes),
                     .audience = std::move(*audience),
                     .custom_claims = std::move(*claims),
                     .grant_types = std::move(*grants),
                     .callback_uris = {},
                     .post_logout_uris = {},
                     .back_channel_logout_uris = {},
                     .secrets = {},
                     .created_at = row.instant(12),
                     .updated_at = row.instant(13)};
}

void put_redirect(Application& application, const Row& row) {
  const std::string_view kind = row.text(1);
  if (kind == redirect_kind_name(RedirectKind::callback)) {
    application.callback_uris.push_back(row.string(2));
  } else if (kind == redirect_kind_name(RedirectKind::post_logout)) {
    application.post_logout_uris.push_back(row.string(2));
  } else {
    application.back_channel_logout_uris.push_back(row.string(2));
  }
}

void put_secret(Application& application, const Row& row) {
  const bool is_active = row.text(4) == "ACTIVE";
  application.secrets.push_back(
      {.id = row.id<ClientSecretId>(1),
       .hash = std::string(row.blob(2)),
       .suffix = row.string(3),
       .state = is_active ? SecretRecord::State::active : SecretRecord::State::inactive,
       .created_at = row.instant(5),
       .expires_at = row.optional_instant(6),
       .created_by = row.optional_string(7),
       .updated_at = row.optional_instant(8).value_or(row.instant(5)),
       .last_used_at = row.optional_instant(9)});
}

Result<std::optional<Application>, Error> complete(
    storage::Transaction& transaction, EnvironmentId environment,
    std::optional<Result<Application, Error>> found) {
  if (!found.has_value()) return std::optional<Application>();
  Application application = TRY(std::move(*found));
  TRY(transaction.query(redirects_of_application_sql, {environment, application.id},
                        [&](const Row& row) { put_redirect(application, row); }));
  TRY(transaction.query(secrets_of_application_sql, {environment, application.id},
                        [&](const Row& row) { put_secret(application, row); }));
  return std::optional(std::move(application));
}

}  // namespace

Result<bool, Error> insert_application(storage::Transaction& transaction, EnvironmentId environment,
                                       const Application& application) {
  return TRY(transaction.execute(
             insert_application_sql,
             {environment, application.id, application.client_id, type_name(application.type),
              application.name, application.signing_algorithm, flag(application.enforce_pkce),
              flag(application.allow_api_access), application.initiate_login_uri,
              whole_seconds(application.access_token_lifetime), texts_to_json(application.scopes),
              texts_to_json(application.audience), application.created_at, application.updated_at,
              claims_to_json(application.custom_claims),
              texts_to_json(application.grant_types)})) == 1;
}

Result<bool, Error> update_application(storage::Transaction& transaction, EnvironmentId environment,
                                       const Application& application) {
  return TRY(transaction.execute(
             update_application_sql,
             {environment, application.id, application.name, application.signing_algorithm,
              flag(application.enforce_pkce), flag(application.allow_api_access),
              application.initiate_login_uri, whole_seconds(application.access_token_lifetime),
              texts_to_json(application.scopes), texts_to_json(application.audience),
              application.updated_at, claims_to_json(application.custom_claims),
              texts_to_json(application.grant_types)})) == 1;
}

Result<bool, Error> touch_application(storage::Transaction& transaction, EnvironmentId environment,
                                      ApplicationId application, Instant now) {
  return TRY(transaction.execute(touch_application_sql, {environment, application, now})) == 1;
}

Result<bool, Error> remove_application(storage::Transaction& transaction, EnvironmentId environment,
                                       ApplicationId application) {
  return TRY(transaction.execute(remove_application_sql, {environment, application})) == 1;
}

Result<bool, Error> insert_redirect(storage::Transaction& transaction, EnvironmentId environment,
                                    const RedirectKey& key, Instant now) {
  return TRY(transaction.execute(insert_redirect_sql,
                                 {environment, key.application, redirect_kind_name(key.kind),
                                  key.uri, now, redirects_per_kind_max})) == 1;
}

Result<bool, Error> remove_redirect_row(storage::Transaction& transaction,
                                        EnvironmentId environment, const RedirectKey& key) {
  return TRY(transaction.execute(remove_redirect_sql, {environment, key.application,
                                                       redirect_kind_name(key.kind), key.uri})) ==
         1;
}

Result<Unit, Error> remove_redirects(storage::Transaction& transaction, EnvironmentId environment,
                                     ApplicationId application, RedirectKind kind) {
  TRY(transaction.execute(remove_redirects_sql,
                          {environment, application, redirect_kind_name(kind)}));
  return Unit{};
}

Result<std::vector<StoredRedirect>, Error> list_stored_redirects(
    storage::Transaction& transaction) {
  return transaction.list(list_stored_redirects_sql, {}, [](const Row& row) {
    return StoredRedirect{.client_id = row.string(0),
                          .environment_kind = row.string(1),
                          .application_type = row.string(2),
                          .kind = row.string(3),
                          .uri = row.string(4)};
  });
}

Result<bool, Error> insert_secret(storage::Transaction& transaction, EnvironmentId environment,
                                  ApplicationId application, const SecretRecord& secret) {
  return TRY(transaction.execute(insert_secret_sql,
                                 {environment, application, secret.id, storage::Blob{secret.hash},
                                  secret.suffix, secret.created_at, secret.expires_at,
                                  active_secrets_max, secrets_max, secret.created_by})) == 1;
}

Result<bool, Error> set_secret_active(storage::Transaction& transaction, EnvironmentId environment,
                                      ApplicationId application, ClientSecretId secret,
                                      Instant now) {
  return TRY(transaction.execute(set_secret_active_sql,
                                 {environment, application, secret, now, active_secrets_max})) == 1;
}

Result<bool, Error> set_secret_inactive(storage::Transaction& transaction,
                                        EnvironmentId environment, ApplicationId application,
                                        ClientSecretId secret, Instant now) {
  return TRY(transaction.execute(set_secret_inactive_sql,
                                 {environment, application, secret, now})) == 1;
}

Result<bool, Error> remove_secret(storage::Transaction& transaction, EnvironmentId environment,
                                  ApplicationId application, ClientSecretId secret) {
  return TRY(transaction.execute(remove_secret_sql, {environment, application, secret})) == 1;
}

std::span<const storage::Invariant> stored_invariants() { return invariants; }

Result<std::vector<Application>, Error> list_applications(storage::Transaction& transaction,
                                                          EnvironmentId environment) {
  std::vector<Application> all;
  std::unordered_map<ApplicationId, std::size_t> positions;
  auto found = TRY(transaction.list(list_applications_sql, {environment}, application_of));
  for (auto& application : found) {
    all.push_back(TRY(std::move(application)));
    positions.emplace(all.back().id, all.size() - 1);
  }
  TRY(transaction.query(redirects_of_environment_sql, {environment}, [&](const Row& row) {
    const auto at = positions.find(row.id<ApplicationId>(0));
    if (at != positions.end()) put_redirect(all[at->second], row);
  }));
  TRY(transaction.query(secrets_of_environment_sql, {environment}, [&](const Row& row) {
    const auto at = positions.find(row.id<ApplicationId>(0));
    if (at != positions.end()) put_secret(all[at->second], row);
  }));
  return all;
}

Result<std::optional<Application>, Error> find_application(storage::Transaction& transaction,
                                                           EnvironmentId environment,
                                                           std::string_view client_id) {
  auto found =
      TRY(transaction.find(find_by_client_id_sql, {environment, client_id}, application_of));
  return complete(transaction, environment, std::move(found));
}

Result<std::optional<Application>, Error> find_application(storage::Transaction& transaction,
                                                           EnvironmentId environment,
                                                           ApplicationId application) {
  auto found = TRY(transaction.find(find_by_id_sql, {environment, application}, application_of));
  return complete(transaction, environment, std::move(found));
}

}  // namespace gatehouse::applications
