#include "server/storage/sqlite/transaction.h"

#include <chrono>

#include "server/core/ensure.h"
#include "server/core/story.h"
#include "server/encoding/utf8.h"
#include "server/storage/sqlite/errors.h"

namespace gatehouse::storage {
namespace {

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement)
      : statement_(statement), columns_(sqlite3_column_count(statement)) {}

  bool is_null(int column) const override { return type(column) == SQLITE_NULL; }

  std::int64_t integer(int column) const override {
    ENSURE(type(column) == SQLITE_INTEGER);
    return sqlite3_column_int64(statement_, column);
  }

  std::string_view text(int column) const override {
    ENSURE(type(column) == SQLITE_TEXT);
    const void* bytes = sqlite3_column_text(statement_, column);
    return view(bytes, column);
  }

  std::string_view blob(int column) const override {
    ENSURE(type(column) == SQLITE_BLOB);
    return view(sqlite3_column_blob(statement_, column), column);
  }

 private:
  int type(int column) const {
    ENSURE(column >= 0 && column < columns_);
    return sqlite3_column_type(statement_, column);
  }

  std::string_view view(const void* bytes, int column) const {
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    if (size == 0) return {};
    ENSURE(bytes != nullptr);
    return {static_cast<const char*>(bytes), size};
  }

  sqlite3_stmt* statement_;
  int columns_;
};

// A pointer that is never null: SQLite takes null for NULL, and an empty text is not NULL.
const char* start_of(std::string_view bytes) { return bytes.data() == nullptr ? "" : bytes.data(); }

// The bytes stay the caller's: the statement is reset before the call returns.
int bind(sqlite3_stmt* statement, int position, const Param& param) {
  const Param::Value& value = param.value();
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return sqlite3_bind_int64(statement, position, *integer);
  }
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    return sqlite3_bind_text64(statement, position, start_of(*text), text->size(), SQLITE_STATIC,
                               SQLITE_UTF8);
  }
  if (const auto* blob = std::get_if<Blob>(&value)) {
    return sqlite3_bind_blob64(statement, position, start_of(blob->bytes), blob->bytes.size(),
                               SQLITE_STATIC);
  }
  return sqlite3_bind_null(statement, position);
}

// SQLite takes any bytes for text; other engines refuse these, so we do.
bool is_text(const Param& param) {
  const auto* text = std::get_if<std::string_view>(&param.value());
  return text == nullptr || (text->find('\0') == std::string_view::npos && is_utf8(*text));
}

// Leaves a kept statement as it was found, however its use ends.
class Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

Result<std::int64_t, Error> SqliteTransaction::execute(const Sql& sql, Params params) {
  return run(sql, params, [](const Row&) {});
}

Result<Unit, Error> SqliteTransaction::query(const Sql& sql, Params params,
                                             FunctionRef<void(const Row&)> each) {
  TRY(run(sql, params, each));
  return Unit{};
}

Result<std::int64_t, Error> SqliteTransaction::run(const Sql& sql, Params params,
                                                   FunctionRef<void(const Row&)> each) {
  ENSURE(state_ == State::ready);  // a function that receives rows must not run statements
  if (failure_.has_value()) return *failure_;
  tell(context_, "sql", sql.name());
  auto outcome = attempt(sql, params, each);
  state_ = State::ready;
  if (!outcome.ok()) failure_ = outcome.error();
  return outcome;
}

Result<std::int64_t, Error> SqliteTransaction::attempt(const Sql& sql, Params params,
                                                       FunctionRef<void(const Row&)> each) {
  if (std::chrono::steady_clock::now() >= context_.deadline) {
    return Error(ErrorCode::deadline_exceeded, std::string(sql.name()) + ": out of time");
  }
  Statement* prepared = TRY(connection_.prepare(sql));
  sqlite3_stmt* statement = prepared->handle.get();
  const bool writes = sqlite3_stmt_readonly(statement) == 0;
  if (writes && access_ == Access::read) {
    return Error(ErrorCode::internal, std::string(sql.name()) + ": a change in a read");
  }
  ENSURE(prepared->params == params.size());

  const Use use(statement);
  for (std::size_t i = 0; i < prepared->numbers.size(); ++i) {
    const Param& param = params.begin()[prepared->numbers[i] - 1];
    if (!is_text(param)) {
      return Error(ErrorCode::invalid_argument,
                   std::string(sql.name()) + ": a text that is not UTF-8, or has a NUL");
    }
    const int code = bind(statement, static_cast<int>(i) + 1, param);
    if (code != SQLITE_OK) return connection_.error(code, sql.name());
  }
  state_ = State::in_statement;
  const SqliteRow row(statement);
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) each(row);
  if (code != SQLITE_DONE) return connection_.error(code, sql.name());
  return writes ? sqlite3_changes64(connection_.handle()) : 0;
}

}  // namespace gatehouse::storage
