// PostgresPlace: what a TestDatabase stands on where the tests run on PostgreSQL. Making a database
// and its tables takes a fifth of a second, emptying one a few milliseconds: a place that was given
// back is emptied and used again.

#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/world/test_database.h"

namespace gatehouse::world {

// A plain connection, for what no Transaction can do. Whatever fails fails the program.
class PlainConnection {
 public:
  explicit PlainConnection(const std::string& url);

  // Runs one statement or several; the first column of the last one's rows.
  std::vector<std::string> run(const std::string& sql);
  // The rows of one statement as they are stored, their columns joined by |.
  std::vector<std::string> rows(const std::string& sql);
  // The same, where a failure has an answer.
  [[nodiscard]] bool try_run(const std::string& sql);

 private:
  struct Close {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };
  std::unique_ptr<PGconn, Close> handle_;
};

class PostgresPlace {
 public:
  // An empty one, new or used before.
  static std::unique_ptr<PostgresPlace> take(const TestDatabaseSettings& settings);
  static void give_back(std::unique_ptr<PostgresPlace> place);

  explicit PostgresPlace(const TestDatabaseSettings& settings);  // for take()

  [[nodiscard]] storage::Database& database() { return *database_; }
  [[nodiscard]] const std::string& url() const { return empty_.url(); }

 private:
  class Shelf;
  static Shelf& shelf();
  [[nodiscard]] bool fits(const TestDatabaseSettings& settings) const;
  // False if it is of no more use.
  [[nodiscard]] bool make_empty();

  EmptyPostgres empty_;
  const EmbeddedFile* migrations_;
  Instant now_;
  std::unique_ptr<storage::Database> database_;
  PlainConnection plain_;
  std::string emptying_;  // the statements that make it what it was
  int uses_ = 1;
};

}  // namespace gatehouse::world
