#include "server/storage/sqlite/errors.h"

#include <string>

namespace gatehouse::storage {

ErrorCode error_code_of(int sqlite_code) {
  switch (sqlite_code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return ErrorCode::already_exists;
    case SQLITE_BUSY_SNAPSHOT: return ErrorCode::aborted;
    default: break;
  }
  switch (sqlite_code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: return ErrorCode::unavailable;
    case SQLITE_INTERRUPT: return ErrorCode::deadline_exceeded;
    default: return ErrorCode::internal;
  }
}

Error sqlite_error(sqlite3* connection, int sqlite_code, std::string_view doing,
                   SourceLocation where) {
  std::string detail(doing);
  detail.append(": ").append(sqlite3_errstr(sqlite_code));
  if (connection != nullptr && sqlite3_extended_errcode(connection) == sqlite_code) {
    detail.append(": ").append(sqlite3_errmsg(connection));
  }
  detail.append(" (sqlite ").append(std::to_string(sqlite_code)).append(")");
  return Error(error_code_of(sqlite_code), std::move(detail), where);
}

}  // namespace gatehouse::storage
