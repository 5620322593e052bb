// Random: where unpredictable bytes come from. The server takes them from the operating system;
// tests seed their own source so that a run can be repeated.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "server/core/time.h"

namespace gatehouse {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> bytes) = 0;
  // The number of an id (id.h) made `age_ms` after the epoch of ids. Here: time and random bits.
  [[nodiscard]] virtual std::int64_t id_number(std::int64_t age_ms);
};

// Who makes an id stands in eight of its bits. Processes that run at the same time and have
// different slots never make the same id.
struct IdSlots {
  static constexpr int bulk = 0;  // counted up without asking anybody: imports
  static constexpr int first_node = 1;
  static constexpr int last_node = 127;  // given out by the database (cluster/node.h)
  static constexpr int first_guest = 128;
  static constexpr int last_guest = 255;  // taken at random: commands, nodes that have no slot now
};

// getrandom(2): never predictable, safe across threads and forks. ENSUREs that the kernel answers.
class OsRandom final : public Random {
 public:
  OsRandom();
  void fill(std::span<std::byte> bytes) override;

  // Ids carry the slot and a number that counts on from a random start. One process never makes an
  // id twice, however many it makes and whatever its clock does: where the count comes round within
  // a millisecond, and where the clock was set back, ids run ahead of the time they were asked for.
  std::int64_t id_number(std::int64_t age_ms) override;

  // Ids are made with this node's slot until then, and from then on with the random slot that every
  // process begins with, until the next call.
  void use_id_slot(int slot, Deadline until);
  // At once.
  void give_up_id_slot();

 private:
  [[nodiscard]] std::int64_t slot() const;

  const std::int64_t guest_slot_;
  std::atomic<std::int64_t> node_slot_;
  std::atomic<Deadline> node_slot_until_;
  std::atomic<std::uint32_t> next_count_;
  // For each value of the count the last millisecond, and so the last id, that it was used in.
  std::vector<std::atomic<std::int64_t>> last_used_ms_;
};

// `count` random bytes as a binary string.
[[nodiscard]] std::string random_bytes(Random& random, std::size_t count);
[[nodiscard]] std::uint64_t random_u64(Random& random);
// Uniform in [0, bound), without modulo bias. `bound` is positive.
[[nodiscard]] std::uint64_t random_below(Random& random, std::uint64_t bound);

}  // namespace gatehouse
