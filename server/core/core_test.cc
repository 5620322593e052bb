#include <doctest/doctest.h>

#include "server/core/context.h"
#include "server/core/error.h"
#include "server/core/id.h"
#include "server/core/result.h"
#include "server/core/secret.h"

namespace gatehouse {
namespace {

Result<int, Error> half(int value) {
  if (value % 2 != 0) return Error(ErrorCode::invalid_argument, "odd");
  return value / 2;
}

Result<int, Error> quarter(int value) { return half(TRY(half(value))); }

TEST_CASE("result: TRY yields the value or hands the error on") {
  CHECK_EQ(quarter(12).value(), 3);
  CHECK(quarter(6).error().code == ErrorCode::invalid_argument);
  CHECK_FALSE(quarter(5).ok());
}

TEST_CASE("id: text and number are one; other prefixes, signs and zeros are refused") {
  const auto id = UserId::parse("usr_7203948571234567890");
  REQUIRE(id.has_value());
  CHECK_EQ(id->text(), "usr_7203948571234567890");
  for (const char* wrong : {"", "usr_", "usr_0", "usr_01", "usr_-1", "usr_1x", "org_1", "usr_ 1",
                            "usr_99999999999999999999", "usr_9223372036854775808"}) {
    CAPTURE(wrong);
    CHECK_FALSE(UserId::parse(wrong).has_value());
  }
}

TEST_CASE("id: made later means greater, and the text has 15 to 19 digits") {
  OsRandom random;
  const Instant now = instant_from_ms(1'790'000'000'000);
  const auto first = UserId::make(random, now);
  const auto second = UserId::make(random, now + milliseconds(1));
  CHECK(first < second);
  CHECK(first.text().size() >= 19);
  CHECK(first.text().size() <= 23);
}

TEST_CASE("id: the least number of an instant parts what is older from what is not") {
  OsRandom random;
  const Instant now = instant_from_ms(1'790'000'000'000);
  CHECK(new_id_number(random, now - milliseconds(1)) < least_id_number(now));
  CHECK(new_id_number(random, now) >= least_id_number(now));
  CHECK_EQ(least_id_number(instant_from_ms(0)), 1);
}

TEST_CASE("time: RFC 3339 text") {
  CHECK_EQ(to_rfc3339(instant_from_ms(0)), "1970-01-01T00:00:00.000Z");
  CHECK_EQ(to_rfc3339(instant_from_ms(1'790'000'000'123)), "2026-09-21T14:13:20.123Z");
  CHECK_EQ(to_unix_seconds(instant_from_ms(1999)), 1);
}

TEST_CASE("secret: moved-from secrets are empty, comparison is by value") {
  Secret secret(std::string("correct horse"));
  const Secret other = std::move(secret);
  CHECK_EQ(other.reveal(), "correct horse");
  CHECK(secret.empty());  // NOLINT: the point of the test
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
}

TEST_CASE("random: bounded values stay below their bound and reach all of it") {
  OsRandom random;
  bool seen[3] = {};
  for (int i = 0; i < 200; ++i) {
    const auto value = random_below(random, 3);
    REQUIRE(value < 3);
    seen[value] = true;
  }
  CHECK(seen[0]);
  CHECK(seen[1]);
  CHECK(seen[2]);
}

}  // namespace
}  // namespace gatehouse
