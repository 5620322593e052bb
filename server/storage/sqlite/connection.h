// One connection to a SQLite database file: its settings, its prepared statements, its deadline.
// Private to the driver; used by one thread at a time.

#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/core/result.h"
#include "server/core/time.h"
#include "server/storage/database.h"

namespace gatehouse::storage {

struct ConnectionSettings {
  enum class Access { read, write };
  enum class Durability { full, none };

  std::string path;
  std::string vfs;  // empty: the default
  Access access = Access::read;
  Durability durability = Durability::full;
  milliseconds busy_timeout{0};         // how long to wait for another process
  std::int64_t pages_max = 0;           // 0: as many as SQLite allows
  std::int64_t write_cache_kib = 2048;  // pages that a writing connection keeps
};

struct CloseConnection {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
};

// A prepared statement and where its parameters go.
struct Statement {
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> handle;
  std::vector<int> numbers;  // numbers[i] is the N of "$N" at SQLite's position i + 1
  std::size_t params = 0;    // the largest N
};

class Connection {
 public:
  static Result<std::unique_ptr<Connection>, Error> open(const ConnectionSettings& settings);
  explicit Connection(sqlite3* handle) : handle_(handle) {}  // for open()
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() = default;

  // The statement for `sql`, prepared on first use and kept.
  Result<Statement*, Error> prepare(const Sql& sql);
  // Runs a statement without parameters and without rows of interest: BEGIN, COMMIT and the like.
  // The result is SQLite's code, for callers that must tell kinds of failure apart.
  [[nodiscard]] int run_control(const Sql& sql);
  // Runs a text of several statements: a migration.
  Result<Unit, Error> run_script(std::string_view script);

  // Statements end with deadline_exceeded from then on.
  void set_deadline(Deadline deadline) { deadline_ = deadline; }
  [[nodiscard]] Deadline deadline() const { return deadline_; }

  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  // Whether rows that a deferred foreign key asks for are still missing.
  [[nodiscard]] bool owes_foreign_keys() const;
  [[nodiscard]] Error error(int sqlite_code, std::string_view doing) const;
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

 private:
  Result<Unit, Error> configure(const ConnectionSettings& settings);

  std::unique_ptr<sqlite3, CloseConnection> handle_;
  // By the address of the statement's text, which is a literal.
  std::unordered_map<const char*, Statement> statements_;
  Deadline deadline_ = Deadline::max();
};

}  // namespace gatehouse::storage
