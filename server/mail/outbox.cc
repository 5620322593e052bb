#include "server/mail/outbox.h"

#include "server/core/limits.h"
#include "server/mail/letter_content.h"

namespace gatehouse::mail {
namespace {

std::string place_of(MailId id, EnvironmentId environment) {
  return "mail_outbox.sealed_content " + environment.text() + " " + id.text();
}

}  // namespace

Result<MailId, Error> Outbox::enqueue(storage::Transaction& transaction, EnvironmentId environment,
                                      const Letter& letter, Instant now) const {
  if (letter.text.size() > limits::mail_body_bytes_max ||
      letter.html.size() > limits::mail_body_bytes_max) {
    return Error{ErrorCode::invalid_argument, "the letter is too long"};
  }
  const MailId id = MailId::make(deps_.random, now);
  TRY(insert_waiting(
      transaction,
      {.id = id,
       .environment = environment,
       .recipient = letter.to.text(),
       .purpose = letter.purpose,
       .sealed_content = deps_.sealer.seal(packed_content(letter), place_of(id, environment)),
       .attempts = 0,
       .useful_until = letter.useful_until},
      now));
  return id;
}

Result<Letter, Error> Outbox::open(const OutboxRow& row) const {
  const Secret content =
      TRY(deps_.sealer.open(row.sealed_content, place_of(row.id, row.environment)));
  auto letter = unpacked(
      content,
      {.recipient = row.recipient, .purpose = row.purpose, .useful_until = row.useful_until});
  if (!letter) return Error{ErrorCode::internal, "a waiting letter is damaged"};
  return std::move(*letter);
}

}  // namespace gatehouse::mail
