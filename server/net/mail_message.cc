#include "server/net/mail_message.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "server/core/ensure.h"
#include "server/core/limits.h"

namespace gatehouse::net {
namespace {

constexpr std::size_t local_bytes_max = 64;
constexpr std::size_t domain_label_bytes_max = 63;
constexpr std::size_t encoded_line_bytes_max = 76;  // [RFC 2045 §6.7], without the line's end
constexpr std::size_t encoded_word_bytes_max = 75;  // [RFC 2047 §2]
constexpr std::string_view from_field = "From: ";
constexpr std::string_view subject_field = "Subject: ";
// "=_" cannot stand in quoted-printable text, so the boundary cannot stand in a part.
constexpr std::string_view boundary = "=_gatehouse_part_=";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// atext [RFC 5322 §3.2.3] without "%" and "!".
bool is_local_character(char c) {
  return is_letter_or_digit(c) ||
         std::string_view("#$&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

bool is_local_part(std::string_view local) {
  if (local.empty() || local.size() > local_bytes_max) return false;
  if (local.front() == '.' || local.back() == '.') return false;
  if (local.find("..") != std::string_view::npos) return false;
  if (local.find("=?") != std::string_view::npos) return false;
  return std::all_of(local.begin(), local.end(),
                     [](char c) { return c == '.' || is_local_character(c); });
}

bool is_domain_label(std::string_view label) {
  if (label.empty() || label.size() > domain_label_bytes_max) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return c == '-' || is_letter_or_digit(c); });
}

bool is_domain(std::string_view domain) {
  while (true) {
    const auto dot = domain.find('.');
    if (!is_domain_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) break;
    domain.remove_prefix(dot + 1);
  }
  // A last label of digits alone would make it look like an address of a machine.
  return !std::all_of(domain.begin(), domain.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The length of the well-formed UTF-8 character at the start of `text`; 0 if there is none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const auto continues = [&](std::size_t at) {
    return at < text.size() && (byte(at) & 0xc0) == 0x80;
  };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xe0 && byte(1) < 0xa0) return 0;  // overlong
    if (first == 0xed && byte(1) > 0x9f) return 0;  // surrogates
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (first == 0xf0 && byte(1) < 0x90) return 0;
    if (first == 0xf4 && byte(1) > 0x8f) return 0;
    return 4;
  }
  return 0;
}

void append_hex(std::string& out, char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '=';
  out += digits[byte / 16];
  out += digits[byte % 16];
}

bool needs_encoding(std::string_view text) {
  return text.find("=?") != std::string_view::npos ||
         std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x7f; });
}

// Encoded words, "Q" encoding, whole characters in each, folded one a line. `indent` bytes stand on
// the first line already.
std::string encoded_words(std::string_view text, std::size_t indent) {
  constexpr std::string_view opening = "=?UTF-8?Q?";
  std::string out;
  std::string word(opening);
  std::size_t room = encoded_line_bytes_max - indent;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(character_length(text), 1);
    std::string encoded;
    for (const char c : text.substr(0, length)) {
      if (is_letter_or_digit(c)) {
        encoded += c;
      } else if (c == ' ') {
        encoded += '_';
      } else {
        append_hex(encoded, c);
      }
    }
    if (word.size() + encoded.size() + 2 > room) {
      out += word + "?=\r\n ";
      word = opening;
      room = encoded_word_bytes_max;
    }
    word += encoded;
    text.remove_prefix(length);
  }
  return out + word + "?=";
}

// A display name before an address: encoded words, or a quoted string.
std::string phrase(const std::string& name) {
  if (needs_encoding(name)) return encoded_words(name, from_field.size());
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

// One line of quoted-printable text [RFC 2045 §6.7], broken softly where it gets too long.
void append_quoted_line(std::string& out, std::string_view line) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool last = i + 1 == line.size();
    const bool plain = (c > ' ' && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && !last);
    std::string piece;
    if (plain) {
      piece = c;
    } else {
      append_hex(piece, c);
    }
    const std::size_t room = encoded_line_bytes_max - (last ? 0 : 1);
    if (length + piece.size() > room) {
      out += "=\r\n";
      length = 0;
    }
    out += piece;
    length += piece.size();
  }
  out += "\r\n";
}

std::string quoted_printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    append_quoted_line(out, line);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string part(std::string_view type, std::string_view text) {
  return "Content-Type: " + std::string(type) +
         "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
         quoted_printable(text);
}

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

// "Sat, 21 Nov 2026 20:15:00 +0000" [RFC 5322 §3.3].
std::string date_text(Instant instant) {
  constexpr std::array<std::string_view, 7> day_names = {"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> month_names = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<seconds>(instant - day));
  const std::string month(month_names.at(static_cast<unsigned>(date.month()) - 1));
  return std::string(day_names.at(std::chrono::weekday(day).c_encoding())) + ", " +
         std::to_string(static_cast<unsigned>(date.day())) + " " + month + " " +
         std::to_string(static_cast<int>(date.year())) + " " + two_digits(time.hours().count()) +
         ":" + two_digits(time.minutes().count()) + ":" + two_digits(time.seconds().count()) +
         " +0000";
}

bool is_message_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter_or_digit(c) || c == '_' || c == '-' || c == '.';
  });
}

}  // namespace

std::optional<MailAddress> MailAddress::parse(std::string_view text) {
  if (text.size() > limits::email_bytes_max) return std::nullopt;
  const auto at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  if (!is_local_part(text.substr(0, at)) || !is_domain(text.substr(at + 1))) return std::nullopt;
  return MailAddress(std::string(text));
}

std::string_view MailAddress::domain() const {
  return std::string_view(text_).substr(text_.find('@') + 1);
}

std::optional<HeaderText> HeaderText::parse(std::string_view text) {
  if (text.size() > limits::mail_header_bytes_max) return std::nullopt;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = character_length(rest);
    if (length == 0) return std::nullopt;
    const auto first = static_cast<unsigned char>(rest[0]);
    const bool control = first < 0x20 || first == 0x7f ||
                         (first == 0xc2 && static_cast<unsigned char>(rest[1]) < 0xa0);
    if (control) return std::nullopt;
    rest.remove_prefix(length);
  }
  return HeaderText(std::string(text));
}

std::string render(const MailMessage& message) {
  ENSURE(is_message_id(message.message_id));
  const std::string& subject = message.subject.text();
  const std::string& name = message.from_name.text();
  const std::string from = "<" + message.from.text() + ">";
  std::string out;
  out += std::string(from_field) + (name.empty() ? from : phrase(name) + "\r\n " + from) + "\r\n";
  out += "To: <" + message.to.text() + ">\r\n";
  out += std::string(subject_field);
  out += needs_encoding(subject) ? encoded_words(subject, subject_field.size()) : subject;
  out += "\r\n";
  out += "Date: " + date_text(message.date) + "\r\n";
  out += "Message-ID: <" + message.message_id + "@" + std::string(message.from.domain()) + ">\r\n";
  out += "Auto-Submitted: auto-generated\r\n";  // [RFC 3834 §5]: no holiday notices in return
  out += "MIME-Version: 1.0\r\n";
  if (message.html.empty()) return out + part("text/plain", message.text);
  const std::string mark(boundary);
  out += "Content-Type: multipart/alternative; boundary=\"" + mark + "\"\r\n\r\n";
  out += "--" + mark + "\r\n" + part("text/plain", message.text);
  out += "\r\n--" + mark + "\r\n" + part("text/html", message.html);
  return out + "\r\n--" + mark + "--\r\n";
}

}  // namespace gatehouse::net
