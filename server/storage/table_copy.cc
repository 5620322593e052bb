#include "server/storage/table_copy.h"

#include <algorithm>
#include <variant>

#include "server/crypto/hash.h"
#include "server/encoding/hex.h"
#include "server/storage/param_list.h"

namespace gatehouse::storage {
namespace {

constexpr int page_rows = 512;
constexpr int remove_rows = 5'000;
// Of one page, not of the whole: a copy takes as long as it takes.
constexpr auto page_patience = std::chrono::minutes(10);

constexpr Sql find_environment{"copy.find_environment", "SELECT id FROM environments LIMIT 1"};
constexpr Sql find_mark{"copy.find_mark", "SELECT name FROM schema_migrations WHERE number = $1"};
constexpr Sql set_mark{"copy.set_mark",
                       "INSERT INTO schema_migrations (number, name, checksum, applied_at_ms)"
                       " VALUES ($1, $2, '', $3)"
                       " ON CONFLICT (number) DO UPDATE SET name = $2, applied_at_ms = $3"};
constexpr Sql clear_mark{"copy.clear_mark", "DELETE FROM schema_migrations WHERE number = $1"};
constexpr Sql list_history{"copy.history",
                           "SELECT number, name FROM schema_migrations WHERE number < $1"
                           " ORDER BY number"};

// Not what tells of the schema, which each side has made for itself, of the file, or of servers
// that run now.
bool holds_data(const CatalogTable& table) {
  return table.name != "schema_migrations" && table.name != "compatible_migrations" &&
         table.name != "migration_lock" && table.name != "backup_manifest" &&
         table.name != "nodes" && table.name != "job_leases";
}

Context step_of(const Context& context) {
  Context step = context;
  step.deadline = std::chrono::steady_clock::now() + page_patience;
  return step;
}

Result<std::vector<CatalogTable>, Error> load_tables(const CopySide& side, const Context& context) {
  auto tables = TRY(read(side.database, step_of(context), [&side](Transaction& transaction) {
    return read_catalog(transaction, side.engine);
  }));
  std::erase_if(tables, [](const CatalogTable& table) { return !holds_data(table); });
  return tables;
}

using Cell = std::variant<std::monostate, std::int64_t, std::string>;
using Cells = std::vector<Cell>;

Cell cell_of(const Row& row, int column, CatalogColumn::Type type) {
  if (row.is_null(column)) return {};
  switch (type) {
    case CatalogColumn::Type::integer: return row.integer(column);
    case CatalogColumn::Type::text: return std::string(row.text(column));
    case CatalogColumn::Type::blob: return std::string(row.blob(column));
  }
  ensure_failed("cell_of: not a Type");
}

Param param_of(const Cell& cell, CatalogColumn::Type type) {
  const bool is_null = std::holds_alternative<std::monostate>(cell);
  if (type == CatalogColumn::Type::integer) {
    return is_null ? Param(std::optional<std::int64_t>()) : Param(std::get<std::int64_t>(cell));
  }
  if (type == CatalogColumn::Type::text) {
    return is_null ? Param(std::optional<std::string_view>())
                   : Param(std::string_view(std::get<std::string>(cell)));
  }
  return is_null ? Param(std::optional<Blob>()) : Param(Blob{std::get<std::string>(cell)});
}

Result<std::int64_t, Error> execute(Transaction& transaction, const Sql& sql,
                                    const std::vector<Param>& params) {
  return with_params(params, [&](Params list) { return transaction.execute(sql, list); });
}

// Goes through a table in pages, in the order of its key.
class TableReader {
 public:
  TableReader(const CopySide& side, const CatalogTable& table, TableStatements& statements)
      : side_(side),
        table_(table),
        first_(statements.first_page(table, page_rows)),
        next_(statements.next_page(table, page_rows)) {}

  // The next rows; none at the end.
  Result<std::vector<Cells>, Error> next(const Context& context) {
    if (state_ == State::ended) return std::vector<Cells>();
    std::vector<Param> after;
    for (const CatalogColumn& column : table_.key()) {
      if (state_ == State::under_way) {
        after.push_back(param_of(last_[index_of(column.name)], column.type));
      }
    }
    auto rows = TRY(read(side_.database, step_of(context),
                         [&](Transaction& transaction) { return load(transaction, after); }));
    state_ = rows.size() < page_rows ? State::ended : State::under_way;
    if (!rows.empty()) last_ = rows.back();
    return rows;
  }

 private:
  Result<std::vector<Cells>, Error> load(Transaction& transaction,
                                         const std::vector<Param>& after) const {
    std::vector<Cells> rows;
    const auto keep = [&](const Row& row) {
      Cells& cells = rows.emplace_back();
      for (std::size_t i = 0; i < table_.columns.size(); ++i) {
        cells.push_back(cell_of(row, static_cast<int>(i), table_.columns[i].type));
      }
    };
    TRY(with_params(after, [&](Params list) {
      return transaction.query(state_ == State::fresh ? first_ : next_, list, keep);
    }));
    return rows;
  }
  [[nodiscard]] std::size_t index_of(const std::string& name) const {
    const auto found = std::ranges::find(table_.columns, name, &CatalogColumn::name);
    return static_cast<std::size_t>(found - table_.columns.begin());
  }

