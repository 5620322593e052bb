#include "server/core/id.h"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <thread>
#include <vector>

namespace gatehouse {

namespace {

constexpr Instant noon = instant_from_ms(1'800'000'000'000);

std::int64_t slot_of(std::int64_t number) { return (number >> 14) & 0xff; }

}  // namespace

TEST_CASE("id: all that one process makes in one millisecond are different") {
  OsRandom random;
  std::set<std::int64_t> numbers;
  for (int i = 0; i < 100'000; ++i) numbers.insert(new_id_number(random, noon));
  CHECK(numbers.size() == 100'000);
  CHECK(*numbers.begin() >= least_id_number(noon));
  // 16,384 fit into a millisecond; the others run ahead, no further than they must.
  CHECK(*numbers.rbegin() < least_id_number(noon + milliseconds(7)));
  CHECK(*numbers.rbegin() >= least_id_number(noon + milliseconds(6)));
}

TEST_CASE("id: as many as fit into a millisecond stay within it, also when asked for late") {
  OsRandom random;
  for (int i = 0; i < 16'000; ++i) {
    const std::int64_t early = new_id_number(random, noon + milliseconds(i % 2 == 0 ? 5 : 0));
    REQUIRE(early < least_id_number(noon + milliseconds(6)));
  }
  CHECK(new_id_number(random, noon) < least_id_number(noon + milliseconds(1)));
}

TEST_CASE("id: a clock that is set back makes none a second time") {
  OsRandom random;
  std::set<std::int64_t> numbers;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20'000; ++i) {
      numbers.insert(new_id_number(random, noon + milliseconds(i / 10'000)));
    }
  }
  CHECK(numbers.size() == 100'000);
}

TEST_CASE("id: threads at once make none twice") {
  OsRandom random;
  std::array<std::vector<std::int64_t>, 4> made;
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&mine, &random] {
      for (int i = 0; i < 20'000; ++i) mine.push_back(new_id_number(random, noon));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::int64_t> numbers;
  for (const auto& mine : made) numbers.insert(mine.begin(), mine.end());
  CHECK(numbers.size() == 80'000);
}

TEST_CASE("id: two nodes make different ids, whatever they count") {
  OsRandom one;
  OsRandom other;
  one.use_id_slot(1, Deadline::max());
  other.use_id_slot(127, Deadline::max());
  std::set<std::int64_t> numbers;
  // Both count through all there is, so each count is met by the other's.
  for (int i = 0; i < 16'384; ++i) {
    numbers.insert(new_id_number(one, noon));
    numbers.insert(new_id_number(other, noon));
  }
  CHECK(numbers.size() == 2 * 16'384);
  CHECK(slot_of(new_id_number(one, noon)) == 1);
  CHECK(slot_of(new_id_number(other, noon)) == 127);
}

TEST_CASE("id: who has no slot of a node, or has it no more, is a guest") {
  OsRandom random;
  const std::int64_t guest = slot_of(new_id_number(random, noon));
  CHECK(guest >= IdSlots::first_guest);
  CHECK(guest <= IdSlots::last_guest);
  random.use_id_slot(7, Deadline::max());
  CHECK(slot_of(new_id_number(random, noon)) == 7);
  random.use_id_slot(7, std::chrono::steady_clock::now());
  CHECK(slot_of(new_id_number(random, noon)) == guest);
  random.use_id_slot(8, Deadline::max());
  CHECK(slot_of(new_id_number(random, noon)) == 8);
  random.give_up_id_slot();
  CHECK(slot_of(new_id_number(random, noon)) == guest);
}

TEST_CASE("id: processes do not count from the same number") {
  OsRandom one;
  OsRandom other;
  CHECK((new_id_number(one, noon) & 0x3fffff) != (new_id_number(other, noon) & 0x3fffff));
}

}  // namespace gatehouse
