#include "server/app/commands/progress.h"

#include <algorithm>
#include <ostream>

namespace gatehouse::app::commands {
namespace {

constexpr auto show_every = std::chrono::milliseconds(200);
constexpr std::int64_t bar_columns = 20;
constexpr std::string_view clear_line = "\r\x1b[K";

}  // namespace

std::string progress_line(std::string_view doing, std::string_view unit, std::int64_t done,
                          std::int64_t total, std::chrono::milliseconds taken) {
  std::string line(doing);
  if (total > 0) {
    const std::int64_t shown = std::min(done, total);
    const auto filled = static_cast<std::size_t>(bar_columns * shown / total);
    line += "  [" + std::string(filled, '#') + std::string(bar_columns - filled, '-') + "]  " +
            std::to_string(100 * shown / total) + " %";
  }
  line += "  " + std::to_string(done);
  if (total > 0) line += " of " + std::to_string(total);
  line.append(" ").append(unit);
  const std::int64_t rate = taken.count() > 0 ? done * 1000 / taken.count() : 0;
  if (rate > 0) {
    line += "  " + std::to_string(rate) + "/s";
    if (total > done) line += "  " + std::to_string((total - done) / rate + 1) + " s left";
  }
  return line;
}

Progress::Progress(Console& console, std::string doing, std::string unit, std::int64_t total)
    : console_(console),
      doing_(std::move(doing)),
      unit_(std::move(unit)),
      total_(total),
      began_(std::chrono::steady_clock::now()),
      shown_(began_) {}

Progress::~Progress() {
  if (shown_ != began_) console_.err << clear_line << std::flush;
}

void Progress::advance(std::int64_t by) {
  done_ += by;
  const auto now = std::chrono::steady_clock::now();
  if (console_.person == Console::Person::absent || now - shown_ < show_every) return;
  shown_ = now;
  show();
}

void Progress::show() {
  const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(shown_ - began_);
  console_.err << clear_line << progress_line(doing_, unit_, done_, total_, taken) << std::flush;
}

}  // namespace gatehouse::app::commands
