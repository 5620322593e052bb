// Invariant: something that holds of stored data at all times, as a statement that finds what
// breaks it. `gatehouse fsck` runs those of every module.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::storage {

struct Invariant {
  Sql violations;           // one text column: what is wrong, by id; carries its own LIMIT
  std::string_view broken;  // "a live refresh family hangs on an ended session"; a literal
};

// What does not hold, a line each: "<broken>: <id>". Empty if all is well.
inline Result<std::vector<std::string>, Error> find_violations(
    Transaction& transaction, std::span<const Invariant> invariants) {
  std::vector<std::string> found;
  for (const Invariant& invariant : invariants) {
    TRY(transaction.query(invariant.violations, {}, [&](const Row& row) {
      found.push_back(std::string(invariant.broken) + ": " + row.string(0));
    }));
  }
  return found;
}

}  // namespace gatehouse::storage
