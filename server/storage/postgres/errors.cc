#include "server/storage/postgres/errors.h"

#include <string>

namespace gatehouse::storage {
namespace {

bool is_one_of(std::string_view state, std::initializer_list<std::string_view> states) {
  for (const std::string_view one : states) {
    if (state == one) return true;
  }
  return false;
}

// SQLSTATE, PostgreSQL 15 Appendix A.
Failure classify(std::string_view state, TransactionMode mode, std::string detail) {
  const auto of_class = [&](std::string_view prefix) { return state.starts_with(prefix); };
  const auto failure = [&](ErrorCode code, Fate fate = Fate::final) {
    return Failure{Error(code, std::move(detail)), fate};
  };
  if (is_one_of(state, {"40001", "40P01"})) return failure(ErrorCode::aborted, Fate::lost_race);
  // A lock that was not had in time: the holder may be gone the next time.
  if (state == "55P03") return failure(ErrorCode::aborted, Fate::lost_race);
  if (state == "23505") return failure(ErrorCode::already_exists);
  if (state == "57014") return failure(ErrorCode::deadline_exceeded);
  if (state == "22021") return failure(ErrorCode::invalid_argument);  // bytes that are no text
  // A change where we asked for a read. Elsewhere it is the server that takes none, see below.
  if (state == "25006" && mode == TransactionMode::read) return failure(ErrorCode::internal);
  // A server that became a standby, is starting or stopping, or a plan made before a migration:
  // another connection may do.
  if (is_one_of(state, {"25006", "57P01", "57P02", "57P03", "57P05", "25P03"})) {
    return failure(ErrorCode::unavailable, Fate::connection_lost);
  }
  if (state == "0A000" && detail.find("cached plan") != std::string::npos) {
    return failure(ErrorCode::unavailable, Fate::connection_lost);
  }
  if (state == "08P01") return failure(ErrorCode::internal);
  if (of_class("08") || state.empty()) {
    return failure(ErrorCode::unavailable, Fate::connection_lost);
  }
  if (of_class("53") || of_class("58") || state == "57P04") {
    return failure(ErrorCode::unavailable);
  }
  return failure(ErrorCode::internal);
}

std::string_view first_line(const char* text) {
  std::string_view line = text == nullptr ? "" : text;
  line = line.substr(0, line.find('\n'));
  return line;
}

}  // namespace

Failure failure_of(const PGresult* result, TransactionMode mode, std::string_view doing) {
  const char* given = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view state = given == nullptr ? "" : given;
  std::string detail(doing);
  // Messages of class 22, data exceptions, repeat the value.
  if (!state.starts_with("22")) {
    const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    detail.append(": ").append(
        first_line(primary == nullptr ? PQresultErrorMessage(result) : primary));
  }
  detail.append(" (postgres ").append(state.empty() ? "without a state" : state).append(")");
  return classify(state, mode, std::move(detail));
}

Failure connection_failure(PGconn* connection, std::string_view doing) {
  std::string detail(doing);
  detail.append(": ").append(first_line(PQerrorMessage(connection)));
  return {Error(ErrorCode::unavailable, std::move(detail)), Fate::connection_lost};
}

}  // namespace gatehouse::storage
