// MailTransport: the last step of a letter's way. Two of them: SMTP, and the mailbox that keeps
// letters on this machine for development and tests (mailbox.h).

#pragma once

#include <memory>

#include "server/core/id.h"
#include "server/mail/letter.h"
#include "server/net/smtp.h"

namespace gatehouse::mail {

class MailTransport {
 public:
  virtual ~MailTransport() = default;
  // Blocks until the letter is handed over. It may have been handed over before (a crash came
  // between), under the same id.
  virtual Result<Unit, net::SmtpFailure> deliver(MailId id, const Letter& letter, Instant now) = 0;
};

struct SmtpTransportSettings {
  net::SmtpSettings smtp;
  net::MailAddress from;
};
// ENSUREs that net::settings_problem(settings.smtp) is empty.
[[nodiscard]] std::unique_ptr<MailTransport> make_smtp_transport(SmtpTransportSettings settings);

}  // namespace gatehouse::mail
