#include "server/telemetry/json_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "server/encoding/json.h"

namespace gatehouse::telemetry {
namespace {

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  ensure_failed("level_name: not a LogLevel");
}

}  // namespace

struct JsonLog::Sink {
  spdlog::logger logger;
};

Result<std::unique_ptr<JsonLog>, Error> JsonLog::open(const std::string& path, LogLevel lowest,
                                                      const Clock& clock) {
  try {
    std::shared_ptr<spdlog::sinks::sink> target;  // tidy: allow shared_ptr: spdlog's own interface
    if (path.empty()) {
      target = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      target = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
    }
    auto sink = std::make_unique<Sink>(Sink{spdlog::logger("gatehouse", std::move(target))});
    sink->logger.set_pattern("%v");
    sink->logger.set_level(spdlog::level::trace);
    sink->logger.flush_on(spdlog::level::warn);
    return std::unique_ptr<JsonLog>(new JsonLog(  // tidy: allow new: the constructor is private
        std::move(sink), lowest, clock));
  } catch (const spdlog::spdlog_ex& failure) {
    return Error(ErrorCode::unavailable, "log file " + path + ": " + failure.what());
  }
}

JsonLog::JsonLog(std::unique_ptr<Sink> sink, LogLevel lowest, const Clock& clock)
    : sink_(std::move(sink)), lowest_(lowest), clock_(clock) {}

JsonLog::~JsonLog() { sink_->logger.flush(); }

void JsonLog::flush() { sink_->logger.flush(); }

void JsonLog::write(LogLevel level, std::string_view event,
                    std::initializer_list<LogField> fields) {
  if (level < lowest_) return;
  std::string line;
  line.reserve(256);
  JsonWriter writer(line);
  writer.begin_object();
  writer.field("time", to_rfc3339(clock_.now()));
  writer.field("level", level_name(level));
  writer.field("event", event);
  for (const LogField& field : fields) {
    std::visit([&](const auto& value) { writer.field(field.name, value); }, field.value);
  }
  writer.end_object();
  const auto spdlog_level = level >= LogLevel::warning ? spdlog::level::warn : spdlog::level::info;
  sink_->logger.log(spdlog_level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace gatehouse::telemetry
