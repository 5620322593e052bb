// Watch: whether this node should get requests. A job asks the database every second and keeps what
// it found, so a health check neither waits for the database nor adds to its load.

#pragma once

#include <atomic>
#include <string_view>

#include "server/storage/database.h"

namespace gatehouse::cluster {

enum class Finding {
  fit,
  database_away,  // it did not answer twice in a row, or for three seconds
  schema_beyond,  // a newer release has changed it in a way that this one cannot work with
  clock_off,      // more than 30 s between our clock and the database's
};
// "the database does not answer": for health checks and people. Empty for `fit`.
[[nodiscard]] std::string_view finding_text(Finding finding);

// Of those that are built in.
[[nodiscard]] std::int64_t newest_migration();

inline constexpr Duration watch_interval = seconds(1);
inline constexpr Duration watch_patience = seconds(1);
inline constexpr Duration clock_offset_max = seconds(30);

// Safe from any thread; probe() from one at a time.
class Watch {
 public:
  // `newest_migration` is the number of the last one that this program knows.
  Watch(storage::Database& database, const Clock& clock, std::int64_t newest_migration)
      : database_(database), clock_(clock), newest_migration_(newest_migration) {}

  // Asks the database whether it answers, what has become of its schema, and what time it is.
  // `context` has the deadline watch_patience. Errors: the database's, which are kept as a finding
  // too.
  Result<Unit, Error> probe(const Context& context);

  [[nodiscard]] Finding finding() const;
  // How far the database's clock is ahead of ours; zero where it has none of its own.
  [[nodiscard]] Duration clock_offset() const { return Duration(offset_ms_.load()); }

 private:
  Result<Unit, Error> ask(const Context& context);

  storage::Database& database_;
  const Clock& clock_;
  const std::int64_t newest_migration_;
  std::atomic<bool> is_schema_beyond_{false};
  std::atomic<int> failures_{0};  // in a row
  std::atomic<std::int64_t> offset_ms_{0};
  std::atomic<Deadline> overdue_at_{Deadline::max()};  // of the probe under way
};

}  // namespace gatehouse::cluster
