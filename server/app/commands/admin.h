// gatehouse admin: carries out one verb on the database of a server, which may be running.

#pragma once

#include "server/app/commands/place.h"
#include "server/app/commands/verb.h"

namespace gatehouse::app::commands {

struct AdminOptions {
  PlaceOptions place;
  std::string environment = {};  // name or id; may be empty where there is one environment only
  enum class Consent { asked, given } consent = Consent::asked;
};

// Errors: those of the verb; failed_precondition if nobody agreed to what it warns of.
Result<Answer, Error> run_admin(const Verb& verb, const Values& values, const AdminOptions& options,
                                Console& console);

}  // namespace gatehouse::app::commands
