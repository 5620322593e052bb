#include "server/cluster/watch.h"

#include <algorithm>
#include <charconv>

#include "server/cluster/watch_store.h"
#include "server/storage/migrate.h"

namespace gatehouse::cluster {
namespace {

constexpr int failures_max = 1;  // a single one may be a lost connection
constexpr Duration answer_overdue = seconds(3);

}  // namespace

std::string_view finding_text(Finding finding) {
  switch (finding) {
    case Finding::fit: return "";
    case Finding::database_away: return "the database does not answer";
    case Finding::schema_beyond: return "the schema is of a newer release";
    case Finding::clock_off: return "the clock is off by more than 30 s";
  }
  ensure_failed("finding_text: not a Finding");
}

std::int64_t newest_migration() {
  std::int64_t newest = 0;
  for (const EmbeddedFile& file : storage::embedded_files()) {
    std::int64_t number = 0;
    std::from_chars(file.path.data(), file.path.data() + file.path.size(), number);
    newest = std::max(newest, number);
  }
  return newest;
}

Result<Unit, Error> Watch::probe(const Context& context) {
  overdue_at_.store(std::chrono::steady_clock::now() + answer_overdue);
  auto outcome = ask(context);
  overdue_at_.store(Deadline::max());
  failures_.store(outcome.ok() ? 0 : failures_.load() + 1);
  return outcome;
}

Result<Unit, Error> Watch::ask(const Context& context) {
  is_schema_beyond_.store(
      TRY(storage::read(database_, context, [&](storage::Transaction& transaction) {
        return is_schema_beyond(transaction, newest_migration_);
      })));
  const Instant before = clock_.now();
  const auto theirs = TRY(database_.server_time(context));
  const Instant after = clock_.now();
  if (theirs.has_value()) offset_ms_.store((*theirs - (before + (after - before) / 2)).count());
  return Unit{};
}

Finding Watch::finding() const {
  // A driver may wait longer than it was told to: for the name of a host, for a disk.
  const bool is_overdue = std::chrono::steady_clock::now() > overdue_at_.load();
  if (is_overdue || failures_.load() > failures_max) return Finding::database_away;
  if (is_schema_beyond_.load()) return Finding::schema_beyond;
  const Duration offset = clock_offset();
  if (offset > clock_offset_max || offset < -clock_offset_max) return Finding::clock_off;
  return Finding::fit;
}

}  // namespace gatehouse::cluster
