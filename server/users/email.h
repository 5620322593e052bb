// Email: an address we are willing to store and to write to. Only the plain dot-atom form in ASCII
// is accepted [RFC 5321 §4.1.2]: no quoted local parts, comments, source routes, percent hacks or
// encoded words. Stored and compared in lower case; mail is sent to the stored form only.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::users {

class Email {
 public:
  // Surrounding spaces are dropped. nullopt for anything that is not an acceptable address.
  [[nodiscard]] static std::optional<Email> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string_view domain() const;
  // "a•••@acme.test": enough to recognise one's own address, not to learn another's.
  [[nodiscard]] std::string masked() const;

  friend bool operator==(const Email&, const Email&) = default;

 private:
  explicit Email(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace gatehouse::users
