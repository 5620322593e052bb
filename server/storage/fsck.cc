#include "server/storage/fsck.h"

namespace gatehouse::storage {
namespace {

constexpr Sql check_integrity{"fsck.integrity",
                              "SELECT integrity_check FROM pragma_integrity_check(1000)"};
constexpr Sql check_foreign_keys{
    "fsck.foreign_keys",
    "SELECT \"table\", \"parent\", count(*) FROM pragma_foreign_key_check() GROUP BY 1, 2"};

}  // namespace

Result<std::vector<Finding>, Error> check_sqlite(Database& database, const Context& context) {
  return read(database, context,
              [](Transaction& transaction) -> Result<std::vector<Finding>, Error> {
                std::vector<Finding> findings;
                TRY(transaction.query(check_integrity, {}, [&](const Row& row) {
                  if (row.text(0) != "ok") findings.push_back({"integrity", row.string(0)});
                }));
                TRY(transaction.query(check_foreign_keys, {}, [&](const Row& row) {
                  findings.push_back({"foreign_key", std::to_string(row.integer(2)) + " rows of " +
                                                         row.string(0) + " point to no row of " +
                                                         row.string(1)});
                }));
                return findings;
              });
}

}  // namespace gatehouse::storage
