#include "server/sso/metadata_store.h"

namespace gatehouse::sso {
namespace {

constexpr storage::Sql list_sql{"sso.list_saml_connections",
                                "SELECT id FROM connections WHERE environment_id = $1 "
                                "AND type = 'SAML' AND id > $2 ORDER BY id LIMIT $3"};

}  // namespace

Result<std::vector<ConnectionId>, Error> list_saml_connections(storage::Transaction& transaction,
                                                               EnvironmentId environment,
                                                               std::optional<ConnectionId> after,
                                                               int limit) {
  const std::int64_t from = after.has_value() ? after->number() : 0;
  return transaction.list(list_sql, {environment, from, limit},
                          [](const storage::Row& row) { return row.id<ConnectionId>(0); });
}

}  // namespace gatehouse::sso
