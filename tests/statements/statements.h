// Every SQL statement of the product, as tools/statements.py finds them in the tree when this is
// built, and what the two engines say of a statement.

#pragma once

#include <libpq-fe.h>
#include <sqlite3.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tests/world/test_database.h"

namespace gatehouse::statements {

struct Statement {
  std::string_view place;  // "server/users/user_store.cc:42"
  std::string_view name;
  const char* text;
};

[[nodiscard]] std::span<const Statement> every_statement();

// Who asks for what an engine says of itself asks that engine only.
[[nodiscard]] bool is_for(std::string_view engine, const Statement& statement);

// SQLite with every migration applied, past the product.
class SqliteJudge {
 public:
  SqliteJudge();

  // Why it does not take the statement. A table that it makes is there from then on.
  [[nodiscard]] std::optional<std::string> objection(const char* text);
  [[nodiscard]] sqlite3* handle() { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };
  storage::ScratchFolder folder_;
  std::unique_ptr<sqlite3, Close> handle_;
};

// A server with every migration applied, past the product. Needs GATEHOUSE_TEST_POSTGRES.
class PostgresJudge {
 public:
  PostgresJudge();

  // The same; or what of its parameters and columns our driver has no type for: whoever sends a
  // statement says which types its parameters have, so each must be told by the statement itself.
  [[nodiscard]] std::optional<std::string> objection(const char* text);
  [[nodiscard]] const std::string& url() const { return empty_.url(); }

 private:
  struct Close {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };
  world::EmptyPostgres empty_;
  std::unique_ptr<PGconn, Close> handle_;
};

}  // namespace gatehouse::statements
