// Test runs: an administrator tries a connection out, and reads how it went. Nobody is signed in by
// one.

#pragma once

#include "server/connections/connection.h"

namespace gatehouse::connections {

enum class TestStatus { pending, success, failure };
inline constexpr EnumNames<TestStatus, 3> test_statuses({"PENDING", "SUCCESS", "FAILURE"});

struct TestOutcome {
  TestStatus status = TestStatus::pending;
  std::optional<std::string> user_info = std::nullopt;  // a JSON object of what the provider said
  std::optional<std::string> error = std::nullopt;
  std::optional<std::string> error_description = std::nullopt;
  std::optional<std::string> error_details = std::nullopt;
};

struct TestRun {
  ConnectionTestId id;
  ConnectionId connection;
  TestOutcome outcome;
  Instant created_at;
};

// A run that is pending. not_found if there is no such connection.
Result<TestRun, Error> begin_test(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, ConnectionId connection);
// Once: not_found unless the run is pending.
Result<Unit, Error> finish_test(storage::Transaction& transaction, EnvironmentId environment,
                                ConnectionTestId test, const TestOutcome& outcome);
// not_found: neither such a run nor such a connection, or not of each other.
Result<TestRun, Error> get_test(storage::Transaction& transaction, EnvironmentId environment,
                                ConnectionId connection, ConnectionTestId test);

}  // namespace gatehouse::connections
