// The command line: what `gatehouse` can be told to do.

#pragma once

#include <string>
#include <vector>

#include "server/app/commands/console.h"

namespace gatehouse::app {

// Returns the exit status: 0 done, 1 failed (the reason is on standard error), 2 wrong usage.
int run_command_line(int argc, char** argv);
// The same with the arguments after the program's name, and another console than the process's.
int run_command_line(const std::vector<std::string>& arguments, commands::Console& console);

// docs/reference/cli.md: every command with its options, from what the command line itself knows.
[[nodiscard]] std::string command_reference();

}  // namespace gatehouse::app
