// The documentation of the settings, made from their table.

#include "server/app/config_settings.h"

namespace gatehouse::app {
namespace {

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

// The default as TOML; empty if there is none.
std::string default_of(const Setting& setting) {
  Config config;
  if (const auto* text = std::get_if<ConfigText>(&setting.place)) {
    const std::string& value = *(*text)(config);
    return value.empty() ? "" : quoted(value);
  }
  if (const auto* number = std::get_if<ConfigNumber>(&setting.place)) {
    const int value = *(*number)(config);
    return value == 0 ? "" : std::to_string(value);
  }
  return {};
}

std::string type_of(const Setting& setting) {
  if (std::holds_alternative<ConfigText>(setting.place)) return "text";
  if (std::holds_alternative<ConfigList>(setting.place)) return "list of texts";
  return std::to_string(setting.min) + " to " + std::to_string(setting.max);
}

// "# " and at most 98 columns a line.
std::string comment(std::string_view text) {
  constexpr std::size_t columns_max = 98;
  std::string out;
  std::string line = "#";
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (line.size() + 1 + word.size() > columns_max) {
      out += line + "\n";
      line = "#";
    }
    line.append(" ").append(word);
  }
  return out + line + "\n";
}

template <class Each>
void each_setting(const Section& section, Each each) {
  for (const Setting& setting : all_settings()) {
    if (setting.section == section.name) each(setting);
  }
}

}  // namespace

std::string config_reference() {
  std::string out =
      "# Configuration\n\n"
      "`gatehouse serve --config gatehouse.toml` reads one TOML file. Unknown settings are "
      "refused\n"
      "with their line, and so is whatever is missing, contradictory or weak. No secret stands in\n"
      "the file: the settings that end in `file` name where one lies.\n\n"
      "`gatehouse serve --print-config-example` writes a complete example, and\n"
      "`gatehouse doctor --config gatehouse.toml` checks a configuration on its machine.\n\n"
      "This page is what `gatehouse serve --print-config-reference` prints.\n";
  for (const Section& section : all_sections()) {
    out += "\n## [" + std::string(section.name) + "]\n\n" + std::string(section.help) + "\n\n";
    out += "| Setting | Takes | Default | |\n|---|---|---|---|\n";
    each_setting(section, [&out](const Setting& setting) {
      const std::string fallback = default_of(setting);
      const bool is_required = setting.need == Setting::Need::required;
      out += "| `" + std::string(setting.key) + "` | " + type_of(setting) + " | ";
      out += is_required ? "required" : fallback.empty() ? "none" : "`" + fallback + "`";
      out += " | " + std::string(setting.help) + " |\n";
    });
  }
  return out;
}

std::string config_example() {
  std::string out =
      "# A configuration of `gatehouse serve`. What is commented out shows the default, or an\n"
      "# example where there is none. Check yours with: gatehouse doctor --config FILE\n";
  for (const Section& section : all_sections()) {
    out += "\n" + comment(section.help) + "[" + std::string(section.name) + "]\n";
    each_setting(section, [&out](const Setting& setting) {
      const std::string fallback = default_of(setting);
      const bool is_shown =
          setting.need == Setting::Need::required || setting.key.starts_with("tls_");
      out += "\n" + comment(setting.help) + (is_shown ? "" : "# ") + std::string(setting.key) +
             " = " + (setting.example.empty() ? fallback : std::string(setting.example)) + "\n";
    });
  }
  return out;
}

}  // namespace gatehouse::app
