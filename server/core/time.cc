#include "server/core/time.h"

#include <algorithm>

namespace gatehouse {

Instant SystemClock::now() const {
  return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

std::string to_rfc3339(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{instant - day};
  std::string text(24, '0');
  const auto put = [&text](std::size_t begin, std::size_t digits, unsigned number) {
    for (std::size_t i = begin + digits; i-- > begin; number /= 10) {
      text[i] = static_cast<char>('0' + number % 10);
    }
  };
  // Four digits for the year, whatever the year.
  put(0, 4, static_cast<unsigned>(std::clamp(static_cast<int>(date.year()), 0, 9999)));
  put(5, 2, static_cast<unsigned>(date.month()));
  put(8, 2, static_cast<unsigned>(date.day()));
  put(11, 2, static_cast<unsigned>(time.hours().count()));
  put(14, 2, static_cast<unsigned>(time.minutes().count()));
  put(17, 2, static_cast<unsigned>(time.seconds().count()));
  put(20, 3, static_cast<unsigned>(time.subseconds().count()));
  text[4] = text[7] = '-';
  text[10] = 'T';
  text[13] = text[16] = ':';
  text[19] = '.';
  text[23] = 'Z';
  return text;
}

}  // namespace gatehouse
