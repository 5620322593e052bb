#include "server/http/server/output.h"

#include <doctest/doctest.h>

#include <array>

#include "server/http/server/date_line.h"
#include "server/http/server/rate_limit.h"

using namespace gatehouse;
using namespace gatehouse::http::server;

namespace {

std::string take(Output& output, std::size_t size) {
  std::array<iovec, 4> pieces{};
  const std::size_t count = output.gather(pieces);
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) {
    bytes.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  }
  bytes.resize(std::min(size, bytes.size()));
  output.consume(bytes.size());
  return bytes;
}

}  // namespace

TEST_CASE("output leaves in order, whatever the pieces and however it is cut") {
  const std::string large(5000, 'L');
  const auto shared = std::make_shared<const std::string>(std::string(6000, 'S'));
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
    Output output;
    std::string expected;
    for (int round = 0; round < 3; ++round) {
      output.append("head");
      output.append_owned(large);
      output.append("small");
      output.append_shared(shared);
      output.append_shared(std::make_shared<const std::string>("tiny"));
      output.append_owned("");
      expected += "head" + large + "small" + *shared + "tiny";
    }
    CHECK(output.pending() == expected.size());
    std::string sent;
    while (output.pending() > 0) sent += take(output, step);
    CHECK(sent == expected);
    output.append("again");
    CHECK(take(output, 100) == "again");
  }
}

TEST_CASE("a shared body is referred to until it is sent") {
  const auto shared = std::make_shared<const std::string>(std::string(6000, 'S'));
  Output output;
  output.append_shared(shared);
  CHECK(shared.use_count() == 2);
  output.clear();
  CHECK(shared.use_count() == 1);
  CHECK(output.pending() == 0);
}

TEST_CASE("dates are written as HTTP wants them") {
  CHECK(http_date(instant_from_ms(784111777999)) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(instant_from_ms(0)) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST_CASE("a rate limit allows its burst, then its rate") {
  RateLimit limit({3, 10});
  Deadline now = Deadline{} + std::chrono::hours(1);
  const auto allowed = [&] {
    int count = 0;
    while (limit.consume(now) == RateLimit::Verdict::within) ++count;
    return count;
  };
  CHECK(allowed() == 3);
  now += std::chrono::milliseconds(150);
  CHECK(allowed() == 1);
  now += std::chrono::hours(1);
  CHECK(allowed() == 3);
  limit.give(2);
  CHECK(allowed() == 2);
}
