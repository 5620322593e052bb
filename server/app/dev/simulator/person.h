// Whom a simulated identity provider sends back: chosen on its page, made up where left empty.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/encoding/form.h"

namespace gatehouse::app::dev {

struct Person {
  // What people are called at the provider; a mail address but for those without mail.
  std::string login;
  std::string email;  // empty: the provider knows none
  std::string given_name;
  std::string family_name;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::string>> more;  // further attributes, by name

  [[nodiscard]] std::string display_name() const;
};

// The same person, whose account at the provider has no mail address.
[[nodiscard]] Person without_mail(Person person);

// People everybody knows, at example.com and example.org.
struct KnownPerson {
  std::string_view email;
  std::string_view given_name;
  std::string_view family_name;
};
[[nodiscard]] std::span<const KnownPerson> known_people();

// What was typed on the page; it is shown again if something is wrong with it.
struct TypedPerson {
  std::string email;
  std::string given_name;   // empty: that of the address
  std::string family_name;  // likewise
  std::string groups;       // separated by commas
  std::string more;         // "department=Research; title=…"
};
// The fields email, given_name, family_name, groups and more; `choice`, which a button of one
// person sends, goes before all but `groups` and `more`.
[[nodiscard]] TypedPerson read_typed(const Form& form);
enum class TypedProblem { none, email_missing, email_malformed, more_malformed };
[[nodiscard]] TypedProblem problem_of(const TypedPerson& typed);
// Of what has no problem.
[[nodiscard]] Person person_of(const TypedPerson& typed);

}  // namespace gatehouse::app::dev
