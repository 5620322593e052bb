// RateLimit: a bucket of tokens for events that a peer causes. Pure arithmetic on the time it is
// given.

#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "server/core/time.h"

namespace gatehouse::http::server {

class RateLimit {
 public:
  struct Rate {
    std::size_t burst_max;
    std::size_t per_second;
  };
  explicit RateLimit(Rate rate) : rate_(rate), tokens_(static_cast<double>(rate.burst_max)) {}

  enum class Verdict { within, exceeded };
  [[nodiscard]] Verdict consume(Deadline now) {
    const std::chrono::duration<double> passed = now - last_;
    if (passed.count() > 0) give(passed.count() * static_cast<double>(rate_.per_second));
    last_ = now;
    if (tokens_ < 1) return Verdict::exceeded;
    tokens_ -= 1;
    return Verdict::within;
  }
  // Useful work earns tokens.
  void give(double tokens) {
    tokens_ = std::min(tokens_ + tokens, static_cast<double>(rate_.burst_max));
  }

 private:
  Rate rate_;
  double tokens_;
  Deadline last_{};
};

}  // namespace gatehouse::http::server
