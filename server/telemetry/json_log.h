// JsonLog: the Log that writes JSON lines to standard error or a file.
//
// Lines are gathered in memory and taken out by a thread of their own: a request never waits for a
// disk or a pipe, and a busy server makes one system call for many lines. A line is on its way
// within `delay_max`, a warning or an error at once. Should the reader fall far behind, lines are
// dropped and counted, and a line says how many.

#pragma once

#include <memory>
#include <string>

#include "server/core/error.h"
#include "server/core/log.h"
#include "server/core/result.h"
#include "server/core/time.h"

namespace gatehouse::telemetry {

class JsonLog final : public Log {
 public:
  static constexpr Duration delay_max{50};
  static constexpr std::size_t waiting_bytes_max = 4 * 1024 * 1024;

  // `path` is a file that is appended to, made readable by its owner and group; empty: standard
  // error. Lines below `lowest` are dropped. Errors: unavailable, if the file cannot be opened.
  static Result<std::unique_ptr<JsonLog>, Error> open(const std::string& path, LogLevel lowest,
                                                      const Clock& clock);
  ~JsonLog() override;  // writes what is left

  void write(LogLevel level, std::string_view event,
             std::initializer_list<LogField> fields) override;
  // Returns once every line written so far has been handed to the operating system.
  void flush();

 private:
  class Sink;
  JsonLog(std::unique_ptr<Sink> sink, LogLevel lowest, const Clock& clock);

  std::unique_ptr<Sink> sink_;
  LogLevel lowest_;
  const Clock& clock_;
};

}  // namespace gatehouse::telemetry
