#include "server/core/id.h"

#include <doctest/doctest.h>

#include <set>

namespace gatehouse {

TEST_CASE("the ids that one process makes in one millisecond are all different") {
  OsRandom random;
  const Instant now = instant_from_ms(1'800'000'000'000);
  std::set<std::int64_t> numbers;
  for (int i = 0; i < 100'000; ++i) numbers.insert(new_id_number(random, now));
  CHECK(numbers.size() == 100'000);
  CHECK(*numbers.begin() >= least_id_number(now));
  CHECK(*numbers.rbegin() < least_id_number(now + Duration(1)));
}

TEST_CASE("two processes do not count from the same number") {
  OsRandom one;
  OsRandom other;
  CHECK(one.id_bits() != other.id_bits());
}

}  // namespace gatehouse
