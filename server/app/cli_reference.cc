#include "server/app/cli_reference.h"

#include "server/api/openapi.h"
#include "server/api/reference_pages.h"
#include "server/api/services/all.h"
#include "server/sso/diagnosis_document.h"

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
  std::string out =
      "# Commands\n\n"
      "Every command ends with status 0 if it did what it was told, 1 if not, with the reason on\n"
      "standard error, and 2 if it was called wrongly. `--help` works after each.\n\n"
      "`admin` and the commands beside it work on the database itself, whether a server runs on "
      "it\n"
      "or not; a running server follows within a second. With `--json` the answer is one JSON\n"
      "document, and an error is `{\"error\", \"message\"}` on standard error. What cannot be "
      "undone\n"
      "is asked about on a terminal; elsewhere it needs `--yes`.\n\n"
      "This page is what `gatehouse reference` prints.\n";
  for (const CLI::App* command : root.get_subcommands([](const CLI::App*) { return true; })) {
    describe(*command, "gatehouse " + command->get_name(), out);
  }
  return out;
}

std::string reference_document(std::string_view page) {
  if (page == "sso") return sso::diagnoses_document();
  const api::Contract contract;
  const api::Methods methods = api::all_methods(contract);
  return page == "api" ? api::methods_document(contract, methods)
                       : api::openapi_document(contract, methods) + "\n";
}

}  // namespace gatehouse::app
