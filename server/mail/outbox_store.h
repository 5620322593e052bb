// The table mail_outbox. Each function is one statement, so what it says is atomic.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::mail {

struct OutboxRow {
  MailId id;
  EnvironmentId environment;
  std::string recipient;
  std::string purpose;
  std::string sealed_content;
  std::int64_t attempts;  // how often it was claimed, and so which claim this is
  Instant useful_until;
};

// tidy: allow store-parameters: the queue of mails belongs to the installation
Result<Unit, Error> insert_waiting(storage::Transaction& transaction, const OutboxRow& row,
                                   Instant now);

// Claims letters that wait and are due, of all environments: none of them is due again before
// `claimed_until`, unless its claim is released earlier. Of two claims at a time each gets its own.
struct ClaimOrder {
  Instant now;
  Instant claimed_until;
  std::int64_t rows_max;
};
// tidy: allow store-parameters: the queue of mails belongs to the installation
Result<std::vector<OutboxRow>, Error> claim_due(storage::Transaction& transaction,
                                                const ClaimOrder& order);

// What became of a claimed letter. Each changes nothing, and says false, if the claim is not the
// latest one: then somebody else has the letter.
struct Claim {
  MailId id;
  std::int64_t attempts;
};
// tidy: allow store-parameters: the queue of mails belongs to the installation
Result<bool, Error> mark_sent(storage::Transaction& transaction, const Claim& claim, Instant now);
// tidy: allow store-parameters: the queue of mails belongs to the installation
Result<bool, Error> mark_failed(storage::Transaction& transaction, const Claim& claim, Instant now,
                                std::string_view error);
// tidy: allow store-parameters: the queue of mails belongs to the installation
Result<bool, Error> retry_at(storage::Transaction& transaction, const Claim& claim, Instant due_at,
                             std::string_view error);

// When the next waiting letter is due; nullopt if none waits.
// tidy: allow store-parameters: the queue of mails belongs to the installation
Result<std::optional<Instant>, Error> next_due(storage::Transaction& transaction);

struct OutboxCounts {
  std::int64_t waiting = 0;
  std::int64_t failed = 0;
};
// tidy: allow store-parameters: the queue of mails belongs to the installation
Result<OutboxCounts, Error> outbox_counts(storage::Transaction& transaction);

// Deletes letters that ended before `before`, of all environments, at most `rows_max`. A job.
// tidy: allow store-parameters: the queue of mails belongs to the installation
Result<std::int64_t, Error> reclaim_letters(storage::Transaction& transaction, Instant before,
                                            std::int64_t rows_max);

}  // namespace gatehouse::mail
