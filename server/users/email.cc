#include "server/users/email.h"

#include <algorithm>

#include "server/core/limits.h"

namespace gatehouse::users {
namespace {

constexpr std::size_t local_part_bytes_max = 64;  // [RFC 5321 §4.5.3.1.1]
constexpr std::size_t label_bytes_max = 63;       // [RFC 1035 §2.3.4]

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The characters of an atom [RFC 5322 §3.2.3] without those that have a meaning to some mail system
// on the way: "%" and "!" route, "|" and "`" run programs.
bool is_local_character(char c) {
  constexpr std::string_view marks = "#$&'*+-/=?^_{}~";
  return is_letter(c) || is_digit(c) || marks.find(c) != std::string_view::npos;
}

// Whether `accept` takes every piece of `text` between dots, of which there is at least one.
template <class Accept>
bool all_between_dots(std::string_view text, Accept accept) {
  while (true) {
    const std::size_t dot = text.find('.');
    if (!accept(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_local_part(std::string_view text) {
  if (text.size() > local_part_bytes_max) return false;
  if (text.find("=?") != std::string_view::npos) return false;  // an encoded word [RFC 2047 §2]
  return all_between_dots(text, [](std::string_view atom) {
    return !atom.empty() && std::ranges::all_of(atom, is_local_character);
  });
}

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= label_bytes_max && text.front() != '-' &&
         text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

bool is_domain(std::string_view text) {
  const std::size_t last_dot = text.rfind('.');
  if (last_dot == std::string_view::npos) return false;
  // No top-level domain is a number, but the last piece of an IPv4 address is [RFC 3696 §2].
  if (std::ranges::all_of(text.substr(last_dot + 1), is_digit)) return false;
  return all_between_dots(text, is_label);
}

}  // namespace

std::optional<Email> Email::parse(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.size() > limits::email_bytes_max) return std::nullopt;
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  // A second "@" is no character of a domain, so both halves are what they seem.
  if (!is_local_part(text.substr(0, at)) || !is_domain(text.substr(at + 1))) return std::nullopt;
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return Email(std::move(lower));
}

std::string_view Email::domain() const {
  return std::string_view(text_).substr(text_.find('@') + 1);
}

std::string Email::masked() const {
  return text_.substr(0, 1) + "•••" + text_.substr(text_.find('@'));
}

}  // namespace gatehouse::users
