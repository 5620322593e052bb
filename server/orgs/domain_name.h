// DomainName: a domain that can stand behind the "@" of an address, and whether an organization can
// call it its own.

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::orgs {

class DomainName {
 public:
  // At least two labels of letters, digits and inner hyphens, at most 253 bytes, no address; kept
  // in lower case. Blanks around it are dropped. Names in other scripts come as "xn--…" [RFC 5890].
  [[nodiscard]] static std::optional<DomainName> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  // Whether mailboxes there are to be had by anybody (public mail providers, disposable addresses),
  // or domains below it (co.uk): then it tells nothing about who somebody works for.
  [[nodiscard]] bool is_open_to_anybody() const;

  friend bool operator==(const DomainName&, const DomainName&) = default;

 private:
  explicit DomainName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace gatehouse::orgs
