#include "server/connections/test_run.h"

namespace gatehouse::connections {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql insert_sql{
    "connections.insert_test",
    "INSERT INTO connection_tests (id, environment_id, connection_id, status, created_at_ms) "
    "SELECT $1, c.environment_id, c.id, 'PENDING', $4 FROM connections c "
    "WHERE c.environment_id = $2 AND c.id = $3"};
constexpr Sql finish_sql{
    "connections.finish_test",
    "UPDATE connection_tests SET status = $3, user_info = $4, error = $5, error_description = $6, "
    "error_details = $7 WHERE environment_id = $1 AND id = $2 AND status = 'PENDING'"};
constexpr Sql find_sql{
    "connections.find_test",
    "SELECT id, connection_id, status, user_info, error, error_description, error_details, "
    "created_at_ms FROM connection_tests "
    "WHERE environment_id = $1 AND connection_id = $2 AND id = $3"};

TestRun run_from_row(const Row& row) {
  return {.id = row.id<ConnectionTestId>(0),
          .connection = row.id<ConnectionId>(1),
          .outcome = {.status = test_statuses.stored(row.text(2)),
                      .user_info = row.optional_string(3),
                      .error = row.optional_string(4),
                      .error_description = row.optional_string(5),
                      .error_details = row.optional_string(6)},
          .created_at = row.instant(7)};
}

Error unknown_test() { return refusal(ErrorCode::not_found, "test request not found"); }

}  // namespace

Result<TestRun, Error> begin_test(Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, ConnectionId connection) {
  const TestRun run{.id = ConnectionTestId::make(random, context.now),
                    .connection = connection,
                    .outcome = {},
                    .created_at = context.now};
  if (TRY(transaction.execute(insert_sql, {run.id, environment, connection, context.now})) != 1) {
    return refusal(ErrorCode::not_found, "connection not found");
  }
  return run;
}

Result<Unit, Error> finish_test(Transaction& transaction, EnvironmentId environment,
                                ConnectionTestId test, const TestOutcome& outcome) {
  const auto changed = TRY(transaction.execute(
      finish_sql, {environment, test, test_statuses.name(outcome.status), outcome.user_info,
                   outcome.error, outcome.error_description, outcome.error_details}));
  if (changed != 1) return unknown_test();
  return Unit{};
}

Result<TestRun, Error> get_test(Transaction& transaction, EnvironmentId environment,
                                ConnectionId connection, ConnectionTestId test) {
  auto found = TRY(transaction.find(find_sql, {environment, connection, test}, run_from_row));
  if (!found.has_value()) return unknown_test();
  return *std::move(found);
}

}  // namespace gatehouse::connections
