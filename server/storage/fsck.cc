#include "server/storage/fsck.h"

#include <algorithm>
#include <map>
#include <set>

#include "server/storage/catalog.h"
#include "server/storage/sqlite/sqlite_database.h"

namespace gatehouse::storage {
namespace {

constexpr Sql check_integrity{"fsck.integrity",
                              "SELECT integrity_check FROM pragma_integrity_check(1000)"};
constexpr Sql check_foreign_keys{
    "fsck.foreign_keys",
    "SELECT \"table\", \"parent\", count(*) FROM pragma_foreign_key_check() GROUP BY 1, 2"};

constexpr Sql sqlite_indices{"fsck.sqlite_indices",
                             "SELECT name FROM sqlite_schema WHERE type = 'index'"
                             " AND name NOT LIKE 'sqlite#_%' ESCAPE '#'"};
constexpr Sql postgres_indices{
    "fsck.postgres_indices",
    "SELECT CAST(c.relname AS TEXT) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND c.relkind = 'i'"};
// How many UNIQUE constraints a table has; each engine gives them names of its own.
constexpr Sql sqlite_uniques{
    "fsck.sqlite_uniques",
    "SELECT t.name, COUNT(*) FROM sqlite_schema t, pragma_index_list(t.name) i"
    " WHERE t.type = 'table' AND i.origin = 'u' GROUP BY t.name"};
constexpr Sql postgres_uniques{
    "fsck.postgres_uniques",
    "SELECT CAST(t.relname AS TEXT), COUNT(*) FROM pg_constraint c"
    " JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
    " WHERE c.contype = 'u' AND n.nspname = current_schema() GROUP BY t.relname"};

constexpr Sql invalid_indices{
    "fsck.invalid_indices",
    "SELECT CAST(c.relname AS TEXT) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND NOT (i.indisvalid AND i.indisready) ORDER BY 1"};
constexpr Sql invalid_constraints{
    "fsck.invalid_constraints",
    "SELECT CAST(t.relname AS TEXT), CAST(c.conname AS TEXT) FROM pg_constraint c"
    " JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
    " WHERE n.nspname = current_schema() AND NOT c.convalidated ORDER BY 1, 2"};
constexpr Sql other_encoding{
    "fsck.encoding",
    "SELECT CAST(pg_encoding_to_char(encoding) AS TEXT) FROM pg_database"
    " WHERE datname = current_database() AND pg_encoding_to_char(encoding) <> 'UTF8'"};
constexpr Sql other_collations{
    "fsck.collations",
    "SELECT CAST(t.relname AS TEXT), CAST(a.attname AS TEXT), CAST(l.collname AS TEXT)"
    " FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid"
    " JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_collation l ON l.oid = a.attcollation"
    " WHERE n.nspname = current_schema() AND t.relkind = 'r' AND a.attnum > 0"
    " AND NOT a.attisdropped AND l.collname <> 'C'"
    " AND t.relname NOT IN ('schema_migrations', 'compatible_migrations') ORDER BY 1, 2"};
constexpr Sql find_amcheck{
    "fsck.find_amcheck",
    "SELECT CASE WHEN has_function_privilege(p.oid, 'execute') THEN 1 ELSE 0 END"
    " FROM pg_proc p JOIN pg_depend d ON d.objid = p.oid"
    " JOIN pg_extension e ON e.oid = d.refobjid"
    " WHERE e.extname = 'amcheck' AND p.proname = 'bt_index_check' AND p.pronargs = 2"};
constexpr Sql check_indices{
    "fsck.amcheck",
    "SELECT CAST(c.relname AS TEXT), bt_index_check(c.oid, true) IS NULL"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND m.amname = 'btree' AND i.indisvalid ORDER BY 1"};

using Findings = std::vector<Finding>;

struct Shape {
  std::set<std::string> parts;                  // "table users", "column users.id", …
  std::map<std::string, std::int64_t> uniques;  // by table
};

Result<Shape, Error> load_shape(Transaction& transaction, Engine engine) {
  Shape shape;
  const auto tables = TRY(read_catalog(transaction, engine));
  for (const CatalogTable& table : tables) {
    shape.parts.insert("table " + table.name);
    for (const CatalogColumn& column : table.columns) {
      shape.parts.insert("column " + table.name + "." + column.name);
      if (column.key_position > 0) {
        shape.parts.insert("primary key of " + table.name + " with " + column.name);
      }
    }
    for (const std::string& target : table.references) {
      shape.parts.insert("foreign key of " + table.name + " to " + target);
    }
  }
  const bool is_sqlite = engine == Engine::sqlite;
  TRY(transaction.query(is_sqlite ? sqlite_indices : postgres_indices, {},
                        [&](const Row& row) { shape.parts.insert("index " + row.string(0)); }));
  TRY(transaction.query(is_sqlite ? sqlite_uniques : postgres_uniques, {},
                        [&](const Row& row) { shape.uniques[row.string(0)] = row.integer(1); }));
  return shape;
}

// What this program's migrations make, on an empty database of the engine that is always there:
// names are the same on every engine.
Result<Shape, Error> wanted_shape(const Context& context) {
  SqliteSettings settings;
  settings.place = SqliteSettings::Place::memory;
  const auto database = TRY(SqliteDatabase::open(settings));
  return read(*database, context,
              [](Transaction& transaction) { return load_shape(transaction, Engine::sqlite); });
}

void compare_shapes(const Shape& wanted, Shape& found, Findings& findings) {
  for (const std::string& part : wanted.parts) {
    if (!found.parts.contains(part)) findings.push_back({"schema", part + " is missing"});
  }
  for (const auto& [table, count] : wanted.uniques) {
    if (found.uniques[table] < count) {
      findings.push_back({"schema", "table " + table + " has " +
                                        std::to_string(found.uniques[table]) +
                                        " UNIQUE constraints, not " + std::to_string(count)});
    }
  }
}

Result<Unit, Error> check_sqlite_file(Transaction& transaction, Findings& findings) {
  TRY(transaction.query(check_integrity, {}, [&](const Row& row) {
    if (row.text(0) != "ok") findings.push_back({"integrity", row.string(0)});
  }));
  return transaction.query(check_foreign_keys, {}, [&](const Row& row) {
    findings.push_back({"foreign_key", std::to_string(row.integer(2)) + " rows of " +
                                           row.string(0) + " point to no row of " + row.string(1)});
  });
}

Result<Unit, Error> check_postgres(Transaction& transaction, Findings& findings) {
  TRY(transaction.query(invalid_indices, {}, [&](const Row& row) {
    findings.push_back({"integrity", "index " + row.string(0) + " is not valid: REINDEX it"});
  }));
  TRY(transaction.query(invalid_constraints, {}, [&](const Row& row) {
    findings.push_back({"constraint", "constraint " + row.string(1) + " of " + row.string(0) +
                                          " is not validated"});
  }));
  TRY(transaction.query(other_encoding, {}, [&](const Row& row) {
    findings.push_back({"encoding", "the database is in " + row.string(0) + ", not in UTF8"});
  }));
  return transaction.query(other_collations, {}, [&](const Row& row) {
    findings.push_back({"collation", row.string(0) + "." + row.string(1) + " compares by " +
                                         row.string(2) + ", not by bytes (C)"});
  });
}

// In a transaction of its own, which ends at the first index that is not sound.
Result<Unit, Error> check_with_amcheck(Database& database, const Context& context,
                                       DatabaseCheck& check) {
  const auto found = TRY(read(database, context, [](Transaction& transaction) {
    return transaction.find(find_amcheck, {}, [](const Row& row) { return row.integer(0); });
  }));
  if (found != 1) {
    check.notes.push_back(
        found.has_value()
            ? "indices were not compared with their tables: this user may not call amcheck"
            : "indices were not compared with their tables: PostgreSQL's extension amcheck is not"
              " there (CREATE EXTENSION amcheck)");
    return Unit{};
  }
  const auto outcome = read(database, context, [](Transaction& transaction) {
    return transaction.query(check_indices, {}, [](const Row&) {});
  });
  if (!outcome.ok()) check.findings.push_back({"integrity", outcome.error().detail});
  return Unit{};
}

}  // namespace

Result<DatabaseCheck, Error> check_database(Database& database, Engine engine,
                                            const Context& context) {
  DatabaseCheck check;
  TRY(read(database, context, [&](Transaction& transaction) -> Result<Unit, Error> {
    check = {};
    return engine == Engine::sqlite ? check_sqlite_file(transaction, check.findings)
                                    : check_postgres(transaction, check.findings);
  }));
  if (engine == Engine::postgres) TRY(check_with_amcheck(database, context, check));
  return check;
}

Result<std::vector<Finding>, Error> check_sqlite(Database& database, const Context& context) {
  auto check = TRY(check_database(database, Engine::sqlite, context));
  return std::move(check.findings);
}

Result<std::vector<Finding>, Error> check_shape(Database& database, Engine engine,
                                                const Context& context) {
  const Shape wanted = TRY(wanted_shape(context));
  Shape found = TRY(read(database, context, [engine](Transaction& transaction) {
    return load_shape(transaction, engine);
  }));
  Findings findings;
  compare_shapes(wanted, found, findings);
  return findings;
}

}  // namespace gatehouse::storage
