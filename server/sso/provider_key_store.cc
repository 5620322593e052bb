#include "server/sso/provider_key_store.h"

namespace gatehouse::sso {
namespace {

using storage::Blob;
using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql find_sql{"sso.find_provider_key",
                       "SELECT sealed_private_key, certificate FROM service_provider_keys "
                       "WHERE environment_id = $1"};
constexpr Sql insert_sql{
    "sso.insert_provider_key",
    "INSERT INTO service_provider_keys (environment_id, sealed_private_key, certificate, "
    "created_at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT (environment_id) DO NOTHING"};

}  // namespace

Result<std::optional<StoredProviderKey>, Error> find_provider_key(Transaction& transaction,
                                                                  EnvironmentId environment) {
  return transaction.find(find_sql, {environment}, [](const Row& row) {
    return StoredProviderKey{.sealed_private_key = std::string(row.blob(0)),
                             .certificate = row.string(1)};
  });
}

Result<Unit, Error> insert_provider_key(Transaction& transaction, EnvironmentId environment,
                                        const StoredProviderKey& key, Instant now) {
  TRY(transaction.execute(insert_sql,
                          {environment, Blob{key.sealed_private_key}, key.certificate, now}));
  return Unit{};
}

}  // namespace gatehouse::sso
