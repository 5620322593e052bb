#include "server/storage/sqlite/snapshot.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "server/storage/sqlite/connection.h"

namespace gatehouse::storage {
namespace {

constexpr int busy_ms = 5000;
constexpr int steps_between_reports = 100'000;

Error system_error(const std::string& path) {
  const ErrorCode code = errno == EEXIST   ? ErrorCode::already_exists
                         : errno == ENOENT ? ErrorCode::not_found
                                           : ErrorCode::unavailable;
  return {code, path + ": " + std::strerror(errno)};
}

Error sqlite_error(sqlite3* handle, const std::string& path) {
  const int code = sqlite3_errcode(handle);
  const bool is_damaged = code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
  return {is_damaged ? ErrorCode::internal : ErrorCode::unavailable,
          path + ": " + sqlite3_errmsg(handle)};
}

// The file that is being written, as SQLite's own steps see it.
struct Watch {
  const std::string& to;
  double bytes_wanted;
  FunctionRef<void(double)> advance;
};

int report(void* argument) {
  const auto& watch = *static_cast<Watch*>(argument);
  struct ::stat facts {};
  if (::stat(watch.to.c_str(), &facts) == 0 && watch.bytes_wanted > 0) {
    watch.advance(std::min(1.0, static_cast<double>(facts.st_size) / watch.bytes_wanted));
  }
  return 0;
}

Result<std::unique_ptr<sqlite3, CloseConnection>, Error> open_source(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  std::unique_ptr<sqlite3, CloseConnection> source(handle);
  if (code != SQLITE_OK) return sqlite_error(handle, path);
  sqlite3_busy_timeout(handle, busy_ms);
  return source;
}

Result<double, Error> bytes_of(sqlite3* source, const std::string& path) {
  sqlite3_stmt* statement = nullptr;
  const char* text = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
  if (sqlite3_prepare_v2(source, text, -1, &statement, nullptr) != SQLITE_OK) {
    return sqlite_error(source, path);
  }
  const std::unique_ptr<sqlite3_stmt, FinalizeStatement> owned(statement);
  if (sqlite3_step(statement) != SQLITE_ROW) return sqlite_error(source, path);
  return sqlite3_column_double(statement, 0);
}

// One read transaction on the source, which in WAL mode keeps nobody from writing.
Result<Unit, Error> vacuum_into(sqlite3* source, const std::string& from, const std::string& to,
                                FunctionRef<void(double)> advance) {
  const double bytes_wanted = TRY(bytes_of(source, from));
  Watch watch{to, bytes_wanted, advance};
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(source, "VACUUM INTO ?1", -1, &statement, nullptr) != SQLITE_OK) {
    return sqlite_error(source, from);
  }
  const std::unique_ptr<sqlite3_stmt, FinalizeStatement> owned(statement);
  sqlite3_bind_text(statement, 1, to.c_str(), -1, SQLITE_TRANSIENT);
  sqlite3_progress_handler(source, steps_between_reports, report, &watch);
  const int code = sqlite3_step(statement);
  sqlite3_progress_handler(source, 0, nullptr, nullptr);
  if (code != SQLITE_DONE) return sqlite_error(source, from);
  return Unit{};
}

// SQLite takes a file that is there and empty, and keeps its mode.
Result<Unit, Error> make_empty(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return system_error(path);
  ::close(file);
  return Unit{};
}

Result<Unit, Error> sync_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return system_error(path);
  const int code = ::fsync(file);
  const int problem = errno;
  ::close(file);
  errno = problem;
  if (code != 0) return system_error(path);
  return Unit{};
}

}  // namespace

Result<Unit, Error> snapshot_sqlite(const std::string& from, const std::string& to,
                                    FunctionRef<void(double part)> advance) {
  const auto source = TRY(open_source(from));
  TRY(make_empty(to));
  auto outcome = vacuum_into(source.get(), from, to, advance);
  if (outcome.ok()) outcome = sync_file(to);
  if (!outcome.ok()) ::unlink(to.c_str());
  return outcome;
}

}  // namespace gatehouse::storage
