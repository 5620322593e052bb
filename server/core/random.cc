#include "server/core/random.h"

#include <sys/random.h>

#include <cerrno>
#include <limits>

#include "server/core/ensure.h"

namespace gatehouse {

std::uint32_t Random::id_bits() { return static_cast<std::uint32_t>(random_u64(*this)); }

OsRandom::OsRandom() : next_id_bits_(0) {
  next_id_bits_ = static_cast<std::uint32_t>(random_u64(*this));
}

std::uint32_t OsRandom::id_bits() { return next_id_bits_.fetch_add(1, std::memory_order_relaxed); }

void OsRandom::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    ENSURE(count > 0);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

std::string random_bytes(Random& random, std::size_t count) {
  std::string bytes(count, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

std::uint64_t random_u64(Random& random) {
  std::uint64_t value = 0;
  random.fill(std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

std::uint64_t random_below(Random& random, std::uint64_t bound) {
  ENSURE(bound > 0);
  constexpr auto top = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t limit = top - top % bound;  // a multiple of bound: above it lies the bias
  for (;;) {
    const std::uint64_t value = random_u64(random);
    if (value < limit) return value % bound;
  }
}

}  // namespace gatehouse
