// gatehouse migrate, fsck and doctor: the data brought up to date, looked through, and the
// circumstances of a server.

#pragma once

#include "server/app/commands/answer.h"
#include "server/app/commands/place.h"

namespace gatehouse::app::commands {

// Applies what is missing of the schema, and says what that was. With a configuration it makes the
// database if there is none yet.
Result<Answer, Error> run_migrate(const PlaceOptions& options);

// The database's pages, indices and foreign keys, and what every module says must hold of its rows.
// The server may be running. Exit status 1 if anything does not hold.
Result<Answer, Error> run_fsck(const PlaceOptions& options);

struct DoctorOptions {
  PlaceOptions place;
  std::string url = {};  // only the server that answers there; empty: the place and its server
};
// Exit status 1 if any check fails.
Result<Answer, Error> run_doctor(const DoctorOptions& options);

}  // namespace gatehouse::app::commands
