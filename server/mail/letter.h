// Letter: one mail to one person, as it will read. And Sealer, through which a waiting letter is
// kept unreadable.

#pragma once

#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/core/secret.h"
#include "server/core/time.h"
#include "server/net/mail_message.h"

namespace gatehouse::mail {

struct Letter {
  net::MailAddress to;
  net::HeaderText from_name;  // the product's name; may be empty
  net::HeaderText subject;
  std::string text;
  std::string html;
  std::string purpose;   // "sign_in": for counting and logs
  std::string code;      // what the letter is about, for the development mailbox; may be empty
  std::string link;      // the same
  Instant useful_until;  // sending it later would help nobody
};

// Encryption at rest, handed in by whoever builds the outbox: this module knows no cryptography.
// `place` binds the sealed bytes to where they are kept; opening needs the same.
class Sealer {
 public:
  virtual ~Sealer() = default;
  [[nodiscard]] virtual std::string seal(const Secret& plaintext, std::string_view place) = 0;
  // Errors: the bytes are damaged, from another place, or sealed with another key.
  virtual Result<Secret, Error> open(std::string_view sealed, std::string_view place) = 0;
};

}  // namespace gatehouse::mail
