#include "server/core/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "server/core/ensure.h"

namespace gatehouse {
namespace {

constexpr int slot_bits = 8;
constexpr int count_bits = 14;

}  // namespace

std::int64_t Random::id_number(std::int64_t age_ms) {
  constexpr std::uint64_t mask = (std::uint64_t{1} << (slot_bits + count_bits)) - 1;
  return (age_ms << (slot_bits + count_bits)) | static_cast<std::int64_t>(random_u64(*this) & mask);
}

OsRandom::OsRandom()
    : guest_slot_(IdSlots::first_guest +
                  static_cast<std::int64_t>(
                      random_below(*this, IdSlots::last_guest - IdSlots::first_guest + 1))),
      node_slot_(guest_slot_),
      node_slot_until_(Deadline::min()),
      next_count_(static_cast<std::uint32_t>(random_u64(*this))),
      last_used_ms_(std::size_t{1} << count_bits) {}

std::int64_t OsRandom::id_number(std::int64_t age_ms) {
  const std::uint32_t count =
      next_count_.fetch_add(1, std::memory_order_relaxed) & ((std::uint32_t{1} << count_bits) - 1);
  std::atomic<std::int64_t>& last_used_ms = last_used_ms_[count];
  std::int64_t last_ms = last_used_ms.load(std::memory_order_relaxed);
  std::int64_t used_ms = 0;
  do {
    used_ms = std::max(age_ms, last_ms + 1);
  } while (!last_used_ms.compare_exchange_weak(last_ms, used_ms, std::memory_order_relaxed));
  return (((used_ms << slot_bits) | slot()) << count_bits) | count;
}

void OsRandom::use_id_slot(int slot, Deadline until) {
  ENSURE(slot >= IdSlots::first_node && slot <= IdSlots::last_node);
  // While the two are changed, ids are a guest's.
  node_slot_until_.store(Deadline::min());
  node_slot_.store(slot);
  node_slot_until_.store(until);
}

void OsRandom::give_up_id_slot() { node_slot_until_.store(Deadline::min()); }

std::int64_t OsRandom::slot() const {
  const Deadline until = node_slot_until_.load();
  const std::int64_t node_slot = node_slot_.load();
  return std::chrono::steady_clock::now() < until ? node_slot : guest_slot_;
}

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
