// Outbox: letters are put here in the transaction of the change that causes them, and sent from
// here (sender.h). So a letter goes out if, and only if, the change was kept.
//
// A waiting letter's content is sealed: it holds codes and links. Once it was sent, or given up,
// the content is gone; who it went to, and when, stays for a while.

#pragma once

#include "server/core/random.h"
#include "server/mail/letter.h"
#include "server/mail/outbox_store.h"
#include "server/storage/database.h"

namespace gatehouse::mail {

class Outbox {
 public:
  struct Deps {
    Sealer& sealer;
    Random& random;
  };
  explicit Outbox(Deps deps) : deps_(deps) {}

  // Puts `letter` into the outbox, due at once. It is sent after the transaction has committed.
  Result<MailId, Error> enqueue(storage::Transaction& transaction, EnvironmentId environment,
                                const Letter& letter, Instant now) const;

  // The letter in a claimed row. Errors: internal, if it cannot be opened.
  Result<Letter, Error> open(const OutboxRow& row) const;

 private:
  Deps deps_;
};

}  // namespace gatehouse::mail
