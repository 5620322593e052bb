// Statements over whichever tables a database has: the one place where SQL is made at run time. It
// puts together names that the database's own catalog has given, if they are plain ones, and fixed
// words; values are parameters.

#pragma once

#include <deque>
#include <string>

#include "server/storage/catalog.h"

namespace gatehouse::storage {

// Databases keep statements prepared by the address of their text: make this before they are
// opened, so that it goes after they are closed.
class TableStatements {
 public:
  // How many rows insert() takes at once, if not one.
  static constexpr std::size_t rows_at_once = 16;
  static constexpr std::size_t columns_max = 40;

  TableStatements() = default;
  TableStatements(const TableStatements&) = delete;
  TableStatements& operator=(const TableStatements&) = delete;

  // How many rows there are.
  Sql count(const CatalogTable& table);
  // The columns of `table` for its first `rows` rows in the order of its key, or for those after
  // the key that the parameters name.
  Sql first_page(const CatalogTable& table, int rows);
  Sql next_page(const CatalogTable& table, int rows);
  // `rows` is 1 or rows_at_once. Parameters: the columns of the first row, of the second, ….
  Sql insert(const CatalogTable& table, std::size_t rows);
  // Parameters: the key, then the columns of own_pointers.
  Sql point(const CatalogTable& table);
  // Removes about `rows` rows; how many is the statement's answer.
  Sql remove(const CatalogTable& table, int rows);
  // No row names another one of the same table any more.
  Sql unpoint(const CatalogTable& table);

 private:
  Sql keep(std::string text);

  std::deque<std::string> texts_;  // whose elements never move
};

}  // namespace gatehouse::storage
