// gatehouse backup and restore: the embedded database as one file, and back. PostgreSQL has tools
// of its own for that, which the commands name.

#pragma once

#include "server/app/commands/copy.h"

namespace gatehouse::app::commands {

struct BackupOptions {
  PlaceOptions place;
  std::string to;  // a file that is not there yet
};
// While servers and commands go on working. Exit status 2 where the database is PostgreSQL.
Result<Answer, Error> run_backup(const BackupOptions& options, Console& console);

struct RestoreOptions {
  PlaceOptions place;
  std::string from;
  Existing existing = Existing::kept;  // replaced: the database that is there is kept aside
  // Whatever was revoked since the backup must not come back with it: what could have been is
  // ended, unless nothing was.
  enum class Sessions { ended, kept } sessions = Sessions::ended;
};
// While no server runs there. Nothing is changed before the backup has been found whole and fit for
// this program and master key. Exit status 2 where the database is PostgreSQL.
Result<Answer, Error> run_restore(const RestoreOptions& options, Console& console);

// What both say there, for both.
[[nodiscard]] Answer postgres_answer();

}  // namespace gatehouse::app::commands
