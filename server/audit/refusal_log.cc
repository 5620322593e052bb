// The queue of refusals: bounded, and written by whoever calls flush().

#include <deque>
#include <map>
#include <mutex>
#include <utility>

#include "server/audit/audit_store.h"
#include "server/audit/record.h"
#include "server/audit/stored_form.h"

namespace gatehouse::audit {
namespace {

// So that a burst does not hold the one writer for long.
constexpr std::size_t batch_records_max = 1'000;

struct Noted {
  Context context;  // without its story, which dies with the request
  Record entry;
};
using Batch = std::vector<Noted>;
using Drops = std::map<EnvironmentId, std::int64_t>;

Record drop_report(std::int64_t count) {
  return {.event = Event::refusals_dropped,
          .outcome = Outcome::refused,
          .subject_type = "",
          .subject_id = "",
          .detail = std::to_string(count) + " refusals came too fast to be recorded"};
}

}  // namespace

struct RefusalLog::State {
  State(storage::Database& database_to_use, Random& random_to_use)
      : database(database_to_use), random(random_to_use) {}

  storage::Database& database;
  Random& random;
  std::mutex mutex;
  std::deque<Noted> pending;  // under `mutex`, as is `drops`
  Drops drops;

  void keep(Noted noted) {
    if (pending.size() < pending_max) {
      pending.push_back(std::move(noted));
    } else {
      ++drops[noted.context.environment];
    }
  }
  Batch take_batch();
  Drops take_drops();
  void give_back(Batch batch);
  void give_back(const Drops& counts);
  Result<Unit, Error> write(const Context& context, const Batch& batch);
  Result<Unit, Error> report(const Context& context, const Drops& counts);
};

RefusalLog::RefusalLog(storage::Database& database, Random& random)
    : state_(std::make_unique<State>(database, random)) {}
RefusalLog::~RefusalLog() = default;

void RefusalLog::note(const Context& context, Record entry) {
  Noted noted{context, std::move(entry)};
  noted.context.story = nullptr;
  noted.entry.outcome = Outcome::refused;
  const std::lock_guard lock(state_->mutex);
  state_->keep(std::move(noted));
}

Result<Unit, Error> RefusalLog::flush(const Context& context) {
  for (std::size_t round = 0; round < pending_max / batch_records_max; ++round) {
    Batch batch = state_->take_batch();
    if (batch.empty()) break;
    auto written = state_->write(context, batch);
    if (!written.ok()) {
      state_->give_back(std::move(batch));
      return written;
    }
  }
  const Drops counts = state_->take_drops();
  if (counts.empty()) return Unit{};
  auto reported = state_->report(context, counts);
  if (!reported.ok()) state_->give_back(counts);
  return reported;
}

Batch RefusalLog::State::take_batch() {
  Batch batch;
  const std::lock_guard lock(mutex);
  while (!pending.empty() && batch.size() < batch_records_max) {
    batch.push_back(std::move(pending.front()));
    pending.pop_front();
  }
  return batch;
}

Drops RefusalLog::State::take_drops() {
  const std::lock_guard lock(mutex);
  return std::exchange(drops, {});
}

// The older ones go first again; what no longer fits is counted.
void RefusalLog::State::give_back(Batch batch) {
  const std::lock_guard lock(mutex);
  std::deque<Noted> newer = std::exchange(pending, {});
  for (Noted& noted : batch) keep(std::move(noted));
  for (Noted& noted : newer) keep(std::move(noted));
}

void RefusalLog::State::give_back(const Drops& counts) {
  const std::lock_guard lock(mutex);
  for (const auto& [environment, count] : counts) drops[environment] += count;
}

// The ids are of the time of writing, though `at` is that of the refusal: what was noted before a
// long outage must not appear in a stretch that is sealed.
Result<Unit, Error> RefusalLog::State::write(const Context& context, const Batch& batch) {
  return storage::write(database, context,
                        [&](storage::Transaction& transaction) -> Result<Unit, Error> {
                          for (const Noted& noted : batch) {
                            const AuditId id = AuditId::make(random, context.now);
                            TRY(insert_record(transaction, noted.context.environment,
                                              stored_form(id, noted.context, noted.entry)));
                          }
                          return Unit{};
                        });
}

Result<Unit, Error> RefusalLog::State::report(const Context& context, const Drops& counts) {
  return storage::write(
      database, context, [&](storage::Transaction& transaction) -> Result<Unit, Error> {
        for (const auto& [environment, count] : counts) {
          TRY(record(transaction, environment, context, random, drop_report(count)));
        }
        return Unit{};
      });
}

}  // namespace gatehouse::audit
