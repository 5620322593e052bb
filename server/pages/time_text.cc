#include "server/pages/time_text.h"

#include <array>
#include <chrono>

namespace gatehouse::pages {
namespace {

constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string readable(Instant instant) {
  const auto day = std::chrono::floor<days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<minutes>(instant - day));
  return std::to_string(static_cast<unsigned>(date.day())) + " " +
         std::string(month_names.at(static_cast<unsigned>(date.month()) - 1)) + " " +
         std::to_string(static_cast<int>(date.year())) + ", " + two_digits(time.hours().count()) +
         ":" + two_digits(time.minutes().count()) + " UTC";
}

}  // namespace

void add_time(View& view, const std::string& name, Instant instant) {
  view.text(name, readable(instant));
  view.text(name + "_text", to_rfc3339(instant));
}

}  // namespace gatehouse::pages
