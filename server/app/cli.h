// The command line: what `gatehouse` can be told to do.

#pragma once

namespace gatehouse::app {

// Returns the exit status: 0 done, 1 failed (the reason is on standard error), 2 wrong usage.
int run_command_line(int argc, char** argv);

}  // namespace gatehouse::app
