#include "server/storage/sqlite/migration_target.h"

#include "server/storage/sqlite/transaction.h"

namespace gatehouse::storage {
namespace {

constexpr Sql begin_migration{"sqlite.begin_migration", "BEGIN IMMEDIATE"};
constexpr Sql commit_migration{"sqlite.commit_migration", "COMMIT"};
constexpr Sql drop_migration{"sqlite.drop_migration", "ROLLBACK"};

}  // namespace

Result<Unit, Error> SqliteMigrationTarget::in_transaction(
    FunctionRef<Result<Unit, Error>(Transaction&)> work) {
  const int began = connection_.run_control(begin_migration);
  if (began != SQLITE_OK) return connection_.error(began, "migrate: begin");

  const Context context{.request = RequestId(1),
                        .now = {},
                        .deadline = Deadline::max(),
                        .environment = EnvironmentId(1),
                        .actor = {.type = ActorType::system, .id = {}},
                        .client_address = {},
                        .user_agent = {}};
  SqliteTransaction transaction(connection_, context, SqliteTransaction::Access::write);
  auto outcome = work(transaction);
  if (outcome.ok()) {
    const int code = connection_.run_control(commit_migration);
    if (code != SQLITE_OK) outcome = connection_.error(code, "migrate: commit");
  }
  if (connection_.in_transaction()) (void)connection_.run_control(drop_migration);
  return outcome;
}

Result<Unit, Error> SqliteMigrationTarget::run_script(std::string_view script) {
  return connection_.run_script(script);
}

}  // namespace gatehouse::storage
