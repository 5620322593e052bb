// Sql: one statement, fixed at compile time, with a name. There is no way to make one from a string
// built at run time, so no input can become SQL. The name appears in stories, faults and plans.
//
//   constexpr Sql find_user{"users.find", "SELECT … WHERE environment_id = $1 AND id = $2"};
//
// One text serves every database: parameters are $1, $2, …; no feature that only one engine has.
// Names are `<module>.<act>` and unique in the program.

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
  const char* name_;
  const char* text_;
};

}  // namespace gatehouse::storage
