// Answer: what a command has to say. Everything it has found stands in one JSON document; --json
// prints that, and people get a table or a list of the same members.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/app/commands/console.h"
#include "server/core/time.h"
#include "server/encoding/json.h"

namespace gatehouse::app::commands {

struct Column {
  std::string key;      // the member of each item that it shows
  std::string heading;  // in capitals by itself
};

struct Answer {
  Json document;
  // For people. A sentence comes first; columns make a table of a document that is an array; where
  // that is empty, `nothing` says so and names the next command.
  std::string sentence = {};
  std::vector<Column> columns = {};
  std::string nothing = {};
  // Whether an object is shown member by member below the sentence.
  enum class Details { shown, hidden } details = Details::hidden;
  int exit_status = 0;
};

// For people, ending with a line's end. The sentence stands as it is; what the document holds is
// made printable.
[[nodiscard]] std::string render(const Answer& answer, Console::Colour colour);

// What a terminal can be shown: escape sequences and other controls in texts that come from
// elsewhere become "?".
[[nodiscard]] std::string printable(std::string_view text);

// Short forms of members, for the documents of the commands.
[[nodiscard]] Json text_json(std::string_view text);
[[nodiscard]] Json optional_json(const std::optional<std::string>& text);
[[nodiscard]] Json texts_json(const std::vector<std::string>& texts);
[[nodiscard]] Json time_json(Instant instant);
[[nodiscard]] Json optional_time_json(const std::optional<Instant>& instant);

}  // namespace gatehouse::app::commands
