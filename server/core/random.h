// Random: where unpredictable bytes come from. The server takes them from the operating system;
// tests seed their own source so that a run can be repeated.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace gatehouse {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> bytes) = 0;
};

// getrandom(2): never predictable, safe across threads and forks. ENSUREs that the kernel answers.
class OsRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override;
};

// `count` random bytes as a binary string.
[[nodiscard]] std::string random_bytes(Random& random, std::size_t count);
[[nodiscard]] std::uint64_t random_u64(Random& random);
// Uniform in [0, bound), without modulo bias. `bound` is positive.
[[nodiscard]] std::uint64_t random_below(Random& random, std::uint64_t bound);

}  // namespace gatehouse
