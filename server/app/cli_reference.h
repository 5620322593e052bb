// What the reference page says of every command, made from the command line itself.

#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace gatehouse::app {

// As Markdown: each command with its options, in the order of the command line.
[[nodiscard]] std::string describe_commands(const CLI::App& root);

}  // namespace gatehouse::app
