#include "server/core/id.h"

namespace gatehouse {
namespace {

constexpr std::int64_t epoch_ms = 1'704'067'200'000;  // 2024-01-01T00:00:00Z
constexpr int bits_below_time = 22;

}  // namespace

std::int64_t new_id_number(Random& random, Instant now) {
  const std::int64_t age_ms = to_ms(now) - epoch_ms;
  ENSURE(age_ms > 0 && age_ms < (std::int64_t{1} << 41));
  return random.id_number(age_ms);
}

std::int64_t least_id_number(Instant instant) {
  const std::int64_t age_ms = to_ms(instant) - epoch_ms;
  if (age_ms <= 0) return 1;
  ENSURE(age_ms < (std::int64_t{1} << 41));
  return age_ms << bits_below_time;
}

}  // namespace gatehouse
