// SeededRandom: random bytes that are the same in every run, from a seed. Ids count on, as in the
// product: those of one source never clash.

#pragma once

#include <atomic>
#include <cstring>

#include "server/core/random.h"

namespace gatehouse::world {

// splitmix64: a counter whose every step is mixed into 64 bits. Being a counter it is safe from any
// thread, though which thread gets which bytes is then up to the scheduler.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed = 1) : counter_(seed), next_id_bits_(next() >> 32) {}

  void fill(std::span<std::byte> bytes) override {
    while (!bytes.empty()) {
      const std::uint64_t word = next();
      const std::size_t count = bytes.size() < sizeof word ? bytes.size() : sizeof word;
      std::memcpy(bytes.data(), &word, count);
      bytes = bytes.subspan(count);
    }
  }
  std::int64_t id_number(std::int64_t age_ms) override {
    const std::uint64_t bits = next_id_bits_.fetch_add(1) % (1U << id_bits);
    return (age_ms << id_bits) | static_cast<std::int64_t>(bits);
  }

 private:
  static constexpr int id_bits = 22;

  std::uint64_t next() {
    constexpr std::uint64_t step = 0x9e3779b97f4a7c15;
    std::uint64_t word = counter_.fetch_add(step) + step;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
    word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
    return word ^ (word >> 31);
  }

  std::atomic<std::uint64_t> counter_;
  std::atomic<std::uint64_t> next_id_bits_;
};

}  // namespace gatehouse::world
