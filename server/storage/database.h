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
// outside the transaction, and begins by forgetting what an earlier run left in its captures; and
// it must not wait for anything: on SQLite all writers share one thread.
//
// Errors of the storage layer itself: unavailable (cannot reach, disk full, read-only), aborted
// (lost a race for good), deadline_exceeded, invalid_argument (a text that is not UTF-8 or holds
// NUL; edges refuse it first), already_exists (a unique constraint; the transaction is over, use ON
// CONFLICT where a clash is expected), internal (anything else: a bug or damage).

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

// NULL, and of which type: an engine with typed parameters must know even where there is no value.
// A plain std::nullopt leaves it to the statement, which has to tell by itself then.
enum class NullOf { unknown, integer, text, blob };

// A parameter: NULL, integer, text or bytes. Views live for the length of one call only.
class Param {
 public:
  using Value = std::variant<NullOf, std::int64_t, std::string_view, Blob>;

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
  Param(const std::optional<T>& value) : value_(null_of<T>()) {
    if (value.has_value()) value_ = Param(*value).value_;
  }

  [[nodiscard]] const Value& value() const { return value_; }

 private:
  template <class T>
  static constexpr NullOf null_of() {
    if constexpr (std::is_same_v<T, Blob>) return NullOf::blob;
    return std::is_convertible_v<T, std::string_view> ? NullOf::text : NullOf::integer;
  }

  Value value_ = NullOf::unknown;
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

  // Runs a statement whose outcome nobody looks at: should it fail, then so does everything after
  // it, the commit included, with its error. Costs no wait of its own where the database is far.
  virtual Result<Unit, Error> send(const Sql& sql, Params params) {
    TRY(execute(sql, params));
    return Unit{};
  }

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
  // The same on a snapshot, see storage::write_by_row.
  virtual Result<Unit, Error> run_write_by_row(const Context& context,
                                               FunctionRef<Verdict(Transaction&)> work) {
    return run_write(context, work);
  }
  // The database cannot be relied on again by this process: every write is refused from here on,
  // and only a new process can know what was kept. The server drains and exits.
  [[nodiscard]] virtual bool failed() const { return false; }
  // What the database's own clock says, where it has one that is not ours.
  virtual Result<std::optional<Instant>, Error> server_time(const Context&) {
    return std::optional<Instant>();
  }
  // A read waits for another machine: nothing for a thread that serves many.
  [[nodiscard]] virtual bool waits_for_network() const { return false; }
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

using RunWrite = Result<Unit, Error> (Database::*)(const Context&,
                                                   FunctionRef<Verdict(Transaction&)>);

template <class Work>
auto write_through(RunWrite run, Database& database, const Context& context, Work&& work)
    -> std::invoke_result_t<Work, Transaction&> {
  std::optional<std::invoke_result_t<Work, Transaction&>> outcome;
  // A failure of the database goes before the work's own reason: the work may have refused because
  // of what others in its group wrote, and their commit failed.
  TRY((database.*run)(context, [&](Transaction& transaction) {
    outcome.emplace(work(transaction));
    return outcome->ok() ? Verdict::commit : Verdict::roll_back;
  }));
  ENSURE(outcome.has_value());
  return std::move(*outcome);
}

template <class Work>
auto write(Database& database, const Context& context, Work&& work) {
  return write_through(&Database::run_write, database, context, std::forward<Work>(work));
}

// For the busiest acts, where those of many people must not disturb each other: as write(), but on
// a snapshot. Of two that change one row, one runs again; two that change different rows both go
// through, whatever they have read. So every decision must be made by a conditional statement on a
// row that it changes, or hold no less if what was read changes a moment later; each use says why.
template <class Work>
auto write_by_row(Database& database, const Context& context, Work&& work) {
  return write_through(&Database::run_write_by_row, database, context, std::forward<Work>(work));
}

}  // namespace gatehouse::storage
