// Sql: one statement, fixed at compile time, with a name. There is no way to make one from a string
// built at run time, so no input can become SQL. The name appears in stories, faults and plans.
//
//   constexpr Sql find_user{"users.find", "SELECT … WHERE environment_id = $1 AND id = $2"};
//
// One text serves every database: parameters are $1, $2, …; no feature that only one engine has.
// Names are `<module>.<act>` and unique in the program.
//
// One class stands outside of this: TableStatements (table_statements.h) makes statements over
// whichever tables a database has, for copying and comparing them. Nothing enters those but names
// out of the database's own catalog, in lower-case letters, digits and underscores.

#pragma once

#include <string_view>

namespace gatehouse::storage {

class Sql {
 public:
  template <std::size_t N, std::size_t M>
  consteval Sql(const char (&name)[N], const char (&text)[M]) : name_(name), text_(text) {}

  [[nodiscard]] constexpr std::string_view name() const { return {name_}; }
  // A string literal: its address is stable and identifies the statement in caches.
  [[nodiscard]] constexpr const char* text() const { return text_; }

 private:
  friend class TableStatements;
  struct FromCatalog {};
  Sql(FromCatalog, const char* name, const char* text) : name_(name), text_(text) {}

  const char* name_;
  const char* text_;
};

}  // namespace gatehouse::storage
