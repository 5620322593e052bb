#include "server/applications/secret_use.h"

namespace gatehouse::applications {
namespace {

using storage::Sql;

constexpr Sql of_application_sql{
    "secret_use.of_application",
    "UPDATE application_secrets SET last_used_at_ms = $3 WHERE environment_id = $1 AND id = $2"
    " AND (last_used_at_ms IS NULL OR last_used_at_ms <= $4)"};

constexpr Sql of_machine_client_sql{
    "secret_use.of_machine_client",
    "UPDATE machine_client_secrets SET last_used_at_ms = $3 WHERE environment_id = $1 AND id = $2"
    " AND (last_used_at_ms IS NULL OR last_used_at_ms <= $4)"};

}  // namespace

Result<Unit, Error> keep_secret_use(storage::Transaction& transaction, EnvironmentId environment,
                                    const SecretUse& use) {
  const Instant before = use.at - SecretUses::precision;
  const auto kept =
      TRY(transaction.execute(of_application_sql, {environment, use.secret, use.at, before}));
  if (kept > 0) return Unit{};
  TRY(transaction.execute(of_machine_client_sql, {environment, use.secret, use.at, before}));
  return Unit{};
}

}  // namespace gatehouse::applications