  const CopySide& side_;
  const CatalogTable& table_;
  const Sql first_;
  const Sql next_;
  Cells last_;
  enum class State { fresh, under_way, ended } state_ = State::fresh;
};

void add_number(std::uint64_t number, std::string& to) {
  for (int shift = 56; shift >= 0; shift -= 8) to.push_back(static_cast<char>(number >> shift));
}

// Each row's digest takes in the one before it, each value its kind and its length.
std::string digest_row(const std::string& before, const Cells& cells) {
  std::string bytes = before;
  for (const Cell& cell : cells) {
    bytes.push_back(static_cast<char>(cell.index()));
    if (const auto* number = std::get_if<std::int64_t>(&cell)) {
      add_number(static_cast<std::uint64_t>(*number), bytes);
    } else if (const auto* text = std::get_if<std::string>(&cell)) {
      add_number(text->size(), bytes);
      bytes += *text;
    }
  }
  return crypto::sha256(bytes);
}

// Columns in the order of their names: an engine may have added them in another.
CatalogTable by_name(CatalogTable table) {
  std::ranges::sort(table.columns, {}, &CatalogColumn::name);
  return table;
}

Result<Unit, Error> empty_table(const CopySide& to, const CatalogTable& table,
                                TableStatements& statements, const Context& context) {
  if (!table.own_pointers.empty()) {
    const Sql unpoint = statements.unpoint(table);
    TRY(write(to.database, step_of(context),
              [&](Transaction& transaction) { return transaction.execute(unpoint, {}); }));
  }
  const Sql remove = statements.remove(table, remove_rows);
  std::int64_t removed = remove_rows;
  while (removed == remove_rows) {
    removed = TRY(write(to.database, step_of(context),
                        [&](Transaction& transaction) { return transaction.execute(remove, {}); }));
  }
  return Unit{};
}

// Puts rows into the target, without what they say of other rows of their own table: that one may
// come later.
class TableWriter {
 public:
  TableWriter(const CopySide& to, const CatalogTable& table, TableStatements& statements)
      : to_(to),
        table_(table),
        insert_one_(statements.insert(table, 1)),
        insert_many_(statements.insert(table, TableStatements::rows_at_once)) {}

  Result<Unit, Error> put(const std::vector<Cells>& rows, const Context& context) const {
    return write(to_.database, step_of(context),
                 [&](Transaction& transaction) -> Result<Unit, Error> {
                   auto left = std::span(rows);
                   while (!left.empty()) {
                     const bool is_many = left.size() >= TableStatements::rows_at_once;
                     const std::size_t count = is_many ? TableStatements::rows_at_once : 1;
                     TRY(put_some(transaction, left.first(count)));
                     left = left.subspan(count);
                   }
                   return Unit{};
                 });
  }

 private:
  Result<Unit, Error> put_some(Transaction& transaction, std::span<const Cells> rows) const {
    const Cell null;
    std::vector<Param> params;  // which view what is in the cells
    for (const Cells& cells : rows) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        const CatalogColumn& column = table_.columns[i];
        const Cell* cell = &cells[i];
        if (std::ranges::count(table_.own_pointers, column.name) > 0) cell = &null;
        params.push_back(param_of(*cell, column.type));
      }
    }
    TRY(execute(transaction, rows.size() == 1 ? insert_one_ : insert_many_, params));
    return Unit{};
  }

  const CopySide& to_;
  const CatalogTable& table_;
  const Sql insert_one_;
  const Sql insert_many_;
};

// When every row is there, what they say of each other.
Result<Unit, Error> copy_pointers(const CopyOrder& order, const CatalogTable& table,
                                  TableStatements& statements, const Context& context) {
  if (table.own_pointers.empty()) return Unit{};
  const Sql point = statements.point(table);
  TableReader reader(order.from, table, statements);
  for (auto rows = TRY(reader.next(context)); !rows.empty(); rows = TRY(reader.next(context))) {
    TRY(write(order.to.database, step_of(context),
              [&](Transaction& transaction) -> Result<Unit, Error> {
                for (const Cells& cells : rows) {
                  std::vector<Param> params;
                  const auto add = [&](const std::string& name) {
                    const auto at = std::ranges::find(table.columns, name, &CatalogColumn::name);
                    const auto index = static_cast<std::size_t>(at - table.columns.begin());
                    params.push_back(param_of(cells[index], at->type));
                  };
                  for (const CatalogColumn& column : table.key()) add(column.name);
                  for (const std::string& name : table.own_pointers) add(name);
                  TRY(execute(transaction, point, params));
                }
                return Unit{};
              }));
  }
  return Unit{};
}

Result<Unit, Error> copy_table(const CopyOrder& order, const CatalogTable& table,
                               TableStatements& statements, const Context& context,
                               Advance advance) {
  TableReader reader(order.from, table, statements);
  const TableWriter writer(order.to, table, statements);
  for (auto rows = TRY(reader.next(context)); !rows.empty(); rows = TRY(reader.next(context))) {
    TRY(writer.put(rows, context));
    advance(static_cast<std::int64_t>(rows.size()));
  }
  return copy_pointers(order, table, statements, context);
}

