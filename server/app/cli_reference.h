// What `gatehouse reference` prints: of every command, made from the command line itself; of the
// management API and of single sign-on, made from their tables.

#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace gatehouse::app {

// docs/reference/cli.md: each command with its options, in the order of the command line.
[[nodiscard]] std::string describe_commands(const CLI::App& root);

// The other documents that `gatehouse reference` prints.
[[nodiscard]] std::string reference_document(std::string_view page);

}  // namespace gatehouse::app
