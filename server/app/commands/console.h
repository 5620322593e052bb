// Console: where a command speaks, and whom it may ask. A command gets one handed in, so that tests
// read what it says.

#pragma once

#include <iosfwd>
#include <string_view>

namespace gatehouse::app::commands {

struct Console {
  enum class Person { present, absent };  // whether somebody is there to be asked
  enum class Colour { shown, plain };

  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  Person person = Person::absent;
  Colour colour = Colour::plain;
};

// The process's own: colour on a terminal unless NO_COLOR is set; a person where both input and
// errors are a terminal.
[[nodiscard]] Console process_console();

// Asks, and takes nothing but y or yes for one. False where nobody is there to be asked.
[[nodiscard]] bool confirm(Console& console, std::string_view question);

}  // namespace gatehouse::app::commands
