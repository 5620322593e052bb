#include "server/mail/mailbox.h"

#include <algorithm>

namespace gatehouse::mail {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_address(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

Result<Unit, net::SmtpFailure> Mailbox::deliver(MailId id, const Letter& letter, Instant now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(letters_, [&](const DeliveredLetter& kept) { return kept.id == id; });
  letters_.push_front({.id = id,
                       .to = letter.to.text(),
                       .subject = letter.subject.text(),
                       .text = letter.text,
                       .html = letter.html,
                       .code = letter.code,
                       .link = letter.link,
                       .at = now});
  if (letters_.size() > letters_max) letters_.pop_back();
  return Unit{};
}

std::vector<DeliveredLetter> Mailbox::letters(std::string_view to) const {
  const std::lock_guard lock(mutex_);
  std::vector<DeliveredLetter> found;
  std::copy_if(
      letters_.begin(), letters_.end(), std::back_inserter(found),
      [&](const DeliveredLetter& letter) { return to.empty() || same_address(letter.to, to); });
  return found;
}

std::optional<DeliveredLetter> Mailbox::find(MailId id) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(letters_.begin(), letters_.end(),
                                  [&](const DeliveredLetter& letter) { return letter.id == id; });
  if (found == letters_.end()) return std::nullopt;
  return *found;
}

}  // namespace gatehouse::mail
