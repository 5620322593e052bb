#include "server/storage/sqlite/writer.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "server/core/ensure.h"
#include "server/core/scheduling.h"
#include "server/storage/sqlite/errors.h"

namespace gatehouse::storage {
namespace {

constexpr Sql begin_group{"sqlite.begin_group", "BEGIN IMMEDIATE"};
constexpr Sql commit_group{"sqlite.commit_group", "COMMIT"};
constexpr Sql roll_back_group{"sqlite.roll_back_group", "ROLLBACK"};
constexpr Sql begin_job{"sqlite.begin_job", "SAVEPOINT job"};
constexpr Sql keep_job{"sqlite.keep_job", "RELEASE job"};
constexpr Sql roll_back_job{"sqlite.roll_back_job", "ROLLBACK TO job"};

constexpr int reader_wait_ms_max = 100;  // all writers stand still meanwhile

int remember_wal_pages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

bool is_io_error(int code) { return (code & 0xff) == SQLITE_IOERR; }

}  // namespace

// What a caller waits on. It outlives the job, so that the writer can wake its caller after it has
// let go of the lock: a caller that is woken earlier runs into the lock and sleeps again.
struct Writer::Bell {
  std::mutex mutex;
  std::condition_variable rung;
  bool done = false;  // guarded by mutex

  void ring() {
    {
      const std::lock_guard lock(mutex);
      done = true;
    }
    rung.notify_one();  // too late for its job, maybe, and then heard as no news by the next
  }
};

// A caller's request; lives on the caller's stack, which waits in run() until the bell has rung.
// Until then everything in it is the writer's.
struct Writer::Job {
  Job(const Context& job_context, Work job_work, Bell& job_bell)
      : context(job_context), work(job_work), bell(job_bell) {}

  const Context& context;
  Work work;
  Bell& bell;
  std::optional<Error> error;
  std::exception_ptr thrown;
};

// A bell for the length of one call.
class Writer::BellLoan {
 public:
  explicit BellLoan(Writer& writer) : writer_(writer) {
    {
      const std::lock_guard lock(writer_.mutex_);
      if (!writer_.bells_.empty()) {
        bell_ = std::move(writer_.bells_.back());
        writer_.bells_.pop_back();
      }
    }
    if (bell_ == nullptr) bell_ = std::make_unique<Bell>();
    bell_->done = false;
  }
  BellLoan(const BellLoan&) = delete;
  BellLoan& operator=(const BellLoan&) = delete;
  ~BellLoan() {
    const std::lock_guard lock(writer_.mutex_);
    writer_.bells_.push_back(std::move(bell_));
  }
  [[nodiscard]] Bell& bell() const { return *bell_; }

 private:
  Writer& writer_;
  std::unique_ptr<Bell> bell_;
};

Writer::Writer(std::unique_ptr<Connection> connection, const WriterSettings& settings)
    : connection_(std::move(connection)), settings_(settings) {
  sqlite3_wal_hook(connection_->handle(), remember_wal_pages, &wal_pages_);
  thread_ = std::thread([this] { serve(); });
}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Result<Unit, Error> Writer::run(const Context& context, Work work) {
  ENSURE(std::this_thread::get_id() !=
         thread_.get_id());  // a write inside a write would wait forever
  const BellLoan loan(*this);
  Job job(context, work, loan.bell());
  enqueue(job);
  if (!wait_for(job)) {
    return Error(ErrorCode::deadline_exceeded, "write: out of time in the queue");
  }
  if (job.thrown) std::rethrow_exception(job.thrown);
  if (job.error.has_value()) return std::move(*job.error);
  return Unit{};
}

void Writer::enqueue(Job& job) {
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    ENSURE(!stopping_);
    queue_.push_back(&job);
    is_first = queue_.size() == 1;
  }
  if (is_first) wake_.notify_one();
}

bool Writer::wait_for(Job& job) {
  Bell& bell = job.bell;
  const Deadline deadline = job.context.deadline;
  std::unique_lock lock(bell.mutex);
  if (deadline != Deadline::max() &&
      !bell.rung.wait_until(lock, deadline, [&] { return bell.done; })) {
    lock.unlock();
    {
      const std::lock_guard queue_lock(mutex_);
      if (std::erase(queue_, &job) == 1) return false;
    }
    lock.lock();
  }
  // Once the writer has begun, its answer must be waited for: only it knows what happened.
  bell.rung.wait(lock, [&] { return bell.done; });
  return true;
}

