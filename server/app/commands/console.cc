#include "server/app/commands/console.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>

namespace gatehouse::app::commands {

Console process_console() {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool is_plain =
      ::isatty(STDOUT_FILENO) == 0 || (no_colour != nullptr && *no_colour != '\0');
  const bool is_alone = ::isatty(STDIN_FILENO) == 0 || ::isatty(STDERR_FILENO) == 0;
  return {.out = std::cout,
          .err = std::cerr,
          .in = std::cin,
          .person = is_alone ? Console::Person::absent : Console::Person::present,
          .colour = is_plain ? Console::Colour::plain : Console::Colour::shown};
}

bool confirm(Console& console, std::string_view question) {
  if (console.person == Console::Person::absent) return false;
  console.err << question << " Go on? [y/N] " << std::flush;
  std::string reply;
  std::getline(console.in, reply);
  return reply == "y" || reply == "Y" || reply == "yes";
}

}  // namespace gatehouse::app::commands
