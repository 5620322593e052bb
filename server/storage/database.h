// Database: the only way to data. Nothing here knows what is stored.
//
// Work is handed over as a function of a Transaction:
//
//   Result<User, Error> user = storage::read(database, context, [&](Transaction& transaction) {
//     return users::load(transaction, context.environment, id);
//   });
//
// storage::write runs the function in a read-write transaction. A function that returns a value is
// committed, and write() returns only once the commit is durable; a function that returns an error
// is rolled back as a whole. To change something *and* refuse (count a wrong try), return a value
// that says so. The function may be run again after a lost race, so it must not have effects
// outside the transaction, and it must not wait for anything: on SQLite all writers share one
// thread.
//
// Errors of the storage layer itself: unavailable (cannot reach, disk full, read-only), aborted
// (lost a race for good), deadline_exceeded, already_exists (a unique constraint; the transaction
// is over, use ON CONFLICT where a clash is expected), internal (anything else: a bug or damage).

#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "server/core/context.h"
#include "server/core/error.h"
#include "server/core/function_ref.h"
#include "server/core/result.h"
#include "server/storage/sql.h"

namespace gatehouse::storage {

// Bytes as opposed to text; a view for the length of one call.
struct Blob {
  std::string_view bytes;
};

// A parameter: NULL, integer, text or bytes. Views live for the length of one call only.
class Param {
 public:
  using Value = std::variant<std::monostate, std::int64_t, std::string_view, Blob>;

  Param(std::nullopt_t) {}
  template <std::integral Integer>
  requires(!std::same_as<Integer, bool>) Param(Integer value)
      : value_(static_cast<std::int64_t>(value)) {}
  Param(std::string_view text) : value_(text) {}
  Param(const std::string& text) : value_(std::string_view(text)) {}
  Param(const char* text) : value_(std::string_view(text)) {}
  Param(Blob bytes) : value_(bytes) {}
  Param(Instant instant) : value_(to_ms(instant)) {}
  template <class Tag>
  Param(const Id<Tag>& id) : value_(id.number()) {}
  template <class T>
  Param(const std::optional<T>& value) {
    if (value.has_value()) value_ = Param(*value).value_;
  }

  [[nodiscard]] const Value& value() const { return value_; }

 private:
  Value value_;
};
using Params = std::initializer_list<Param>;

// One row of an answer, valid only inside the callback that receives it. Columns count from zero.
// Asking for a type that the column does not hold is a bug (ENSURE), as is NULL where not optional.
class Row {
 public:
  virtual ~Row() = default;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;
  // The bytes of a text or blob column; the view dies with the row.
  [[nodiscard]] virtual std::string_view text(int column) const = 0;
  [[nodiscard]] virtual std::string_view blob(int column) const = 0;

  [[nodiscard]] std::string string(int column) const { return std::string(text(column)); }
  [[nodiscard]] Instant instant(int column) const { return instant_from_ms(integer(column)); }
  [[nodiscard]] std::optional<Instant> optional_instant(int column) const {
    return is_null(column) ? std::nullopt : std::optional(instant(column));
  }
  [[nodiscard]] std::optional<std::string> optional_string(int column) const {
    return is_null(column) ? std::nullopt : std::optional(string(column));
  }
  template <class AnyId>
  [[nodiscard]] AnyId id(int column) const {
    return AnyId(integer(column));
  }
  template <class AnyId>
  [[nodiscard]] std::optional<AnyId> optional_id(int column) const {
    return is_null(column) ? std::nullopt : std::optional(AnyId(integer(column)));
  }
};

class Transaction {
 public:
  virtual ~Transaction() = default;

  // Runs a statement; returns the number of rows it changed.
  virtual Result<std::int64_t, Error> execute(const Sql& sql, Params params) = 0;
  // Runs a statement and calls `each` for every row of its answer (SELECT, or … RETURNING).
  virtual Result<Unit, Error> query(const Sql& sql, Params params,
                                    FunctionRef<void(const Row&)> each) = 0;

  // The row that `sql` finds, mapped by `map(const Row&)`, or nullopt if there is none. More than
  // one row is a bug (ENSURE).
  template <class Map>
  auto find(const Sql& sql, Params params, Map map)
      -> Result<std::optional<std::invoke_result_t<Map, const Row&>>, Error> {
    std::optional<std::invoke_result_t<Map, const Row&>> found;
    TRY(query(sql, params, [&](const Row& row) {
      ENSURE(!found.has_value());
      found.emplace(map(row));
    }));
    return found;
  }

  // All rows, in the order of the answer. The statement itself carries the LIMIT.
  template <class Map>
  auto list(const Sql& sql, Params params, Map map)
      -> Result<std::vector<std::invoke_result_t<Map, const Row&>>, Error> {
    std::vector<std::invoke_result_t<Map, const Row&>> all;
    TRY(query(sql, params, [&](const Row& row) { all.push_back(map(row)); }));
    return all;
  }
};

enum class Verdict { commit, roll_back };

class Database {
 public:
  virtual ~Database() = default;

  // Runs `work` on one consistent snapshot. Safe from any thread; on the embedded database it does
  // not wait for writers. Use storage::read.
  virtual Result<Unit, Error> run_read(const Context& context,
                                       FunctionRef<void(Transaction&)> work) = 0;
  // Runs `work` in a read-write transaction and blocks until it is durably committed, or rolled
  // back. A roll-back that `work` asked for is a success. A statement that failed makes its
  // transaction fail, whatever `work` says. What `work` throws is thrown here. Use storage::write.
  virtual Result<Unit, Error> run_write(const Context& context,
                                        FunctionRef<Verdict(Transaction&)> work) = 0;
};

// See the top of this file. `work` returns Result<T, E>, where E can be made from Error.
template <class Work>
auto read(Database& database, const Context& context, Work&& work)
    -> std::invoke_result_t<Work, Transaction&> {
  std::optional<std::invoke_result_t<Work, Transaction&>> outcome;
  TRY(database.run_read(context,
                        [&](Transaction& transaction) { outcome.emplace(work(transaction)); }));
  ENSURE(outcome.has_value());
  return std::move(*outcome);
}

template <class Work>
auto write(Database& database, const Context& context, Work&& work)
    -> std::invoke_result_t<Work, Transaction&> {
  std::optional<std::invoke_result_t<Work, Transaction&>> outcome;
  // A failure of the database goes before the work's own reason: the work may have refused because
  // of what others in its group wrote, and their commit failed.
  TRY(database.run_write(context, [&](Transaction& transaction) {
    outcome.emplace(work(transaction));
    return outcome->ok() ? Verdict::commit : Verdict::roll_back;
  }));
  ENSURE(outcome.has_value());
  return std::move(*outcome);
}

}  // namespace gatehouse::storage
