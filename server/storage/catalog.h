// What tables a database has, as it says itself. For what goes over all of them, whichever they
// are: copying, digests, checks.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"
#include "server/storage/open.h"

namespace gatehouse::storage {

struct CatalogColumn {
  enum class Type { integer, text, blob };

  std::string name;
  Type type;
  int key_position = 0;  // within the primary key, from 1; 0: no part of it
};

struct CatalogTable {
  std::string name;
  std::vector<CatalogColumn> columns;     // without those that the database computes
  std::vector<std::string> references;    // other tables whose rows must be there first
  std::vector<std::string> own_pointers;  // columns that name another row of the same table

  // In the order of the key.
  [[nodiscard]] std::vector<CatalogColumn> key() const;
};

// "sqlite", "postgres": what migrations call it.
[[nodiscard]] std::string_view engine_name(Engine engine);

// Lower-case letters, digits and underscores, no digit first, 63 bytes at most: it means the same
// to every engine, and is nothing but a name.
[[nodiscard]] bool is_plain_name(std::string_view name);

// Every table with a plain name, as all of ours are, those that others point to first, by name
// otherwise. Errors: internal if they point to each other in a circle, or have a column of a type
// that we do not use.
Result<std::vector<CatalogTable>, Error> read_catalog(Transaction& transaction, Engine engine);

// What has no row in any table has no schema_migrations either. Errors: the storage layer's;
// failed_precondition as check_schema, also for a database that holds nothing at all.
Result<Unit, Error> require_schema(Database& database, Engine engine);

}  // namespace gatehouse::storage
