#include "server/storage/postgres/row.h"

#include <string>

#include "server/core/ensure.h"

namespace gatehouse::storage {

bool PostgresRow::is_null(int column) const {
  ENSURE(column >= 0 && column < columns_);
  return PQgetisnull(result_, row_, column) == 1;
}

// Integers travel in two's complement, most significant byte first; truth values as one byte.
std::int64_t PostgresRow::integer(int column) const {
  const Oid kind = type(column);
  ENSURE(kind == oid::int8 || kind == oid::int4 || kind == oid::int2 || kind == oid::boolean);
  const std::string_view digits = bytes(column);
  ENSURE(!digits.empty() && digits.size() <= sizeof(std::int64_t));
  const bool is_negative = kind != oid::boolean && (digits.front() & 0x80) != 0;
  std::uint64_t value = is_negative ? ~std::uint64_t{0} : 0;
  for (const char digit : digits) value = (value << 8) | static_cast<unsigned char>(digit);
  return static_cast<std::int64_t>(value);
}

std::string_view PostgresRow::text(int column) const {
  const Oid kind = type(column);
  ENSURE(kind == oid::text || kind == oid::varchar || kind == oid::name || kind == oid::bpchar ||
         kind == oid::unknown);
  return bytes(column);
}

std::string_view PostgresRow::blob(int column) const {
  ENSURE(type(column) == oid::bytea);
  return bytes(column);
}

Oid PostgresRow::type(int column) const {
  ENSURE(!is_null(column));
  return PQftype(result_, column);
}

std::string_view PostgresRow::bytes(int column) const {
  return {PQgetvalue(result_, row_, column),
          static_cast<std::size_t>(PQgetlength(result_, row_, column))};
}

}  // namespace gatehouse::storage
