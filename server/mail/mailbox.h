// Mailbox: a transport that keeps the latest letters in memory instead of sending them. For
// `gatehouse dev`, its /dev/mail page, and tests.

#pragma once

#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/mail/transport.h"

namespace gatehouse::mail {

struct DeliveredLetter {
  MailId id;
  std::string to;
  std::string subject;
  std::string text;
  std::string html;
  std::string code;  // may be empty
  std::string link;  // may be empty
  Instant at;
};

class Mailbox final : public MailTransport {
 public:
  static constexpr std::size_t letters_max = 500;

  Result<Unit, net::SmtpFailure> deliver(MailId id, const Letter& letter, Instant now) override;

  // Letters to `to`, compared without regard to case, newest first; all of them if it is empty.
  [[nodiscard]] std::vector<DeliveredLetter> letters(std::string_view to) const;
  [[nodiscard]] std::optional<DeliveredLetter> find(MailId id) const;

 private:
  mutable std::mutex mutex_;
  std::deque<DeliveredLetter> letters_;  // newest first
};

}  // namespace gatehouse::mail
