// Whether the database can be read, and whether this program understands it: one small question.

#pragma once

#include "server/storage/database.h"

namespace gatehouse::cluster {

// Whether there is a migration beyond `newest_known` that programs which do not know it cannot work
// with (storage/migrate.h).
// tidy: allow store-parameters: the question is about the whole database
Result<bool, Error> is_schema_beyond(storage::Transaction& transaction, std::int64_t newest_known);

}  // namespace gatehouse::cluster
