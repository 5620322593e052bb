// Letters: the mails that Gatehouse writes, from templates/. Loaded once, used from every thread.

#pragma once

#include <span>
#include <string>

#include "server/core/embedded.h"
#include "server/mail/letter.h"
#include "server/pages/template.h"

namespace gatehouse::mail {

[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

// A code and a link, of which either signs the person in.
struct CodeLetter {
  enum class Kind { sign_in, sign_up };
  Kind kind = Kind::sign_in;
  net::MailAddress to;
  std::string product_name;
  std::string code;  // digits
  std::string link;  // http(s) URL
  std::string
      host;  // name of the sign-in pages' host, without port: browsers fill the code in there only
  int expires_in_minutes = 10;
  std::string asked_from = {};  // "Firefox on Linux, 192.0.2.10"; may be empty
  Instant useful_until;
};

class Letters {
 public:
  static Result<Letters, Error> load();

  // ENSUREs that the code is digits and the link an http or https URL. Names are cleaned of what
  // could break out of their line or turn the reading direction.
  [[nodiscard]] Letter compose(const CodeLetter& letter) const;

 private:
  explicit Letters(pages::Templates templates) : templates_(std::move(templates)) {}
  pages::Templates templates_;
};

// `text` on one line: without control characters, line separators and marks of direction, cut to
// `limits::display_name_bytes_max` bytes between whole characters; bytes that are no UTF-8 are left
// out.
[[nodiscard]] std::string clean_line(std::string_view text);

}  // namespace gatehouse::mail
