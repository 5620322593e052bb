#include "server/users/credential_store.h"

#include "server/core/ensure.h"
#include "server/core/enum_names.h"
#include "server/encoding/json.h"

namespace gatehouse::users {
namespace {

using storage::Blob;
using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr EnumNames<Attachment, 3> attachments({"", "platform", "cross-platform"});

#define GATEHOUSE_CREDENTIAL_COLUMNS                                                           \
  "id, user_id, credential_id, public_key, sign_count, aaguid, attestation_type, attachment, " \
  "transports, user_verified, backup_eligible, backup_state, display_name, client_address, "   \
  "user_agent, created_at_ms, updated_at_ms, last_used_at_ms"

constexpr Sql insert_sql{
    "users.insert_credential",
    "INSERT INTO credentials (id, environment_id, user_id, credential_id, public_key, sign_count, "
    "aaguid, attestation_type, attachment, transports, user_verified, backup_eligible, "
    "backup_state, display_name, client_address, user_agent, created_at_ms, updated_at_ms, "
    "last_used_at_ms) "
    "SELECT $2, u.environment_id, u.id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
    "$16, $17, $17, NULL FROM users u WHERE u.environment_id = $1 AND u.id = $3 "
    "AND (SELECT COUNT(*) FROM credentials c WHERE c.user_id = u.id) < $18 "
    "ON CONFLICT (environment_id, credential_id) DO NOTHING"};

constexpr Sql is_taken_sql{
    "users.is_credential_id_taken",
    "SELECT id FROM credentials WHERE environment_id = $1 AND credential_id = $2"};

constexpr Sql find_sql{"users.find_credential",
                       "SELECT " GATEHOUSE_CREDENTIAL_COLUMNS
                       " FROM credentials WHERE environment_id = $1 AND id = $2"};

// A user without any has one row, of nothing but the user.
constexpr Sql list_sql{
    "users.list_credentials",
    "SELECT c.id, u.id, c.credential_id, c.public_key, c.sign_count, c.aaguid, "
    "c.attestation_type, c.attachment, c.transports, c.user_verified, c.backup_eligible, "
    "c.backup_state, c.display_name, c.client_address, c.user_agent, c.created_at_ms, "
    "c.updated_at_ms, c.last_used_at_ms "
    "FROM users u LEFT JOIN credentials c ON c.user_id = u.id "
    "WHERE u.environment_id = $1 AND u.id = $2 ORDER BY c.id DESC LIMIT 1000"};

constexpr Sql rename_sql{"users.rename_credential",
                         "UPDATE credentials SET display_name = $3, updated_at_ms = $4 "
                         "WHERE environment_id = $1 AND id = $2 "
                         "RETURNING " GATEHOUSE_CREDENTIAL_COLUMNS};

constexpr Sql delete_sql{"users.delete_credential",
                         "DELETE FROM credentials WHERE environment_id = $1 AND id = $2 "
                         "RETURNING " GATEHOUSE_CREDENTIAL_COLUMNS};

std::string transports_to_json(const std::vector<std::string>& transports) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_array();
  for (const std::string& transport : transports) writer.value(transport);
  writer.end_array();
  return text;
}

std::vector<std::string> transports_from_json(std::string_view text) {
  std::vector<std::string> transports;
  const auto document = Json::parse(text);
  ENSURE(document.ok() && document.value().array() != nullptr);  // we wrote it
  for (const Json& transport : *document.value().array()) {
    const auto name = transport.string();
    ENSURE(name.has_value());
    transports.emplace_back(*name);
  }
  return transports;
}

Credential from_row(const Row& row) {
  return {.id = row.id<CredentialId>(0),
          .user = row.id<UserId>(1),
          .credential_id = std::string(row.blob(2)),
          .public_key = std::string(row.blob(3)),
          .sign_count = static_cast<std::uint32_t>(row.integer(4)),
          .authenticator = {.aaguid = std::string(row.blob(5)),
                            .attachment = attachments.stored(row.text(7)),
                            .attestation_type = row.string(6),
                            .transports = transports_from_json(row.text(8)),
                            .user_verified = row.integer(9) != 0,
                            .backup_eligible = row.integer(10) != 0,
                            .backup_state = row.integer(11) != 0},
          .display_name = row.string(12),
          .client_address = row.string(13),
          .user_agent = row.string(14),
          .created_at = row.instant(15),
          .updated_at = row.instant(16),
          .last_used_at = row.optional_instant(17)};
}

}  // namespace

std::string_view attachment_name(Attachment attachment) { return attachments.name(attachment); }

Result<bool, Error> insert_credential_row(Transaction& transaction, EnvironmentId environment,
                                          const Credential& credential) {
  const Authenticator& authenticator = credential.authenticator;
  const std::string transports = transports_to_json(authenticator.transports);
  const auto changed = TRY(transaction.execute(
      insert_sql,
      {environment, credential.id, credential.user, Blob{credential.credential_id},
       Blob{credential.public_key}, credential.sign_count, Blob{authenticator.aaguid},
       authenticator.attestation_type, attachments.name(authenticator.attachment), transports,
       authenticator.user_verified ? 1 : 0, authenticator.backup_eligible ? 1 : 0,
       authenticator.backup_state ? 1 : 0, credential.display_name, credential.client_address,
       credential.user_agent, credential.created_at, credentials_per_user_max}));
  return changed == 1;
}

Result<bool, Error> is_credential_id_taken(Transaction& transaction, EnvironmentId environment,
                                           std::string_view credential_id) {
  const auto found = TRY(transaction.find(is_taken_sql, {environment, Blob{credential_id}},
                                          [](const Row& row) { return row.integer(0); }));
  return found.has_value();
}

Result<std::optional<Credential>, Error> update_credential_name(Transaction& transaction,
                                                                EnvironmentId environment,
                                                                CredentialId credential,
                                                                std::string_view display_name,
                                                                Instant now) {
  return transaction.find(rename_sql, {environment, credential, display_name, now}, from_row);
}

Result<std::optional<Credential>, Error> delete_credential_row(Transaction& transaction,
                                                               EnvironmentId environment,
                                                               CredentialId credential) {
  return transaction.find(delete_sql, {environment, credential}, from_row);
}

Result<std::optional<Credential>, Error> find_credential(Transaction& transaction,
                                                         EnvironmentId environment,
                                                         CredentialId credential) {
  return transaction.find(find_sql, {environment, credential}, from_row);
}

Result<std::vector<Credential>, Error> list_credentials(Transaction& transaction,
                                                        EnvironmentId environment, UserId user) {
  enum class User { unknown, known } person = User::unknown;
  std::vector<Credential> credentials;
  TRY(transaction.query(list_sql, {environment, user}, [&](const Row& row) {
    person = User::known;
    if (!row.is_null(0)) credentials.push_back(from_row(row));
  }));
  if (person == User::unknown) return refusal(ErrorCode::not_found, "user not found", "user_id");
  return credentials;
}

}  // namespace gatehouse::users