void Writer::serve() {
  run_in_batches();
  std::vector<Job*> group;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const std::size_t count = std::min(queue_.size(), settings_.batch_max);
      group.assign(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
      queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    }
    run_group(group);
    for (Job* job : group) job->bell.ring();
    group.clear();
    checkpoint_if_due();
  }
}

void Writer::run_group(std::vector<Job*>& group) {
  std::vector<Job*> jobs = group;
  while (!jobs.empty()) run_transaction(jobs);  // at least one job less each time
}

void Writer::run_transaction(std::vector<Job*>& jobs) {
  const auto answer_all = [&](const Error& error) {
    for (Job* job : jobs) job->error = error;
    jobs.clear();
  };
  if (failed()) {
    return answer_all(Error(ErrorCode::unavailable, "write: the disk failed; restart needed"));
  }
  const int began = connection_->run_control(begin_group);
  if (began != SQLITE_OK) {
    roll_back();
    return answer_all(connection_->error(began, "begin"));
  }
  Attempt strongest = Attempt::rolled_back;
  for (Job* job : jobs) {
    const Attempt attempt = run_job(*job);
    if (attempt == Attempt::transaction_lost) {
      roll_back();
      std::erase(jobs, job);
      for (Job* other : jobs) {
        other->error.reset();
        other->thrown = nullptr;
      }
      return;
    }
    if (attempt == Attempt::kept) strongest = Attempt::kept;
  }
  if (const auto error = end_transaction(strongest)) return answer_all(*error);
  jobs.clear();
}

Writer::Attempt Writer::run_job(Job& job) {
  const int began = connection_->run_control(begin_job);
  if (began != SQLITE_OK) {
    job.error = connection_->error(began, "savepoint");
    return Attempt::transaction_lost;
  }
  SqliteTransaction transaction(*connection_, job.context, SqliteTransaction::Access::write);
  Verdict verdict = Verdict::roll_back;
  connection_->set_deadline(job.context.deadline);
  try {
    verdict = job.work(transaction);
  } catch (...) {  // not only EnsureFailed: whatever it is belongs to the caller's thread
    job.thrown = std::current_exception();
  }
  connection_->set_deadline(Deadline::max());

  if (!connection_->in_transaction()) {
    if (!job.thrown) job.error = transaction.failure();
    ENSURE(job.thrown || job.error.has_value());
    return Attempt::transaction_lost;
  }
  if (verdict == Verdict::commit) job.error = transaction.failure();
  if (verdict == Verdict::commit && !job.error && connection_->owes_foreign_keys()) {
    job.error = Error(ErrorCode::internal, "write: a foreign key points nowhere");
  }
  const bool keep = verdict == Verdict::commit && !job.error.has_value();
  int ended = keep ? SQLITE_OK : connection_->run_control(roll_back_job);
  if (ended == SQLITE_OK) ended = connection_->run_control(keep_job);
  if (ended != SQLITE_OK) {
    job.error = connection_->error(ended, "savepoint");
    return Attempt::transaction_lost;
  }
  return keep ? Attempt::kept : Attempt::rolled_back;
}

std::optional<Error> Writer::end_transaction(Attempt strongest) {
  if (strongest != Attempt::kept) {
    roll_back();
    return std::nullopt;
  }
  const int code = connection_->run_control(commit_group);
  if (code == SQLITE_OK) return std::nullopt;
  Error error = connection_->error(code, "commit");
  if (is_io_error(code)) {
    fail();
    error.detail += "; the outcome shows after a restart";
  }
  roll_back();
  return error;
}

void Writer::roll_back() {
  if (!connection_->in_transaction()) return;
  if (connection_->run_control(roll_back_group) != SQLITE_OK && connection_->in_transaction()) {
    fail();
  }
}

void Writer::checkpoint_if_due() {
  if (wal_pages_ < wal_pages_checkpointed_) wal_pages_checkpointed_ = 0;  // it began anew
  if (failed() || wal_pages_ - wal_pages_checkpointed_ < settings_.checkpoint_pages) return;
  // PASSIVE waits for nobody, and the WAL begins anew once no reader needs it. RESTART waits for
  // such a moment, so that overlapping reads cannot make the WAL grow for ever.
  sqlite3* handle = connection_->handle();
  int code = SQLITE_OK;
  if (wal_pages_ < settings_.checkpoint_pages_must) {
    code = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  } else {
    sqlite3_busy_timeout(handle, reader_wait_ms_max);
    code = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
    sqlite3_busy_timeout(handle, static_cast<int>(settings_.busy_timeout.count()));
  }
  wal_pages_checkpointed_ = wal_pages_;
  if (is_io_error(code)) fail();
}

}  // namespace gatehouse::storage
