// The rows of `gatehouse admin connection` that stand in files of their own.

#pragma once

#include "server/app/commands/verb.h"

namespace gatehouse::app::commands {

[[nodiscard]] std::vector<Verb> connection_domain_verbs();
[[nodiscard]] std::vector<Verb> connection_test_verbs();

}  // namespace gatehouse::app::commands
