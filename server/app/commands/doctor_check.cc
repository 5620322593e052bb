#include "server/app/commands/doctor_check.h"

#include <algorithm>

namespace gatehouse::app::commands {
namespace {

std::string_view status_name(Check::Status status) {
  switch (status) {
    case Check::Status::ok: return "ok";
    case Check::Status::warn: return "warn";
    case Check::Status::fail: return "fail";
  }
  ensure_failed("status_name: not a Status");
}

// "fail  issuer         what was found", and below it what to do.
std::string line_of(const Check& check) {
  constexpr std::size_t status_columns = 6;
  constexpr std::size_t name_columns = 15;
  std::string line(status_name(check.status));
  line.resize(status_columns, ' ');
  line += check.name;
  line.resize(std::max(status_columns + name_columns, line.size() + 1), ' ');
  line += printable(check.detail);
  if (!check.fix.empty()) line += "\n" + std::string(status_columns, ' ') + check.fix;
  return line;
}

}  // namespace

Answer answer_of(const Checks& checks) {
  Answer answer;
  Json::Array items;
  for (const Check& check : checks) {
    if (check.status == Check::Status::fail) answer.exit_status = 1;
    answer.sentence += (answer.sentence.empty() ? "" : "\n") + line_of(check);
    items.push_back(Json(Json::Object{{"status", text_json(status_name(check.status))},
                                      {"check", text_json(check.name)},
                                      {"detail", text_json(check.detail)},
                                      {"fix", text_json(check.fix)}}));
  }
  answer.document = Json(std::move(items));
  return answer;
}

}  // namespace gatehouse::app::commands
