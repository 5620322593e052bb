// toml++ for the files that read TOML; all of them include it through here.
//
// It checks itself with assert(), which bytes from outside can reach and a release build leaves
// out, going on with what is not there. Here a check that fails is an exception like those that the
// parser reports wrong texts with, in every build.

#pragma once

#include <stdexcept>

namespace gatehouse::app {

[[noreturn]] inline void toml_check_failed() {
  throw std::runtime_error("malformed");  // tidy: allow throw: caught where the parser is called
}

}  // namespace gatehouse::app

#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(...)                                       \
  do {                                                         \
    if (!(__VA_ARGS__)) ::gatehouse::app::toml_check_failed(); \
  } while (false)
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")
