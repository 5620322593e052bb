// Sender: takes due letters from the outbox and hands them to a transport.
//
// A letter is claimed before it is sent, so that two processes do not send it both; a claim whose
// holder died runs out. A letter that the transport refuses for now is tried again, later each
// time; one that it refuses for good, that was tried too often, or that nobody needs any more, is
// given up. Delivery is at least once: after a crash a letter may come twice, with the same
// Message-ID.

#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/core/log.h"
#include "server/core/random.h"
#include "server/core/time.h"
#include "server/mail/outbox.h"
#include "server/mail/transport.h"

namespace gatehouse::mail {

inline constexpr int send_attempts_max = 8;
inline constexpr Duration send_claim = seconds{45};  // longer than one letter may take
inline constexpr Duration first_retry_delay = seconds{5};
inline constexpr Duration retry_delay_max = hours{6};
inline constexpr Duration ended_letters_kept = days{30};
inline constexpr std::int64_t reclaimed_letters_max = 1000;

// How long to wait after the n-th failed attempt (from 1): three times longer each time, and a
// random part of it less, so that letters that failed together do not come back together.
[[nodiscard]] Duration retry_delay(std::int64_t attempts, Random& random);

class Sender {
 public:
  struct Deps {
    storage::Database& database;
    const Outbox& outbox;
    MailTransport& transport;
    const Clock& clock;
    Random& random;
    Log& log;
  };
  explicit Sender(Deps deps) : deps_(deps) {}

  struct Tally {
    int sent = 0;
    int retried = 0;
    int failed = 0;
  };
  // Sends what is due, one letter after another, until nothing is. Errors are those of the
  // database.
  Result<Tally, Error> send_due();
  // The same, as long as `may_go_on` says so before each letter.
  Result<Tally, Error> send_due_while(FunctionRef<bool()> may_go_on);

  // Deletes what has been over for long. Returns how many letters that were.
  Result<std::int64_t, Error> reclaim();

 private:
  enum class Outcome { sent, retried, failed, lost };
  Result<std::optional<OutboxRow>, Error> claim_next();
  Result<Outcome, Error> send_one(const OutboxRow& row);
  Result<Outcome, Error> settle(const OutboxRow& row, const net::SmtpFailure& failure);
  [[nodiscard]] Context context() const;

  Deps deps_;
};

// Runs a Sender on a thread of its own: at once when woken, and every few seconds by itself.
class SenderThread {
 public:
  SenderThread(Sender& sender, Log& log);
  // Finishes the letter under way, then stops.
  ~SenderThread();
  SenderThread(const SenderThread&) = delete;
  SenderThread& operator=(const SenderThread&) = delete;

  // There is a letter to send. Called after its transaction has committed; never blocks for long.
  void wake();

 private:
  void run();
  void send_once();
  [[nodiscard]] bool may_go_on();

  Sender& sender_;
  Log& log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = true;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gatehouse::mail
