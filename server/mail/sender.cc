#include "server/mail/sender.h"

#include <algorithm>

#include "server/core/ensure.h"

namespace gatehouse::mail {
namespace {

constexpr seconds poll_interval{2};
constexpr seconds database_patience{10};
constexpr std::size_t kept_error_bytes_max = 300;

}  // namespace

Duration retry_delay(std::int64_t attempts, Random& random) {
  Duration delay = first_retry_delay;
  for (std::int64_t i = 1; i < attempts && delay < retry_delay_max; ++i) delay *= 3;
  delay = std::min(delay, retry_delay_max);
  const auto half = static_cast<std::uint64_t>(delay.count() / 2);
  return delay - Duration(static_cast<std::int64_t>(random_below(random, half + 1)));
}

Context Sender::context() const {
  const Instant now = deps_.clock.now();
  return {.request = RequestId::make(deps_.random, now),
          .now = now,
          .deadline = std::chrono::steady_clock::now() + database_patience,
          .environment = EnvironmentId(1),  // a job of all environments: its statements name none
          .actor = {.type = ActorType::system, .id = "mail"},
          .client_address = {},
          .user_agent = {}};
}

// One at a time: a claim must not run out while other letters are being sent. Looking first keeps
// an idle outbox from writing.
Result<std::optional<OutboxRow>, Error> Sender::claim_next() {
  const Context claiming = context();
  const auto due =
      TRY(storage::read(deps_.database, claiming,
                        [](storage::Transaction& transaction) { return next_due(transaction); }));
  if (!due || *due > claiming.now) return std::optional<OutboxRow>();
  const ClaimOrder order{
      .now = claiming.now, .claimed_until = claiming.now + send_claim, .rows_max = 1};
  auto rows = TRY(storage::write(deps_.database, claiming, [&](storage::Transaction& transaction) {
    return claim_due(transaction, order);
  }));
  if (rows.empty()) return std::optional<OutboxRow>();
  return std::optional(std::move(rows.front()));
}

Result<Sender::Tally, Error> Sender::send_due() {
  return send_due_while([] { return true; });
}

Result<Sender::Tally, Error> Sender::send_due_while(FunctionRef<bool()> may_go_on) {
  Tally tally;
  while (may_go_on()) {
    const auto row = TRY(claim_next());
    if (!row) break;
    switch (TRY(send_one(*row))) {
      case Outcome::sent: ++tally.sent; break;
      case Outcome::retried: ++tally.retried; break;
      case Outcome::failed: ++tally.failed; break;
      case Outcome::lost: break;
    }
  }
  return tally;
}

Result<Sender::Outcome, Error> Sender::send_one(const OutboxRow& row) {
  using Kind = net::SmtpFailure::Kind;
  const Instant now = deps_.clock.now();
  if (now > row.useful_until) {
    return settle(row, {.kind = Kind::permanent, .detail = "too late to be of use"});
  }
  const auto letter = deps_.outbox.open(row);
  if (!letter.ok()) {
    return settle(row, {.kind = Kind::permanent, .detail = letter.error().detail});
  }
  const auto delivered = deps_.transport.deliver(row.id, letter.value(), now);
  if (!delivered.ok()) return settle(row, delivered.error());
  const Claim claim{.id = row.id, .attempts = row.attempts};
  const Context context = this->context();
  const bool ours =
      TRY(storage::write(deps_.database, context, [&](storage::Transaction& transaction) {
        return mark_sent(transaction, claim, context.now);
      }));
  deps_.log.write(LogLevel::info, "mail.sent",
                  {{"mail", row.id.text()}, {"purpose", row.purpose}, {"attempt", row.attempts}});
  return ours ? Outcome::sent : Outcome::lost;
}

// Tries again later, or gives up.
Result<Sender::Outcome, Error> Sender::settle(const OutboxRow& row,
                                              const net::SmtpFailure& failure) {
  const Claim claim{.id = row.id, .attempts = row.attempts};
  const Context context = this->context();
  const Instant due_at = context.now + retry_delay(row.attempts, deps_.random);
  const bool gives_up = failure.kind == net::SmtpFailure::Kind::permanent ||
                        row.attempts >= send_attempts_max || due_at > row.useful_until;
  const std::string_view error = std::string_view(failure.detail).substr(0, kept_error_bytes_max);
  const bool ours =
      TRY(storage::write(deps_.database, context, [&](storage::Transaction& transaction) {
        return gives_up ? mark_failed(transaction, claim, context.now, error)
                        : retry_at(transaction, claim, due_at, error);
      }));
  deps_.log.write(gives_up ? LogLevel::error : LogLevel::warning,
                  gives_up ? "mail.given_up" : "mail.delayed",
                  {{"mail", row.id.text()},
                   {"purpose", row.purpose},
                   {"attempt", row.attempts},
                   {"error", error}});
  if (!ours) return Outcome::lost;
  return gives_up ? Outcome::failed : Outcome::retried;
}

Result<std::int64_t, Error> Sender::reclaim() {
  const Context context = this->context();
  return storage::write(deps_.database, context, [&](storage::Transaction& transaction) {
    return reclaim_letters(transaction, context.now - ended_letters_kept, reclaimed_letters_max);
  });
}

SenderThread::SenderThread(Sender& sender, Log& log)
    : sender_(sender), log_(log), thread_([this] { run(); }) {}

SenderThread::~SenderThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void SenderThread::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

bool SenderThread::may_go_on() {
  const std::lock_guard lock(mutex_);
  return !stopping_;
}

// The edge of this thread: a bug met while sending is told, and the next turn comes all the same.
void SenderThread::send_once() {
  try {
    const auto outcome = sender_.send_due_while([this] { return may_go_on(); });
    if (outcome.ok()) return;
    log_.write(LogLevel::warning, "mail.outbox_unreachable", {{"error", outcome.error().detail}});
  } catch (const EnsureFailed& failure) {
    log_.write(LogLevel::error, "mail.bug", {{"error", std::string_view(failure.what())}});
  }
}

void SenderThread::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, poll_interval, [this] { return woken_ || stopping_; });
      if (stopping_) return;
      woken_ = false;
    }
    send_once();
  }
}

}  // namespace gatehouse::mail
