// Random: where unpredictable bytes come from. The server takes them from the operating system;
// tests seed their own source so that a run can be repeated.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace gatehouse {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> bytes) = 0;
  // What tells ids of the same millisecond apart (id.h); nothing else may be made of it. Random
  // here.
  [[nodiscard]] virtual std::uint32_t id_bits();
};

// getrandom(2): never predictable, safe across threads and forks. ENSUREs that the kernel answers.
class OsRandom final : public Random {
 public:
  OsRandom();
  void fill(std::span<std::byte> bytes) override;
  // Counts on from a random number: the ids of one process never clash, however many it makes.
  std::uint32_t id_bits() override;

 private:
  std::atomic<std::uint32_t> next_id_bits_;
};

// `count` random bytes as a binary string.
[[nodiscard]] std::string random_bytes(Random& random, std::size_t count);
[[nodiscard]] std::uint64_t random_u64(Random& random);
// Uniform in [0, bound), without modulo bias. `bound` is positive.
[[nodiscard]] std::uint64_t random_below(Random& random, std::uint64_t bound);

}  // namespace gatehouse