using History = std::vector<std::pair<std::int64_t, std::string>>;

Result<History, Error> load_history(const CopySide& side, const Context& context) {
  return read(side.database, step_of(context), [](Transaction& transaction) {
    return transaction.list(list_history, {unfinished_copy_number}, [](const Row& row) {
      return std::pair(row.integer(0), row.string(1));
    });
  });
}

// Whether every column of the one is one of the other, of the same type.
Result<Unit, Error> compare_tables(const std::vector<CatalogTable>& all,
                                   const std::vector<CatalogTable>& others) {
  for (const CatalogTable& table : all) {
    const auto other = std::ranges::find(others, table.name, &CatalogTable::name);
    const bool is_same =
        other != others.end() && std::ranges::all_of(table.columns, [&](const CatalogColumn& one) {
          return std::ranges::any_of(other->columns, [&one](const CatalogColumn& column) {
            return column.name == one.name && column.type == one.type &&
                   column.key_position == one.key_position;
          });
        });
    if (!is_same) {
      return Error(ErrorCode::failed_precondition,
                   "the table " + table.name + " is not the same in both databases");
    }
  }
  return Unit{};
}

}  // namespace

Result<CopyTarget, Error> look_at_target(const CopySide& target, const Context& context) {
  return read(target.database, step_of(context),
              [&target](Transaction& transaction) -> Result<CopyTarget, Error> {
                const auto tables = TRY(read_catalog(transaction, target.engine));
                const auto has = [&tables](std::string_view name) {
                  return std::ranges::find(tables, name, &CatalogTable::name) != tables.end();
                };
                if (!has("schema_migrations")) return CopyTarget::empty;
                const auto mark =
                    TRY(transaction.find(find_mark, {unfinished_copy_number},
                                         [](const Row& row) { return row.string(0); }));
                if (mark.has_value()) return CopyTarget::unfinished_copy;
                if (!has("environments")) return CopyTarget::empty;
                const auto any = TRY(transaction.find(
                    find_environment, {}, [](const Row& row) { return row.integer(0); }));
                return any.has_value() ? CopyTarget::filled : CopyTarget::empty;
              });
}

Result<std::vector<TableDigest>, Error> digest_tables(const CopySide& side,
                                                      TableStatements& statements,
                                                      const Context& context, Advance advance) {
  std::vector<TableDigest> all;
  for (CatalogTable& loaded : TRY(load_tables(side, context))) {
    const CatalogTable table = by_name(std::move(loaded));
    TableDigest digest{.table = table.name};
    std::string so_far;
    TableReader reader(side, table, statements);
    for (auto rows = TRY(reader.next(context)); !rows.empty(); rows = TRY(reader.next(context))) {
      for (const Cells& cells : rows) so_far = digest_row(so_far, cells);
      digest.rows += static_cast<std::int64_t>(rows.size());
      advance(static_cast<std::int64_t>(rows.size()));
    }
    digest.digest = hex_encode(so_far);
    all.push_back(std::move(digest));
  }
  std::ranges::sort(all, {}, &TableDigest::table);
  return all;
}

Result<std::int64_t, Error> prepare_copy(const CopyOrder& order, TableStatements& statements,
                                         const Context& context) {
  if (TRY(load_history(order.from, context)) != TRY(load_history(order.to, context))) {
    return Error(
        ErrorCode::failed_precondition,
        "the two databases are not at the same migration: run `gatehouse migrate` on both");
  }
  const auto tables = TRY(load_tables(order.from, context));
  const auto others = TRY(load_tables(order.to, context));
  TRY(compare_tables(tables, others));
  TRY(compare_tables(others, tables));
  std::int64_t rows = 0;
  for (const CatalogTable& table : tables) {
    const Sql count = statements.count(table);
    const auto counted =
        TRY(read(order.from.database, step_of(context), [&](Transaction& transaction) {
          return transaction.find(count, {}, [](const Row& row) { return row.integer(0); });
        }));
    rows += counted.value_or(0);
  }
  return rows;
}

Result<Unit, Error> copy_tables(const CopyOrder& order, TableStatements& statements,
                                const Context& context, Advance advance) {
  TRY(write(order.to.database, step_of(context), [&](Transaction& transaction) {
    return transaction.execute(
        set_mark, {unfinished_copy_number, "from " + std::string(order.source_name), context.now});
  }));
  auto tables = TRY(load_tables(order.from, context));
  std::ranges::reverse(tables);
  for (const CatalogTable& table : tables) {
    TRY(empty_table(order.to, table, statements, context));
  }
  std::ranges::reverse(tables);
  for (const CatalogTable& table : tables) {
    TRY(copy_table(order, table, statements, context, advance));
  }
  return Unit{};
}

Result<Unit, Error> finish_copy(const CopySide& target, const Context& context) {
  TRY(write(target.database, step_of(context), [](Transaction& transaction) {
    return transaction.execute(clear_mark, {unfinished_copy_number});
  }));
  return Unit{};
}

}  // namespace gatehouse::storage
