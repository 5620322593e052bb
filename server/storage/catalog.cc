#include "server/storage/catalog.h"

#include <algorithm>
#include <map>
#include <optional>

namespace gatehouse::storage {
namespace {

// Of every column: table, name, type, place in the primary key (0: none).
constexpr Sql sqlite_columns{
    "catalog.sqlite_columns",
    "SELECT t.name, c.name, c.type, c.pk FROM sqlite_schema t, pragma_table_info(t.name) c"
    " WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite#_%' ESCAPE '#' ORDER BY t.name, c.cid"};
constexpr Sql postgres_columns{
    "catalog.postgres_columns",
    "SELECT CAST(t.relname AS TEXT), CAST(a.attname AS TEXT),"
    " CAST(format_type(a.atttypid, NULL) AS TEXT),"
    " CAST(COALESCE((SELECT k.place FROM pg_index i,"
    "  unnest(CAST(i.indkey AS int2[])) WITH ORDINALITY AS k (attnum, place)"
    "  WHERE i.indrelid = t.oid AND i.indisprimary AND k.attnum = a.attnum), 0) AS BIGINT)"
    " FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace"
    " JOIN pg_attribute a ON a.attrelid = t.oid"
    " WHERE n.nspname = current_schema() AND t.relkind = 'r' AND a.attnum > 0"
    " AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY 1, a.attnum"};
// Of every column with a foreign key: table, name, the table it points to.
constexpr Sql sqlite_references{
    "catalog.sqlite_references",
    "SELECT t.name, f.\"from\", f.\"table\" FROM sqlite_schema t, pragma_foreign_key_list(t.name) f"
    " WHERE t.type = 'table' ORDER BY 1, 2, 3"};
constexpr Sql postgres_references{
    "catalog.postgres_references",
    "SELECT CAST(t.relname AS TEXT), CAST(a.attname AS TEXT), CAST(o.relname AS TEXT)"
    " FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid"
    " JOIN pg_class o ON o.oid = f.confrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
    " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (f.conkey)"
    " WHERE f.contype = 'f' AND n.nspname = current_schema() ORDER BY 1, 2, 3"};

std::optional<CatalogColumn::Type> type_of(std::string_view declared) {
  using enum CatalogColumn::Type;
  for (const std::string_view name :
       {"INTEGER", "BIGINT", "bigint", "integer", "smallint", "boolean"}) {
    if (declared == name) return integer;
  }
  if (declared == "TEXT" || declared == "text") return text;
  if (declared == "BLOB" || declared == "bytea") return blob;
  return std::nullopt;
}

using Tables = std::map<std::string, CatalogTable>;

Result<Tables, Error> load_tables(Transaction& transaction, Engine engine) {
  Tables tables;
  std::optional<Error> problem;
  TRY(transaction.query(
      engine == Engine::sqlite ? sqlite_columns : postgres_columns, {}, [&](const Row& row) {
        if (!is_plain_name(row.text(0))) return;
        const auto type = type_of(row.text(2));
        if (!type.has_value()) {
          problem = Error(ErrorCode::internal,
                          row.string(0) + "." + row.string(1) +
                              " is of a type that is not used here: " + row.string(2));
          return;
        }
        CatalogTable& table = tables[row.string(0)];
        table.name = row.string(0);
        table.columns.push_back({row.string(1), *type, static_cast<int>(row.integer(3))});
      }));
  if (problem.has_value()) return *problem;
  TRY(transaction.query(
      engine == Engine::sqlite ? sqlite_references : postgres_references, {}, [&](const Row& row) {
        if (!tables.contains(row.string(0))) return;
        CatalogTable& table = tables[row.string(0)];
        const std::string target = row.string(2);
        if (target == table.name) {
          table.own_pointers.push_back(row.string(1));
        } else if (std::ranges::find(table.references, target) == table.references.end()) {
          table.references.push_back(target);
        }
      }));
  return tables;
}

const Context& no_request() {
  static const Context context{.request = RequestId(1),
                               .now = {},
                               .deadline = Deadline::max(),
                               .environment = EnvironmentId(1),
                               .actor = {.type = ActorType::system, .id = {}},
                               .client_address = {},
                               .user_agent = {}};
  return context;
}

}  // namespace

std::vector<CatalogColumn> CatalogTable::key() const {
  std::vector<CatalogColumn> key;
  for (const CatalogColumn& column : columns) {
    if (column.key_position > 0) key.push_back(column);
  }
  std::ranges::sort(key, {}, &CatalogColumn::key_position);
  return key;
}

bool is_plain_name(std::string_view name) {
  constexpr std::size_t name_bytes_max = 63;
  return !name.empty() && name.size() <= name_bytes_max &&
         !(name.front() >= '0' && name.front() <= '9') && std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

std::string_view engine_name(Engine engine) {
  return engine == Engine::sqlite ? "sqlite" : "postgres";
}

Result<std::vector<CatalogTable>, Error> read_catalog(Transaction& transaction, Engine engine) {
  Tables left = TRY(load_tables(transaction, engine));
  std::vector<CatalogTable> ordered;
  while (!left.empty()) {
    const auto ready = std::ranges::find_if(left, [&left](const auto& entry) {
      return std::ranges::none_of(entry.second.references, [&left](const std::string& target) {
        return left.contains(target);
      });
    });
    if (ready == left.end()) {
      return Error(ErrorCode::internal, "tables point to each other in a circle, " +
                                            left.begin()->first + " among them");
    }
    ordered.push_back(std::move(ready->second));
    left.erase(ready);
  }
  return ordered;
}

Result<Unit, Error> require_schema(Database& database, Engine engine) {
  return read(database, no_request(), [engine](Transaction& transaction) -> Result<Unit, Error> {
    const auto tables = TRY(read_catalog(transaction, engine));
    const bool has_history = std::ranges::any_of(
        tables, [](const CatalogTable& table) { return table.name == "compatible_migrations"; });
    if (!has_history) {
      return Error(ErrorCode::failed_precondition,
                   "the database has no schema of this release yet: run `gatehouse migrate`");
    }
    return check_schema(transaction, engine_name(engine), embedded_files());
  });
}

}  // namespace gatehouse::storage
