#include "server/mail/transport.h"

namespace gatehouse::mail {
namespace {

class SmtpTransport final : public MailTransport {
 public:
  explicit SmtpTransport(SmtpTransportSettings settings)
      : from_(std::move(settings.from)), sender_(std::move(settings.smtp)) {}

  Result<Unit, net::SmtpFailure> deliver(MailId id, const Letter& letter, Instant now) override {
    return sender_.send({.from = from_,
                         .from_name = letter.from_name,
                         .to = letter.to,
                         .subject = letter.subject,
                         .text = letter.text,
                         .html = letter.html,
                         .message_id = id.text(),
                         .date = now});
  }

 private:
  const net::MailAddress from_;
  net::SmtpSender sender_;
};

}  // namespace

std::unique_ptr<MailTransport> make_smtp_transport(SmtpTransportSettings settings) {
  return std::make_unique<SmtpTransport>(std::move(settings));
}

}  // namespace gatehouse::mail
