#include "server/app/cli_reference.h"

namespace gatehouse::app {
namespace {

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
    text.insert(at, 1, '\\');
  }
  return text;
}

// The options of one command as rows of a table; nothing if it has none.
std::string option_rows(const CLI::App& command) {
  std::string rows;
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    if (name == "--help" || name == "--version") continue;
    std::string help = option->get_description();
    const std::string type = option->get_type_name();
    const std::size_t choices = type.find('{');
    if (choices != std::string::npos && type.ends_with("}")) {
      help += "; one of " + type.substr(choices + 1, type.size() - choices - 2);
    }
    const std::string fallback = option->get_default_str();
    if (!fallback.empty()) help += "; " + fallback + " unless said";
    if (option->get_required() && name.starts_with("-")) help += "; required";
    rows += "| `" + name + "` | " + cell(help) + " |\n";
  }
  return rows.empty() ? "" : "\n| | |\n|---|---|\n" + rows;
}

void describe(const CLI::App& command, const std::string& path, std::string& out) {
  const auto below = command.get_subcommands([](const CLI::App*) { return true; });
  const bool is_verb = below.empty() && path.find(' ', path.find(' ') + 1) != std::string::npos;
  out += std::string("\n") + (is_verb ? "### " : "## ") + "`" + path + "`\n\n" +
         command.get_description() + ".\n" + option_rows(command);
  for (const CLI::App* sub : below) describe(*sub, path + " " + sub->get_name(), out);
}

}  // namespace

std::string describe_commands(const CLI::App& root) {
  std::string out;
  for (const CLI::App* command : root.get_subcommands([](const CLI::App*) { return true; })) {
    describe(*command, "gatehouse " + command->get_name(), out);
  }
  return out;
}

}  // namespace gatehouse::app
