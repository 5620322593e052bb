// The attributes of an assertion [SAML Core §2.7.3], by name and with all their values.

#pragma once

#include "server/sso/saml/assertion_proof.h"

namespace gatehouse::sso::saml {

struct Attribute {
  std::string name;
  std::string friendly_name;  // empty: none
  std::vector<std::string> values;
};

class Attributes {
 public:
  // Of several attributes of one name the values are one list. A value is its text, that of the
  // NameID inside it where it holds one; empty values are left out, and so are encrypted
  // attributes.
  explicit Attributes(const ProvenAssertion& assertion);

  // By its name, else by its name in any case, else by its friendly name in any case; null if there
  // is none with a value.
  [[nodiscard]] const Attribute* find(std::string_view name) const;
  // The first of those that is there.
  [[nodiscard]] const Attribute* find(std::span<const std::string_view> names) const;

  // {"name": "value", "other": ["one", "two"]}; what is beyond the limit on its length is left out.
  [[nodiscard]] std::string json() const;
  [[nodiscard]] std::size_t size() const { return attributes_.size(); }

 private:
  void add(const xml::Element& element);
  std::vector<Attribute> attributes_;
};

// In ASCII.
[[nodiscard]] bool equal_in_any_case(std::string_view a, std::string_view b);
[[nodiscard]] std::string lower_case(std::string_view text);

}  // namespace gatehouse::sso::saml
