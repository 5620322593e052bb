// JsonLog: the Log that writes JSON lines to standard error or a file, through spdlog.

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
  // `path` is a file that is appended to; empty: standard error. Lines below `lowest` are dropped.
  // Errors: unavailable, if the file cannot be opened.
  static Result<std::unique_ptr<JsonLog>, Error> open(const std::string& path, LogLevel lowest,
                                                      const Clock& clock);
  ~JsonLog() override;

  void write(LogLevel level, std::string_view event,
             std::initializer_list<LogField> fields) override;
  void flush();

 private:
  struct Sink;
  JsonLog(std::unique_ptr<Sink> sink, LogLevel lowest, const Clock& clock);

  std::unique_ptr<Sink> sink_;
  LogLevel lowest_;
  const Clock& clock_;
};

}  // namespace gatehouse::telemetry
