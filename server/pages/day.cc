#include "server/pages/day.h"

#include <array>
#include <chrono>
#include <string_view>

namespace gatehouse::pages {
namespace {

constexpr std::array<std::string_view, 12> month_names = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

}  // namespace

std::string day_text(Instant instant) {
  const std::chrono::year_month_day date(std::chrono::floor<days>(instant));
  return std::to_string(static_cast<unsigned>(date.day())) + " " +
         std::string(month_names.at(static_cast<unsigned>(date.month()) - 1)) + " " +
         std::to_string(static_cast<int>(date.year()));
}

}  // namespace gatehouse::pages
