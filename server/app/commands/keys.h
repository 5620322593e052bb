// Signing keys, for commands other than those of keys.cc.

#pragma once

#include "server/app/commands/verb.h"

namespace gatehouse::app::commands {

// Withdraws every signing key of the act's environment, of every algorithm, and makes fresh ones:
// no token from before is worth anything. Errors: those of the master key and of the database;
// failed_precondition if another master key has sealed the keys.
Result<Unit, Error> withdraw_every_key(Act& act);

}  // namespace gatehouse::app::commands
