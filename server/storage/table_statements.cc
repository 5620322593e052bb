#include "server/storage/table_statements.h"

#include "server/core/ensure.h"

namespace gatehouse::storage {
namespace {

std::string quoted(std::string_view name) {
  ENSURE(is_plain_name(name));
  return "\"" + std::string(name) + "\"";
}

std::string list_of(const std::vector<CatalogColumn>& columns) {
  std::string list;
  for (const CatalogColumn& column : columns) {
    list += (list.empty() ? "" : ", ") + quoted(column.name);
  }
  return list;
}

std::string parameters(std::size_t first, std::size_t count) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    list += (i == 0 ? "$" : ", $") + std::to_string(first + i);
  }
  return list;
}

std::string key_of(const CatalogTable& table) {
  std::string key = list_of(table.key());
  ENSURE(!key.empty());
  return key;
}

std::string page(const CatalogTable& table, const std::string& condition, int rows) {
  return "SELECT " + list_of(table.columns) + " FROM " + quoted(table.name) + condition +
         " ORDER BY " + key_of(table) + " LIMIT " + std::to_string(rows);
}

}  // namespace

Sql TableStatements::keep(std::string text) {
  texts_.push_back(std::move(text));
  return {Sql::FromCatalog{}, "table.any", texts_.back().c_str()};
}

Sql TableStatements::count(const CatalogTable& table) {
  return keep("SELECT COUNT(*) FROM " + quoted(table.name));
}

Sql TableStatements::first_page(const CatalogTable& table, int rows) {
  return keep(page(table, "", rows));
}

Sql TableStatements::next_page(const CatalogTable& table, int rows) {
  return keep(page(
      table, " WHERE (" + key_of(table) + ") > (" + parameters(1, table.key().size()) + ")", rows));
}

Sql TableStatements::insert(const CatalogTable& table, std::size_t rows) {
  const std::size_t columns = table.columns.size();
  ENSURE((rows == 1 || rows == rows_at_once) && columns <= columns_max);
  std::string text =
      "INSERT INTO " + quoted(table.name) + " (" + list_of(table.columns) + ") VALUES ";
  for (std::size_t row = 0; row < rows; ++row) {
    text += (row == 0 ? "(" : ", (") + parameters(row * columns + 1, columns) + ")";
  }
  return keep(std::move(text));
}

Sql TableStatements::point(const CatalogTable& table) {
  const auto key = table.key();
  ENSURE(!key.empty() && key.size() + table.own_pointers.size() <= columns_max);
  std::string sets;
  std::string condition;
  std::size_t parameter = 1;
  for (const CatalogColumn& column : key) {
    condition += (condition.empty() ? "" : " AND ") + quoted(column.name) + " = $" +
                 std::to_string(parameter++);
  }
  for (const std::string& column : table.own_pointers) {
    sets += (sets.empty() ? "" : ", ") + quoted(column) + " = $" + std::to_string(parameter++);
  }
  return keep("UPDATE " + quoted(table.name) + " SET " + sets + " WHERE " + condition);
}

Sql TableStatements::remove(const CatalogTable& table, int rows) {
  const std::string key = key_of(table);
  return keep("DELETE FROM " + quoted(table.name) + " WHERE (" + key + ") IN (SELECT " + key +
              " FROM " + quoted(table.name) + " LIMIT " + std::to_string(rows) + ")");
}

Sql TableStatements::unpoint(const CatalogTable& table) {
  std::string sets;
  for (const std::string& column : table.own_pointers) {
    sets += (sets.empty() ? "" : ", ") + quoted(column) + " = NULL";
  }
  return keep("UPDATE " + quoted(table.name) + " SET " + sets);
}

}  // namespace gatehouse::storage
