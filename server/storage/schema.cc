#include "server/storage/schema.h"

namespace gatehouse::storage {
namespace {

constexpr Sql list_applied_migrations_sql{
    "schema.list_applied_migrations",
    "SELECT number, name, applied_at_ms FROM schema_migrations ORDER BY number"};

}  // namespace

Result<std::vector<AppliedMigration>, Error> list_applied_migrations(Transaction& transaction) {
  return transaction.list(list_applied_migrations_sql, {}, [](const Row& row) {
    return AppliedMigration{row.integer(0), row.string(1), row.instant(2)};
  });
}

}  // namespace gatehouse::storage
