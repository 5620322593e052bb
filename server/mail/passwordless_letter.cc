// The letter of the passwordless API: unlike that of the hosted sign-in, it is not bound to a
// browser, and it may hold the code alone or the link alone.

#include <algorithm>

#include "server/core/ensure.h"
#include "server/mail/letters.h"
#include "server/pages/brand.h"

namespace gatehouse::mail {
namespace {

std::string minutes_text(Duration duration) {
  const auto count = std::chrono::floor<minutes>(duration).count();
  return count == 1 ? std::string("1 minute") : std::to_string(count) + " minutes";
}

std::string subject_of(const PasswordlessLetter& letter, const std::string& product) {
  const std::string aim =
      (letter.kind == PasswordlessLetter::Kind::sign_up ? "to join " : "for ") + product;
  if (letter.code.empty()) return "Your link " + aim;
  return letter.code + " is your code " + aim;
}

}  // namespace

Letter Letters::compose(const PasswordlessLetter& letter) const {
  ENSURE(!letter.code.empty() || !letter.link.empty());
  ENSURE(std::ranges::all_of(letter.code, [](char c) { return c >= '0' && c <= '9'; }));
  ENSURE(letter.link.empty() ||
         (pages::is_safe_link(letter.link) && !letter.link.starts_with("/")));
  const bool signs_up = letter.kind == PasswordlessLetter::Kind::sign_up;
  const std::string product = clean_line(letter.product_name);
  const std::string subject_text = subject_of(letter, product);
  pages::View view;
  view.text("product", product).text("subject", subject_text).text("to", letter.to.text());
  view.text("lifetime", minutes_text(letter.lifetime));
  view.text("doing", signs_up ? "creating your account" : "signing in");
  view.text("button", signs_up ? "Create account" : "Sign in");
  view.text_if_any("code", letter.code).text_if_any("link", letter.link);
  view.show(letter.code.empty() ? "link_alone" : letter.link.empty() ? "code_alone" : "both");
  const auto subject = net::HeaderText::parse(subject_text);
  const auto from_name = net::HeaderText::parse(product);
  ENSURE(subject.has_value() && from_name.has_value());
  return {.to = letter.to,
          .from_name = *from_name,
          .subject = *subject,
          .text = templates_.render("passwordless.txt", view),
          .html = templates_.render("passwordless", view),
          .purpose = "passwordless",
          .code = letter.code,
          .link = letter.link,
          .useful_until = letter.useful_until};
}

}  // namespace gatehouse::mail
