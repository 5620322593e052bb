// Plan: what one connection sends over and over, and what each answer must be. Read from a text
// file, one word and its argument a line:
//
//   send POST /oauth/token               begins a step; a plan has one or more
//   header Cookie: {cookie}              any number
//   body grant_type=…&code={code}        at most one
//   expect 200                           the status that the answer must have
//   contains "access_token":"ey          bytes that the answer must have, any number
//   take code code= &                    keeps what stands between `code=` and the first of the
//                                        bytes `&`, a quote, a blank or the end of the line
//   renewed refresh_token "refresh_token":"    as `take`, and it must differ from what was kept
//
// `{name}` stands for a value of the connection: given at the start, or taken from an answer.
// Lines that begin with `#` are remarks.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatehouse::bench {

using Values = std::unordered_map<std::string, std::string>;

// Text with places to fill in: before[0] name[0] before[1] name[1] … tail.
struct Template {
  struct Part {
    std::string before;
    std::string name;
  };
  std::vector<Part> parts;
  std::string tail;
};
[[nodiscard]] Template parse_template(std::string_view text);
// Appends the text with its places filled in; a value that is missing ends the program.
void append_filled(std::string& out, const Template& text, const Values& values);

struct Taken {
  enum class Rule { any, renewed };
  std::string name;
  std::string marker;
  Rule rule = Rule::any;
};

struct Step {
  Template head;  // the request line and the fields, without Content-Length and the empty line
  std::optional<Template> body;
  int status = 200;
  std::vector<std::string> contains;
  std::vector<Taken> taken;
};

using Plan = std::vector<Step>;
// Ends the program with a sentence when the file cannot be read or understood.
[[nodiscard]] Plan read_plan(const std::string& path, const std::string& host);

// The whole request of a step.
[[nodiscard]] std::string make_request(const Step& step, const Values& values);
// Holds an answer against the step and keeps what is to be taken from it. Returns what is wrong.
[[nodiscard]] std::optional<std::string> check_answer(const Step& step, int status,
                                                      std::string_view answer, Values& values);

[[noreturn]] void give_up(const std::string& sentence);

}  // namespace gatehouse::bench
