// SeededRandom: random bytes that are the same in every run, from a seed.

#pragma once

#include <atomic>
#include <cstring>

#include "server/core/random.h"

namespace gatehouse::world {

// splitmix64: a counter whose every step is mixed into 64 bits. Being a counter it is safe from any
// thread, though which thread gets which bytes is then up to the scheduler.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : counter_(seed) {}

  void fill(std::span<std::byte> bytes) override {
    while (!bytes.empty()) {
      const std::uint64_t word = next();
      const std::size_t count = bytes.size() < sizeof word ? bytes.size() : sizeof word;
      std::memcpy(bytes.data(), &word, count);
      bytes = bytes.subspan(count);
    }
  }

 private:
  std::uint64_t next() {
    constexpr std::uint64_t step = 0x9e3779b97f4a7c15;
    std::uint64_t word = counter_.fetch_add(step) + step;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
    word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
    return word ^ (word >> 31);
  }

  std::atomic<std::uint64_t> counter_;
};

}  // namespace gatehouse::world
