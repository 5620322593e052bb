#include "server/app/commands/answer.h"

#include <algorithm>

#include "server/encoding/utf8.h"

namespace gatehouse::app::commands {
namespace {

constexpr std::string_view accent = "\x1b[32m";
constexpr std::string_view plain = "\x1b[0m";
constexpr std::size_t gap = 2;

// Code points; near enough to columns for the scripts that names are written in.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
  }));
}

// "2026-11-21T20:15:00.123Z" without its milliseconds; other texts as they are.
std::string shown_text(std::string_view text) {
  const bool is_time = text.size() == 24 && text[10] == 'T' && text[19] == '.' && text[23] == 'Z';
  if (is_time) return std::string(text.substr(0, 10)) + " " + std::string(text.substr(11, 8)) + "Z";
  return printable(text);
}

std::string shown(const Json* value) {
  if (value == nullptr || value->is_null()) return "-";
  if (const auto text = value->string()) return text->empty() ? "-" : shown_text(*text);
  if (const auto truth = value->boolean()) return *truth ? "yes" : "no";
  if (const Json::Array* array = value->array()) {
    std::string joined;
    for (const Json& item : *array) joined += (joined.empty() ? "" : ", ") + shown(&item);
    return joined.empty() ? "-" : joined;
  }
  return printable(value->text());
}

std::string padded(std::string text, std::size_t width) {
  text.append(width - std::min(width, width_of(text)) + gap, ' ');
  return text;
}

std::string table(const Json::Array& items, const std::vector<Column>& columns,
                  Console::Colour colour) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> widths;
  for (const Column& column : columns) widths.push_back(width_of(column.heading));
  for (const Json& item : items) {
    auto& row = rows.emplace_back();
    for (std::size_t at = 0; at < columns.size(); ++at) {
      row.push_back(shown(item.find(columns[at].key)));
      widths[at] = std::max(widths[at], width_of(row.back()));
    }
  }
  const auto line = [&widths](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t at = 0; at < cells.size(); ++at) text += padded(cells[at], widths[at]);
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  };
  std::vector<std::string> headings;
  for (const Column& column : columns) headings.push_back(column.heading);
  std::string out = line(headings);
  if (colour == Console::Colour::shown) out = std::string(accent) + out + std::string(plain);
  out += "\n";
  for (const auto& row : rows) out += line(row) + "\n";
  return out;
}

// "client_id" to "Client ID".
std::string label_of(std::string_view key) {
  std::string label;
  while (!key.empty()) {
    std::string word(key.substr(0, key.find('_')));
    key.remove_prefix(std::min(key.size(), word.size() + 1));
    const bool is_short = word == "id" || word == "url" || word == "uri" || word == "uris" ||
                          word == "pkce" || word == "api" || word == "m2m";
    if (is_short || label.empty()) {
      const std::size_t capitals = word == "uris" ? 3 : is_short ? word.size() : 1;
      std::transform(
          word.begin(), word.begin() + static_cast<std::ptrdiff_t>(capitals), word.begin(),
          [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; });
    }
    label += (label.empty() ? "" : " ") + word;
  }
  return label;
}

struct DetailLine {
  std::string label;
  std::string value;
};

// An object within an object is shown as members of the outer one, an array one item a line.
void collect(const Json::Object& object, std::vector<DetailLine>& lines) {
  for (const Json::Member& member : object) {
    if (const Json::Object* inner = member.value.object()) {
      collect(*inner, lines);
      continue;
    }
    std::string label = label_of(member.key);
    const Json::Array* array = member.value.array();
    if (array == nullptr || array->empty()) {
      lines.push_back({std::move(label), shown(&member.value)});
      continue;
    }
    for (const Json& item : *array) {
      std::string value = shown(&item);
      if (const Json::Object* parts = item.object()) {
        value.clear();
        for (const auto& part : *parts) value += (value.empty() ? "" : "  ") + shown(&part.value);
      }
      lines.push_back({std::exchange(label, {}), std::move(value)});
    }
  }
}

std::string details(const Json::Object& object, Console::Colour colour) {
  std::vector<DetailLine> lines;
  collect(object, lines);
  std::size_t width = 0;
  for (const DetailLine& line : lines) width = std::max(width, width_of(line.label));
  std::string out;
  for (const DetailLine& line : lines) {
    const std::string label = padded(line.label, width);
    out +=
        colour == Console::Colour::shown ? std::string(accent) + label + std::string(plain) : label;
    out += line.value + "\n";
  }
  return out;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto point = first_code_point(text);
    const std::size_t bytes = point.has_value() ? point->bytes : 1;
    const bool is_control = !point.has_value() || point->value < 0x20 ||
                            (point->value >= 0x7f && point->value < 0xa0) ||
                            (point->value >= 0x202a && point->value <= 0x202e) ||
                            (point->value >= 0x2066 && point->value <= 0x2069);
    if (is_control) {
      out.push_back('?');
    } else {
      out.append(text.substr(0, bytes));
    }
    text.remove_prefix(bytes);
  }
  return out;
}

std::string render(const Answer& answer, Console::Colour colour) {
  std::string out;
  if (!answer.sentence.empty()) out += answer.sentence + "\n";
  if (const Json::Array* items = answer.document.array()) {
    if (!items->empty() && !answer.columns.empty()) out += table(*items, answer.columns, colour);
    if (items->empty() && !answer.nothing.empty()) out += answer.nothing + "\n";
  } else if (answer.details == Answer::Details::shown && answer.document.object() != nullptr) {
    if (!out.empty()) out += "\n";
    out += details(*answer.document.object(), colour);
  }
  return out;
}

Json text_json(std::string_view text) { return Json(std::string(text)); }
Json optional_json(const std::optional<std::string>& text) {
  return text.has_value() ? Json(*text) : Json();
}
Json texts_json(const std::vector<std::string>& texts) {
  Json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return Json(std::move(array));
}
Json time_json(Instant instant) { return Json(to_rfc3339(instant)); }
Json optional_time_json(const std::optional<Instant>& instant) {
  return instant.has_value() ? time_json(*instant) : Json();
}

}  // namespace gatehouse::app::commands
