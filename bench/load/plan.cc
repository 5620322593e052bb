#include "bench/load/plan.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace gatehouse::bench {
namespace {

// The first word of `text`, which keeps the rest.
std::string_view next_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

// What the answer holds after `marker`, up to a byte that ends a value in a URL, JSON or a header.
std::string_view value_after(std::string_view answer, std::string_view marker) {
  const std::size_t found = answer.find(marker);
  if (found == std::string_view::npos) return {};
  const std::string_view rest = answer.substr(found + marker.size());
  return rest.substr(0, rest.find_first_of("&\"; \r\n"));
}

struct Reader {
  const std::string& path;
  const std::string& host;
  Plan plan;
  std::string head;  // of the step that is being read, not yet parsed

  void end_step() {
    if (!plan.empty()) plan.back().head = parse_template(head);
  }

  void begin_step(std::string_view method_and_target) {
    end_step();
    plan.emplace_back();
    head = std::string(method_and_target) + " HTTP/1.1\r\nHost: " + host + "\r\n";
  }

  void read_line(std::string_view line) {
    const std::string_view whole = line;
    const std::string_view word = next_word(line);
    if (word == "send") return begin_step(line);
    if (plan.empty()) give_up(path + ": the first line must be `send`");
    Step& step = plan.back();
    if (word == "header") {
      head.append(line).append("\r\n");
    } else if (word == "body") {
      step.body = parse_template(line);
    } else if (word == "expect") {
      std::from_chars(line.data(), line.data() + line.size(), step.status);
    } else if (word == "contains") {
      step.contains.emplace_back(line);
    } else if (word == "take" || word == "renewed") {
      const auto rule = word == "take" ? Taken::Rule::any : Taken::Rule::renewed;
      const std::string name(next_word(line));
      step.taken.push_back({name, std::string(line), rule});
    } else {
      give_up(path + ": cannot read: " + std::string(whole));
    }
  }
};

}  // namespace

void give_up(const std::string& sentence) {
  std::fprintf(stderr, "load: %s\n", sentence.c_str());
  std::exit(1);
}

Template parse_template(std::string_view text) {
  Template parsed;
  for (;;) {
    const std::size_t open = text.find('{');
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('}', open);
    if (close == std::string_view::npos) give_up("a brace is not closed");
    parsed.parts.push_back(
        {std::string(text.substr(0, open)), std::string(text.substr(open + 1, close - open - 1))});
    text.remove_prefix(close + 1);
  }
  parsed.tail = std::string(text);
  return parsed;
}

void append_filled(std::string& out, const Template& text, const Values& values) {
  for (const Template::Part& part : text.parts) {
    const auto found = values.find(part.name);
    if (found == values.end()) give_up("there is no value {" + part.name + "}");
    out.append(part.before).append(found->second);
  }
  out += text.tail;
}

Plan read_plan(const std::string& path, const std::string& host) {
  std::ifstream file(path);
  if (!file) give_up("cannot read " + path);
  Reader reader{path, host, {}, {}};
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '#') reader.read_line(line);
  }
  reader.end_step();
  if (reader.plan.empty()) give_up(path + ": there is nothing to send");
  return std::move(reader.plan);
}

std::string make_request(const Step& step, const Values& values) {
  std::string request;
  append_filled(request, step.head, values);
  if (!step.body.has_value()) return request + "\r\n";
  std::string body;
  append_filled(body, *step.body, values);
  request += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ";
  request += std::to_string(body.size());
  return request + "\r\n\r\n" + body;
}

std::optional<std::string> check_answer(const Step& step, int status, std::string_view answer,
                                        Values& values) {
  if (status != step.status) {
    return "status " + std::to_string(status) + " instead of " + std::to_string(step.status);
  }
  for (const std::string& wanted : step.contains) {
    if (answer.find(wanted) == std::string_view::npos) return "the answer lacks " + wanted;
  }
  for (const Taken& taken : step.taken) {
    const std::string_view value = value_after(answer, taken.marker);
    if (value.empty()) return "the answer has no value after " + taken.marker;
    std::string& kept = values[taken.name];
    if (taken.rule == Taken::Rule::renewed && kept == value) {
      return "the same " + taken.name + " again";
    }
    kept.assign(value);
  }
  return std::nullopt;
}

}  // namespace gatehouse::bench
