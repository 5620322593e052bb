#include "server/app/dev/simulator/person.h"

#include <algorithm>
#include <array>

#include "server/core/limits.h"
#include "server/http/headers.h"
#include "server/users/email.h"

namespace gatehouse::app::dev {
namespace {

constexpr std::array<KnownPerson, 4> people = {{{"ada@example.com", "Ada", "Lovelace"},
                                                {"grace@example.com", "Grace", "Hopper"},
                                                {"alan@example.org", "Alan", "Turing"},
                                                {"katherine@example.org", "Katherine", "Johnson"}}};

constexpr std::size_t attributes_max = 20;

std::string capitalized(std::string_view word) {
  std::string out(word);
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z') out.front() -= 'a' - 'A';
  return out;
}

std::vector<std::string> parts(std::string_view text, std::string_view separators) {
  std::vector<std::string> all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    const std::string_view part = http::trim_blanks(text.substr(0, end));
    if (!part.empty()) all.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return out;
}

std::string given(const Form& form, std::string_view name, std::size_t bytes_max) {
  const std::string_view text = http::trim_blanks(form.get(name).value_or(std::string_view()));
  return std::string(text.substr(0, bytes_max));
}

struct Names {
  std::string given_name;
  std::string family_name;
};

// "grace.hopper@example.com" is Grace Hopper.
Names names_in(std::string_view email) {
  const auto words = parts(email.substr(0, email.find('@')), "._-+");
  Names names;
  if (!words.empty()) names.given_name = capitalized(words.front());
  if (words.size() > 1) names.family_name = capitalized(words.back());
  return names;
}

Names names_of(const TypedPerson& typed) {
  const std::string email = lower(typed.email);
  const auto known =
      std::ranges::find_if(people, [&](const KnownPerson& it) { return it.email == email; });
  Names names = known != people.end()
                    ? Names{std::string(known->given_name), std::string(known->family_name)}
                    : names_in(email);
  if (!typed.given_name.empty()) names.given_name = typed.given_name;
  if (!typed.family_name.empty()) names.family_name = typed.family_name;
  return names;
}

}  // namespace

std::string Person::display_name() const {
  if (family_name.empty()) return given_name;
  return given_name.empty() ? family_name : given_name + " " + family_name;
}

Person without_mail(Person person) {
  person.login = person.login.substr(0, person.login.find('@'));
  person.email.clear();
  return person;
}

std::span<const KnownPerson> known_people() { return people; }

TypedPerson read_typed(const Form& form) {
  TypedPerson typed;
  typed.groups = given(form, "groups", limits::display_name_bytes_max * 5);
  typed.more = given(form, "more", limits::display_name_bytes_max * 10);
  typed.email = given(form, "choice", limits::email_bytes_max);
  if (!typed.email.empty()) return typed;
  typed.email = given(form, "email", limits::email_bytes_max);
  typed.given_name = given(form, "given_name", limits::display_name_bytes_max);
  typed.family_name = given(form, "family_name", limits::display_name_bytes_max);
  return typed;
}

TypedProblem problem_of(const TypedPerson& typed) {
  if (typed.email.empty()) return TypedProblem::email_missing;
  if (!users::Email::parse(typed.email).has_value()) return TypedProblem::email_malformed;
  const auto pairs = parts(typed.more, ";\n\r");
  const bool are_pairs = std::ranges::all_of(pairs, [](const std::string& pair) {
    const std::size_t at = pair.find('=');
    return at != std::string::npos && at > 0;
  });
  if (!are_pairs || pairs.size() > attributes_max) return TypedProblem::more_malformed;
  return TypedProblem::none;
}

Person person_of(const TypedPerson& typed) {
  Names names = names_of(typed);
  Person person{.login = typed.email,
                .email = typed.email,
                .given_name = std::move(names.given_name),
                .family_name = std::move(names.family_name),
                .groups = parts(typed.groups, ",;"),
                .more = {}};
  for (const std::string& pair : parts(typed.more, ";\n\r")) {
    const std::size_t at = pair.find('=');
    if (at == std::string::npos) continue;
    person.more.emplace_back(http::trim_blanks(std::string_view(pair).substr(0, at)),
                             http::trim_blanks(std::string_view(pair).substr(at + 1)));
  }
  return person;
}

}  // namespace gatehouse::app::dev
