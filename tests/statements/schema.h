// The two schemas, each as lines of the same form: what stands on one engine only is a line of
// difference. Names, order of columns, types, nullability, keys, indices, foreign keys.

#pragma once

#include <set>
#include <string>

#include "tests/statements/statements.h"
#include "tests/world/test_postgres.h"

namespace gatehouse::statements {

using Lines = std::set<std::string>;

[[nodiscard]] Lines sqlite_schema(SqliteJudge& judge);
[[nodiscard]] Lines postgres_schema(world::PlainConnection& connection);

}  // namespace gatehouse::statements
