#include "server/cluster/watch_store.h"

namespace gatehouse::cluster {
namespace {

constexpr storage::Sql find_foreign_sql{
    "cluster.find_foreign_migration",
    "SELECT number FROM schema_migrations WHERE number > $1 AND number NOT IN"
    " (SELECT number FROM compatible_migrations) ORDER BY number LIMIT 1"};

}  // namespace

Result<bool, Error> is_schema_beyond(storage::Transaction& transaction, std::int64_t newest_known) {
  return TRY(transaction.find(find_foreign_sql, {newest_known},
                              [](const storage::Row& row) { return row.integer(0); }))
      .has_value();
}

}  // namespace gatehouse::cluster
