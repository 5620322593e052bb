// The one file that knows how the configuration is written: as TOML, in sections.

#include "server/app/config_settings.h"
#include "server/app/toml.h"
#include "server/encoding/utf8.h"

namespace gatehouse::app {
namespace {

Error wrong(std::int64_t line, const std::string& what) {
  return Error(ErrorCode::invalid_argument, "line " + std::to_string(line) + ": " + what);
}

// Words that quote the file, kept to one line.
std::string plain(std::string_view words) {
  constexpr std::size_t words_bytes_max = 1000;
  return clean_display_name(words, words_bytes_max).value_or("this is not TOML");
}

std::int64_t line_of(const toml::node& node) {
  return static_cast<std::int64_t>(node.source().begin.line);
}

GivenSetting given(std::string_view section, std::string_view key, const toml::node& node) {
  GivenSetting setting{std::string(section), std::string(key), {}, line_of(node)};
  if (const auto* text = node.as_string()) {
    setting.value = text->get();
  } else if (const auto* number = node.as_integer()) {
    setting.value = number->get();
  } else if (const auto* array = node.as_array()) {
    std::vector<std::string> items;
    for (const auto& item : *array) {
      const auto* item_text = item.as_string();
      if (item_text == nullptr) return setting;
      items.push_back(item_text->get());
    }
    setting.value = std::move(items);
  }
  return setting;
}

Result<std::vector<GivenSetting>, Error> read_root(const toml::table& root) {
  std::vector<GivenSetting> settings;
  for (const auto& [section, node] : root) {
    const auto* table = node.as_table();
    if (table == nullptr) {
      return wrong(line_of(node),
                   "'" + plain(section.str()) + "' stands outside of a section, as in [server]");
    }
    for (const auto& [key, value] : *table) {
      settings.push_back(given(section.str(), key.str(), value));
    }
  }
  return settings;
}

}  // namespace

Result<std::vector<GivenSetting>, Error> read_toml(std::string_view text) {
  try {
    return read_root(toml::parse(text));
  } catch (const toml::parse_error& error) {
    return wrong(static_cast<std::int64_t>(error.source().begin.line), plain(error.description()));
  } catch (const std::exception& error) {
    return Error(ErrorCode::invalid_argument, std::string("not TOML: ") + error.what());
  }
}

}  // namespace gatehouse::app
