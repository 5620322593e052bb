// ManualClock: time that only the test moves.

#pragma once

#include <atomic>

#include "server/core/time.h"

namespace gatehouse::world {

// 2026-11-21T20:00:00Z: where the time of every test begins.
inline constexpr Instant test_start = instant_from_ms(1'795'291'200'000);

// Safe to read and move from any thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start = test_start) : now_ms_(to_ms(start)) {}

  [[nodiscard]] Instant now() const override { return instant_from_ms(now_ms_.load()); }
  void advance(Duration by) { now_ms_.fetch_add(by.count()); }
  void set(Instant instant) { now_ms_.store(to_ms(instant)); }

 private:
  std::atomic<std::int64_t> now_ms_;
};

}  // namespace gatehouse::world
