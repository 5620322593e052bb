// Instants and durations, and the Clock through which time enters the program.
//
// Wall-clock instants are UTC, in whole milliseconds. They decide expiry and are what is stored
// (`…_ms` integers). Time limits on our own work use a Deadline on the monotonic clock.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace gatehouse {

using Duration = std::chrono::milliseconds;
using Instant = std::chrono::time_point<std::chrono::system_clock, Duration>;
using Deadline = std::chrono::steady_clock::time_point;

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

[[nodiscard]] constexpr Instant instant_from_ms(std::int64_t since_epoch_ms) {
  return Instant{Duration{since_epoch_ms}};
}
[[nodiscard]] constexpr std::int64_t to_ms(Instant instant) {
  return instant.time_since_epoch().count();
}
// Whole seconds since the epoch, rounded down: the NumericDate of [RFC 7519 §2].
[[nodiscard]] constexpr std::int64_t to_unix_seconds(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}
// "2026-11-21T20:15:00.123Z" [RFC 3339 §5.6].
[[nodiscard]] std::string to_rfc3339(Instant instant);

// Where "now" comes from. Read once per request, at the edge, and passed on in the Context.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
};

}  // namespace gatehouse
