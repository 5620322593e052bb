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

// An invitation to join an organization, with a link to the page that accepts it.
struct InvitationLetter {
  enum class Kind { first, reminder };
  Kind kind = Kind::first;
  net::MailAddress to;
  std::string product_name;
  std::string organization_name;
  std::string inviter = {};  // who invites, as an address; may be empty
  std::string link;          // http(s) URL
  Instant expires_at;        // the link works until then
};

// A code, a link, or both, that an application asked for and asks the person for.
struct PasswordlessLetter {
  enum class Kind { sign_in, sign_up };
  Kind kind = Kind::sign_in;
  net::MailAddress to;
  std::string product_name;
  std::string code = {};  // digits; may be empty if there is a link
  std::string link = {};  // http(s) URL; may be empty if there is a code
  Duration lifetime;      // of both
  Instant useful_until;
};

class Letters {
 public:
  static Result<Letters, Error> load();

  // ENSURE that a code is digits and the link an http or https URL. Names are cleaned of what
  // could break out of their line or turn the reading direction.
  [[nodiscard]] Letter compose(const CodeLetter& letter) const;
  [[nodiscard]] Letter compose(const InvitationLetter& letter) const;
  [[nodiscard]] Letter compose(const PasswordlessLetter& letter) const;

 private:
  explicit Letters(pages::Templates templates) : templates_(std::move(templates)) {}
  pages::Templates templates_;
};

// `text` on one line: without control characters, line separators and marks of direction, cut to
// `limits::display_name_bytes_max` bytes between whole characters; bytes that are no UTF-8 are left
// out.
[[nodiscard]] std::string clean_line(std::string_view text);

}  // namespace gatehouse::mail
