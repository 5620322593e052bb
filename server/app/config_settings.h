// The table of settings, for the config_*.cc files alone: how each is called, what it takes, where
// it goes, what is said about it.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/app/config.h"

namespace gatehouse::app {

using ConfigText = std::string* (*)(Config&);
using ConfigNumber = int* (*)(Config&);
using ConfigList = std::vector<std::string>* (*)(Config&);

struct Setting {
  enum class Need { required, optional };

  std::string_view section;
  std::string_view key;
  std::variant<ConfigText, ConfigNumber, ConfigList> place;
  std::string_view help;     // sentences, for the reference
  std::string_view example;  // as TOML, where the default does not serve as one
  Need need = Need::optional;
  int min = 0;  // of numbers
  int max = 0;
  // Puts a text (or each item of a list) into its one form. Errors: what is wrong with it.
  Result<std::string, Error> (*accept)(std::string_view text) = nullptr;

  [[nodiscard]] std::string name() const;  // "server.port"
};
[[nodiscard]] std::span<const Setting> all_settings();

struct Section {
  std::string_view name;
  std::string_view help;
};
[[nodiscard]] std::span<const Section> all_sections();

// One setting as it stands in a file.
struct GivenSetting {
  std::string section;
  std::string key;
  // Nothing: a value of another type than any setting has.
  std::variant<std::monostate, std::string, std::int64_t, std::vector<std::string>> value;
  std::int64_t line;
};
// Errors: invalid_argument with line and reason; it is not TOML, or not made of sections.
Result<std::vector<GivenSetting>, Error> read_toml(std::string_view text);

}  // namespace gatehouse::app
