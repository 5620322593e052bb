// Log: structured events, one JSON object a line. A Secret cannot be passed: no field takes one.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace gatehouse {

enum class LogLevel { debug, info, warning, error };

// A field lives for the length of the write() call only.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;
};

class Log {
 public:
  virtual ~Log() = default;
  // Writes {"time":…,"level":…,"event":event, fields…}. Safe from any thread; never blocks on I/O
  // for longer than a buffered write; never fails.
  virtual void write(LogLevel level, std::string_view event,
                     std::initializer_list<LogField> fields) = 0;
};

}  // namespace gatehouse
