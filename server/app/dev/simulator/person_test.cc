#include "server/app/dev/simulator/person.h"

#include <doctest/doctest.h>

namespace gatehouse::app::dev {
namespace {

TypedPerson typed(std::string_view encoded) { return read_typed(Form::parse(encoded).value()); }

TEST_CASE("simulator: names that were left empty come from the address") {
  CHECK(person_of(typed("email=ADA@example.com")).display_name() == "Ada Lovelace");
  CHECK(person_of(typed("email=ada.king@example.com")).display_name() == "Ada King");
  CHECK(person_of(typed("email=ada@example.net")).display_name() == "Ada");
  CHECK(person_of(typed("email=ada@example.com&family_name=Byron")).display_name() == "Ada Byron");
}

TEST_CASE("simulator: a person chosen by a button is that person, whatever else was typed") {
  const Person person = person_of(
      typed("email=x@example.com&given_name=X&choice=grace%40example.com&groups=A%2C+B%2C%2C"));
  CHECK(person.email == "grace@example.com");
  CHECK(person.given_name == "Grace");
  CHECK(person.groups == std::vector<std::string>{"A", "B"});
}

TEST_CASE("simulator: further attributes are pairs, and anything else is told") {
  const Person person = person_of(typed("email=a@b.test&more=department%3DR%26D%3B+x%3D%3B"));
  REQUIRE(person.more.size() == 2);
  CHECK(person.more.front() == std::pair<std::string, std::string>("department", "R&D"));
  CHECK(person.more.back() == std::pair<std::string, std::string>("x", ""));
  CHECK(problem_of(typed("email=a@b.test&more=department")) == TypedProblem::more_malformed);
  CHECK(problem_of(typed("email=a@b.test&more=%3Dx")) == TypedProblem::more_malformed);
  CHECK(problem_of(typed("email=a@b.test&more=x%3D1")) == TypedProblem::none);
  CHECK(problem_of(typed("email=+")) == TypedProblem::email_missing);
  CHECK(problem_of(typed("email=ada")) == TypedProblem::email_malformed);
}

TEST_CASE("simulator: without mail there is no address left") {
  const Person person = without_mail(person_of(typed("email=ada@example.com")));
  CHECK(person.login == "ada");
  CHECK(person.email.empty());
  CHECK(person.given_name == "Ada");
}

}  // namespace
}  // namespace gatehouse::app::dev
