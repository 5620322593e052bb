// A mail as bytes: addresses and header texts that cannot carry anything but themselves, and the
// message built from them [RFC 5322] [RFC 2045] [RFC 2047].

#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "server/core/time.h"

namespace gatehouse::net {

// The address of one mailbox, of the plain kind: dot-atom@domain, ASCII, at most 64 and 254 bytes.
// Quoted local parts, comments, address literals, source routes, "%" and "!" relays and encoded
// words are refused: they serve attacks far more often than people.
class MailAddress {
 public:
  [[nodiscard]] static std::optional<MailAddress> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string_view domain() const;
  friend auto operator<=>(const MailAddress&, const MailAddress&) = default;

 private:
  explicit MailAddress(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// One line of text for a header: valid UTF-8 without control characters, at most
// limits::mail_header_bytes_max bytes. It cannot end a header or begin another.
class HeaderText {
 public:
  [[nodiscard]] static std::optional<HeaderText> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  explicit HeaderText(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

struct MailMessage {
  MailAddress from;
  HeaderText from_name;  // may be empty
  MailAddress to;
  HeaderText subject;
  std::string text;
  std::string html;        // empty: the message is text/plain alone
  std::string message_id;  // the part before the "@": letters, digits, "_", "-" and "."
  Instant date;
};

// The message as it goes after DATA, lines ended by CRLF, none longer than 998 bytes, ASCII only.
// Dots at the start of lines are not doubled: that is the transport's work.
[[nodiscard]] std::string render(const MailMessage& message);

}  // namespace gatehouse::net
