// gatehouse: one binary, many commands. See cli.h.

#include "server/app/cli.h"
#include "server/app/runtime.h"
#include "server/core/ensure.h"

int main(int argc, char** argv) {
  gatehouse::app::hold_stop_signals();
  gatehouse::let_failures_unwind();
  return gatehouse::app::run_command_line(argc, argv);
}
