// What a PostgreSQL failure means, and what may be done about it. Private to the driver.

#pragma once

#include <libpq-fe.h>

#include <string_view>

#include "server/core/error.h"

namespace gatehouse::storage {

enum class Fate {
  final,            // running it again would end the same way
  lost_race,        // rolled back by the server; running the transaction again may work
  connection_lost,  // the connection is of no use any more
};

struct Failure {
  Error error;
  Fate fate = Fate::final;
};

enum class TransactionMode { read, write, write_by_row };

// From a result whose status is an error. `doing` is the statement's name. The detail has no values
// of rows or parameters.
[[nodiscard]] Failure failure_of(const PGresult* result, TransactionMode mode,
                                 std::string_view doing);
// From a connection that was not made or broke.
[[nodiscard]] Failure connection_failure(PGconn* connection, std::string_view doing);

}  // namespace gatehouse::storage
