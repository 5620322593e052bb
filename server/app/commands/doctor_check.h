// What `gatehouse doctor` finds: one line for each thing that it looked at, and below it what to
// do.

#pragma once

#include <string>
#include <vector>

#include "server/app/commands/answer.h"

namespace gatehouse::app::commands {

struct Check {
  enum class Status { ok, warn, fail } status;
  std::string name;
  std::string detail;
  std::string fix = {};
};
using Checks = std::vector<Check>;

// Exit status 1 if any check fails.
[[nodiscard]] Answer answer_of(const Checks& checks);

}  // namespace gatehouse::app::commands
