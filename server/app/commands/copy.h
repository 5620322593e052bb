// gatehouse copy: an installation moved from one database to another, while no server runs on
// either.

#pragma once

#include "server/app/commands/answer.h"
#include "server/app/commands/console.h"
#include "server/app/commands/place.h"

namespace gatehouse::app::commands {

// What becomes of data that is in the way.
enum class Existing { kept, replaced };

struct CopyOptions {
  std::string from;  // "sqlite:/path/gatehouse.db", or a URL of PostgreSQL
  std::string to;
  Existing existing = Existing::kept;
};
// Copies every table and compares the digests of both. Exit status 1 if they differ, and then the
// target cannot be used. Errors: failed_precondition if a server runs on either, if the target
// holds data that is not of an earlier, interrupted copy, or if the schemas differ.
Result<Answer, Error> run_copy(const CopyOptions& options, Console& console);

}  // namespace gatehouse::app::commands
