// One connection to a PostgreSQL server: its statements, its transactions, its deadlines. Private
// to the driver; used by one thread at a time.
//
// It stays in libpq's pipeline mode. BEGIN travels with the first statement of its transaction, and
// the end of a transaction that changes nothing is sent without waiting for its answer, so a
// transaction of n statements waits n times for the server, or n + 1 times if it is to be kept.

#pragma once

#include <libpq-fe.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/function_ref.h"
#include "server/core/result.h"
#include "server/core/time.h"
#include "server/storage/database.h"
#include "server/storage/postgres/errors.h"

namespace gatehouse::storage {

struct ClosePostgres {
  void operator()(PGconn* handle) const { PQfinish(handle); }
};
struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using PostgresResult = std::unique_ptr<PGresult, ClearResult>;

// A server to connect to, as libpq's keywords and values.
struct ServerAddress {
  std::vector<std::string> keywords;
  std::vector<std::string> values;
};
// The servers of a connection string, in its order, with what we add where it says nothing. Errors:
// invalid_argument, without the text.
Result<std::vector<ServerAddress>, Error> server_addresses(const std::string& conninfo);

class PostgresConnection {
 public:
  using Each = FunctionRef<void(const Row&)>;

  static Result<std::unique_ptr<PostgresConnection>, Failure> connect(const ServerAddress& server,
                                                                      milliseconds lock_timeout,
                                                                      Deadline deadline);
  explicit PostgresConnection(PGconn* handle) : handle_(handle) {}  // for connect()

  // The next statement begins a transaction.
  void begin(TransactionMode mode);
  // Runs a statement and hands every row of its answer to `each`; how many rows it changed.
  // Whatever fails, the transaction is over.
  Result<std::int64_t, Failure> run(const Sql& sql, Params params, Deadline deadline, Each each);
  // The same, without waiting: a failure shows with the next statement or the commit.
  Result<Unit, Failure> send(const Sql& sql, Params params);
  // Makes what the transaction did durable. After a failure whose fate is connection_lost nobody
  // knows whether it is.
  Result<Unit, Failure> commit(Deadline deadline);
  // Ends the transaction, keeping nothing; does not wait. Reads end like this too.
  void end();
  // A text of several statements, inside a transaction that has begun.
  Result<Unit, Failure> run_script(const std::string& script, Deadline deadline);
  // Statements without parameters, rows and transaction. Returns the first failure.
  Result<Unit, Failure> run_plain(const std::string& script, std::string_view doing,
                                  Deadline deadline);
  // Whether the server is still there.
  Result<Unit, Failure> check(Deadline deadline);

  // Of no use any more.
  [[nodiscard]] bool is_broken() const { return is_broken_; }
  [[nodiscard]] Deadline last_used() const { return last_used_; }
  [[nodiscard]] PGconn* handle() const { return handle_.get(); }

 private:
  struct StatementKey {
    const char* text;   // a literal: its address identifies the statement
    std::string types;  // of the parameters, a letter each
    bool operator<(const StatementKey& other) const {
      return text != other.text ? text < other.text : types < other.types;
    }
  };
  // What was sent and will be answered, in this order.
  struct Step {
    enum class Kind { control, prepare, statement, sync } kind;
    std::string_view doing;  // a literal
    const StatementKey* prepared = nullptr;
  };
  using Statements = std::map<StatementKey, std::string>;

  [[nodiscard]] bool send_control(const char* text, std::string_view doing);
  [[nodiscard]] bool send_begin();
  [[nodiscard]] bool send_statement(const Sql& sql, Params params);
  [[nodiscard]] bool send_sync();
  // Reads everything that is owed, and returns the statement's result or the first failure.
  Result<PostgresResult, Failure> collect(std::string_view doing, Deadline deadline);
  Result<PostgresResult, Failure> collect_step(const Step& step, Deadline deadline);
  Result<Unit, Failure> wait_for_answer(std::string_view doing, Deadline deadline);
  Result<Unit, Failure> flush(std::string_view doing, Deadline deadline);
  Result<Unit, Failure> wait_for_socket(short events, std::string_view doing, Deadline deadline);
  Failure lost(std::string_view doing);
  Result<Unit, Failure> set_up(milliseconds lock_timeout, Deadline deadline);
  Result<Unit, Failure> send_and_collect_plain(const std::string& script, std::string_view doing,
                                               Deadline deadline);

  std::unique_ptr<PGconn, ClosePostgres> handle_;
  Statements statements_;  // keys stay where they are
  int statements_made_ = 0;
  std::deque<Step> owed_;
  const char* begin_due_ = nullptr;  // the BEGIN that goes with the next statement
  TransactionMode mode_ = TransactionMode::write;
  bool in_transaction_ = false;
  bool is_broken_ = false;
  Deadline last_used_ = std::chrono::steady_clock::now();
};

}  // namespace gatehouse::storage
