// CapturedLog: a Log that keeps its lines, for tests that ask what was logged and what must not be.

#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "server/core/log.h"

namespace gatehouse::world {

class CapturedLog final : public Log {
 public:
  void write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) override {
    std::string line(event);
    for (const LogField& field : fields) {
      line.append(" ").append(field.name).append("=");
      std::visit([&](const auto& value) { append(line, value); }, field.value);
    }
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }

  [[nodiscard]] std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  static void append(std::string& line, std::string_view text) { line.append(text); }
  template <class Number>
  static void append(std::string& line, Number number) {
    line.append(std::to_string(number));
  }

  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace gatehouse::world
