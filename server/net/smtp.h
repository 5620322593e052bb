// SMTP: hands one message to the mail server that the operator named [RFC 5321]. The connection is
// made for each message; the call blocks, and belongs on a thread of its own.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "server/core/limits.h"
#include "server/core/result.h"
#include "server/core/secret.h"
#include "server/net/mail_message.h"

namespace gatehouse::net {

enum class SmtpSecurity {
  plain,                // never encrypted: a relay on the same machine or network
  starttls_if_offered,  // encrypted where the server offers it; open to a downgrade
  starttls,             // encrypted or not sent [RFC 3207]
  tls,                  // TLS from the first byte [RFC 8314]
};

struct SmtpSettings {
  std::string host;
  std::uint16_t port = 587;
  SmtpSecurity security = SmtpSecurity::starttls;
  std::string user = {};  // empty: no authentication
  Secret password = {};
  std::string helo_name = {};  // what we call ourselves; empty: this machine's name
  std::string ca_file = {};    // PEM bundle that replaces the system's; empty: the system's
  Duration deadline = limits::smtp_deadline;
};

struct SmtpFailure {
  enum class Kind {
    temporary,  // trying again may work: no connection, 4xx, and refused credentials
    permanent,  // this message will never be taken: 5xx
  };
  Kind kind;
  std::string detail;  // for logs; no part of the message
};

class SmtpSender {
 public:
  // ENSUREs what settings_problem() tells.
  explicit SmtpSender(SmtpSettings settings);
  ~SmtpSender();
  SmtpSender(const SmtpSender&) = delete;
  SmtpSender& operator=(const SmtpSender&) = delete;

  // Returns once the server has taken the message. Safe from any thread.
  Result<Unit, SmtpFailure> send(const MailMessage& message);
  // Goes as far as a message would begin: connects, encrypts, logs in, and hangs up.
  Result<Unit, SmtpFailure> probe();

 private:
  struct State;
  std::unique_ptr<const State> state_;
};

// What is wrong with the settings, as a sentence that names the setting; empty if nothing is.
[[nodiscard]] std::string settings_problem(const SmtpSettings& settings);

}  // namespace gatehouse::net
