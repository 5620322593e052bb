#include "server/mail/letters.h"

#include <algorithm>
#include <optional>

#include "server/core/ensure.h"
#include "server/core/limits.h"
#include "server/pages/brand.h"
#include "server/pages/day.h"

namespace gatehouse::mail {
namespace {

struct Character {
  char32_t code_point;
  std::size_t size;
};

// The character at the start of `text`, if it is well-formed UTF-8.
std::optional<Character> first_character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return Character{first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (size == 0 || first > 0xf4 || text.size() < size) return std::nullopt;
  char32_t code_point = first & (0xff >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return std::nullopt;
    code_point = (code_point << 6) | (next & 0x3f);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
  if (code_point < least[size] || surrogate || code_point > 0x10ffff) return std::nullopt;
  return Character{code_point, size};
}

bool is_unwanted(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c || c == 0x200e || c == 0x200f ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

bool is_code(std::string_view code) {
  return !code.empty() &&
         std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string clean_line(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto character = first_character(text);
    const std::size_t size = character ? character->size : 1;
    if (character && !is_unwanted(character->code_point)) {
      if (out.size() + size > limits::display_name_bytes_max) break;
      out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return out;
}

Result<Letters, Error> Letters::load() {
  return Letters(TRY(pages::Templates::load(embedded_files(), "")));
}

Letter Letters::compose(const CodeLetter& letter) const {
  ENSURE(is_code(letter.code));
  ENSURE(pages::is_safe_link(letter.link) && !letter.link.starts_with("/"));
  const std::string product = clean_line(letter.product_name);
  pages::View view;
  view.text("product", product).text("code", letter.code);
  view.text("link", letter.link).text("host", clean_line(letter.host));
  view.text("to", letter.to.text());
  view.text("expires_in_minutes", std::to_string(letter.expires_in_minutes));
  view.text_if_any("asked_from", clean_line(letter.asked_from));
  const bool signs_up = letter.kind == CodeLetter::Kind::sign_up;
  const std::string name = signs_up ? "sign_up" : "sign_in";
  const auto subject = net::HeaderText::parse(
      letter.code + (signs_up ? " is your code to join " : " is your code for ") + product);
  const auto from_name = net::HeaderText::parse(product);
  ENSURE(subject.has_value() && from_name.has_value());
  // The line for autofill has to be the last one.
  std::string text = templates_.render(name + ".txt", view);
  text.erase(text.find_last_not_of('\n') + 1);
  return {.to = letter.to,
          .from_name = *from_name,
          .subject = *subject,
          .text = std::move(text),
          .html = templates_.render(name, view),
          .purpose = name,
          .code = letter.code,
          .link = letter.link,
          .useful_until = letter.useful_until};
}

Letter Letters::compose(const InvitationLetter& letter) const {
  ENSURE(pages::is_safe_link(letter.link) && !letter.link.starts_with("/"));
  const std::string product = clean_line(letter.product_name);
  const std::string organization = clean_line(letter.organization_name);
  const bool is_reminder = letter.kind == InvitationLetter::Kind::reminder;
  pages::View view;
  view.text("product", product).text("organization", organization);
  view.text_if_any("inviter", clean_line(letter.inviter));
  view.text("link", letter.link).text("to", letter.to.text());
  view.text("expires_on", pages::day_text(letter.expires_at));
  if (is_reminder) view.show("reminder");
  // Not the product's name, too: together they could be too long for a header.
  const auto subject = net::HeaderText::parse(
      (is_reminder ? "Reminder: you are invited to join " : "You are invited to join ") +
      organization);
  const auto from_name = net::HeaderText::parse(product);
  ENSURE(subject.has_value() && from_name.has_value());
  return {.to = letter.to,
          .from_name = *from_name,
          .subject = *subject,
          .text = templates_.render("invitation.txt", view),
          .html = templates_.render("invitation", view),
          .purpose = "invitation",
          .code = {},
          .link = letter.link,
          .useful_until = letter.expires_at};
}

}  // namespace gatehouse::mail
