// Progress: one line on a terminal that says how far a long command has come; nothing elsewhere.

#pragma once

#include <chrono>
#include <string>

#include "server/app/commands/console.h"

namespace gatehouse::app::commands {

class Progress {
 public:
  // `total` in the unit that advance() counts in, named by `unit`; 0: unknown.
  Progress(Console& console, std::string doing, std::string unit, std::int64_t total);
  ~Progress();  // clears the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::int64_t by);

 private:
  void show();

  Console& console_;
  const std::string doing_;
  const std::string unit_;
  const std::int64_t total_;
  const std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point shown_;
  std::int64_t done_ = 0;
};

// "Copying  [######----]  60 %  120000 of 200000 rows  15000/s  5 s left".
[[nodiscard]] std::string progress_line(std::string_view doing, std::string_view unit,
                                        std::int64_t done, std::int64_t total,
                                        std::chrono::milliseconds taken);

}  // namespace gatehouse::app::commands
