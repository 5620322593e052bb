// DateLine: the value of the Date field [RFC 9110 §6.6.1], written anew once a second.

#pragma once

#include <string>
#include <string_view>

#include "server/core/time.h"

namespace gatehouse::http::server {

// "Sun, 06 Nov 1994 08:49:37 GMT"
[[nodiscard]] std::string http_date(Instant instant);

class DateLine {
 public:
  explicit DateLine(const Clock& clock) : clock_(clock) {}

  // Valid until the next call.
  [[nodiscard]] std::string_view text();

 private:
  const Clock& clock_;
  std::int64_t second_ = -1;
  std::string text_;
};

}  // namespace gatehouse::http::server
