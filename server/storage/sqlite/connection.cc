#include "server/storage/sqlite/connection.h"

#include <charconv>
#include <chrono>

#include "server/storage/sqlite/errors.h"

namespace gatehouse::storage {
namespace {

constexpr int steps_between_deadline_checks = 20'000;  // of SQLite's machine; well below 1 ms

// The hook that SQLite calls between steps; anything but zero interrupts the statement.
int deadline_has_passed(void* connection) {
  const Deadline deadline = static_cast<Connection*>(connection)->deadline();
  if (deadline == Deadline::max()) return 0;
  return std::chrono::steady_clock::now() >= deadline ? 1 : 0;
}

Result<std::vector<int>, Error> parameter_numbers(sqlite3_stmt* statement, const Sql& sql) {
  std::vector<int> numbers;
  const int count = sqlite3_bind_parameter_count(statement);
  for (int position = 1; position <= count; ++position) {
    const char* name = sqlite3_bind_parameter_name(statement, position);
    const std::string_view text = name == nullptr ? "" : name;
    int number = 0;
    if (text.size() > 1 && text.front() == '$') {
      std::from_chars(text.data() + 1, text.data() + text.size(), number);
    }
    if (number < 1 || number > count) {
      return Error(ErrorCode::internal,
                   std::string(sql.name()) + ": parameters must be $1, $2, … without a gap");
    }
    numbers.push_back(number);
  }
  return numbers;
}

}  // namespace

Result<std::unique_ptr<Connection>, Error> Connection::open(const ConnectionSettings& settings) {
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (settings.access == ConnectionSettings::Access::read ? SQLITE_OPEN_READONLY
                                                                         : SQLITE_OPEN_READWRITE);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(settings.path.c_str(), &handle, flags,
                                   settings.vfs.empty() ? nullptr : settings.vfs.c_str());
  auto connection = std::make_unique<Connection>(handle);
  if (code != SQLITE_OK) return sqlite_error(handle, code, "open " + settings.path);
  auto configured = connection->configure(settings);
  if (!configured.ok()) {
    Error error = std::move(configured).error();
    error.detail = "open " + settings.path + ": " + error.detail;
    return error;
  }
  return connection;
}

Result<Unit, Error> Connection::configure(const ConnectionSettings& settings) {
  sqlite3* handle = handle_.get();
  sqlite3_busy_timeout(handle, static_cast<int>(settings.busy_timeout.count()));
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_progress_handler(handle, steps_between_deadline_checks, deadline_has_passed, this);

  TRY(
      run_script("PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"
                 "PRAGMA case_sensitive_like=ON;"));
  if (settings.access == ConnectionSettings::Access::read) {
    return run_script("PRAGMA cache_size=-512; PRAGMA mmap_size=33554432;");
  }
  // The writer checkpoints by itself, where it can see the outcome, so SQLite must not.
  TRY(run_script(
      "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=16777216; PRAGMA cache_size=-" +
      std::to_string(settings.write_cache_kib)));
  TRY(run_script(settings.durability == ConnectionSettings::Durability::full
                     ? "PRAGMA synchronous=FULL;"
                     : "PRAGMA synchronous=OFF;"));
  if (settings.pages_max > 0) {
    TRY(run_script("PRAGMA max_page_count=" + std::to_string(settings.pages_max)));
  }
  return Unit{};
}

Result<Statement*, Error> Connection::prepare(const Sql& sql) {
  const auto known = statements_.find(sql.text());
  if (known != statements_.end()) return &known->second;

  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_.get(), sql.text(), -1, SQLITE_PREPARE_PERSISTENT, &raw, &rest);
  if (code != SQLITE_OK) return error(code, sql.name());
  Statement statement;
  statement.handle.reset(raw);
  if (raw == nullptr || *rest != '\0') {
    return Error(ErrorCode::internal, std::string(sql.name()) + ": not exactly one statement");
  }
  statement.numbers = TRY(parameter_numbers(raw, sql));
  statement.params = statement.numbers.size();
  return &statements_.emplace(sql.text(), std::move(statement)).first->second;
}

int Connection::run_control(const Sql& sql) {
  auto prepared = prepare(sql);
  if (!prepared.ok()) return sqlite3_extended_errcode(handle_.get());
  sqlite3_stmt* statement = prepared.value()->handle.get();
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(statement);
  sqlite3_reset(statement);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

Result<Unit, Error> Connection::run_script(std::string_view script) {
  const int code =
      sqlite3_exec(handle_.get(), std::string(script).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code, "script");
  return Unit{};
}

bool Connection::owes_foreign_keys() const {
  int current = 0;
  int highest = 0;
  sqlite3_db_status(handle_.get(), SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0);
  return current != 0;
}

Error Connection::error(int sqlite_code, std::string_view doing) const {
  return sqlite_error(handle_.get(), sqlite_code, doing);
}

}  // namespace gatehouse::storage
