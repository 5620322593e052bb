// Rows of a PostgreSQL answer, in the binary format. Private to the driver.

#pragma once

#include <libpq-fe.h>

#include "server/storage/database.h"

namespace gatehouse::storage {

// Types as the server numbers them: pg_type.dat.
namespace oid {
inline constexpr Oid unknown_param = 0;
inline constexpr Oid boolean = 16;
inline constexpr Oid bytea = 17;
inline constexpr Oid name = 19;
inline constexpr Oid int8 = 20;
inline constexpr Oid int2 = 21;
inline constexpr Oid int4 = 23;
inline constexpr Oid text = 25;
inline constexpr Oid unknown = 705;
inline constexpr Oid bpchar = 1042;
inline constexpr Oid varchar = 1043;
}  // namespace oid

// One row of `result` at a time; `result` must outlive it.
class PostgresRow final : public Row {
 public:
  explicit PostgresRow(const PGresult* result) : result_(result), columns_(PQnfields(result)) {}
  void go_to(int row) { row_ = row; }

  [[nodiscard]] bool is_null(int column) const override;
  [[nodiscard]] std::int64_t integer(int column) const override;
  [[nodiscard]] std::string_view text(int column) const override;
  [[nodiscard]] std::string_view blob(int column) const override;

 private:
  [[nodiscard]] Oid type(int column) const;
  [[nodiscard]] std::string_view bytes(int column) const;

  const PGresult* result_;
  int columns_;
  int row_ = 0;
};

}  // namespace gatehouse::storage
