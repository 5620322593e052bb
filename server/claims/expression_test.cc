// What expressions mean, and what is refused with the place at which it is wrong.

#include "server/claims/expression.h"

#include <doctest/doctest.h>

#include "server/claims/facts.h"

namespace gatehouse::claims {
namespace {

const char* const ada = R"({
  "user": {"id": "usr_1", "email": "ada@acme.test", "name": "Ada Lovelace", "external_id": null,
           "email_verified": true, "groups": ["staff", "board"],
           "metadata": {"plan": "pro", "seat count": "12", "note": "  x  "}},
  "organization": {"id": "org_1", "name": "Acme", "external_id": "A-7", "slug": null,
                   "metadata": {"region": "EU"}},
  "membership": {"roles": ["admin", "billing_read", "billing_write"], "permissions": [],
                 "metadata": {}}})";
const char* const nobody_in_particular =
    R"({"user": {"id": "usr_1", "email": "a@b.test"}, "organization": null, "membership": null})";

std::string value(std::string_view expression, const char* facts = ada) {
  const auto parsed = Expression::parse(expression);
  if (!parsed.ok()) return "refused, " + parsed.error().text();
  const auto result = parsed.value().evaluate(Json::parse(facts).value());
  return result.ok() ? result.value().text() : "failed, " + result.error().text();
}

TEST_CASE("paths lead to members and items, and to null where there is none") {
  CHECK(value("user.email") == R"("ada@acme.test")");
  CHECK(value("user.metadata.plan") == R"("pro")");
  CHECK(value(R"(user.metadata["seat count"])") == R"("12")");
  CHECK(value("user.metadata.unheard_of") == "null");
  CHECK(value("user.external_id") == "null");
  CHECK(value("membership.roles[0]") == R"("admin")");
  CHECK(value("membership.roles[-1]") == R"("billing_write")");
  CHECK(value("membership.roles[3]") == "null");
  CHECK(value("membership.roles[-4]") == "null");
  CHECK(value("organization.metadata") == R"({"region":"EU"})");
  CHECK(value("membership.roles") == R"(["admin","billing_read","billing_write"])");
}

TEST_CASE("a careful path gives null where a plain one fails, and ?? fills in") {
  CHECK(value("organization?.name", nobody_in_particular) == "null");
  CHECK(value("organization.name", nobody_in_particular) ==
        "failed, character 13: what stands before this is null: write ?. instead");
  CHECK(value(R"(organization?.name ?? "none")", nobody_in_particular) == R"("none")");
  CHECK(value(R"(organization?.metadata?.region ?? "none")", nobody_in_particular) == R"("none")");
  // What is careless stays so, whatever comes after.
  CHECK(value(R"(organization.name ?? "none")", nobody_in_particular).starts_with("failed"));
  CHECK(value(R"(organization?.name ?? "none")") == R"("Acme")");
  CHECK(value(R"(user.metadata.a ?? user.metadata.b ?? user.metadata.plan)") == R"("pro")");
  CHECK(value(R"(membership?.roles?.[0] ?? "guest")", nobody_in_particular) == R"("guest")");
  CHECK(value("user.metadata.unheard_of.more").starts_with("failed, character 25"));
}

TEST_CASE("literals are texts, integers, true, false and null") {
  CHECK(value(R"("say \"hi\"\n")") == R"("say \"hi\"\n")");
  CHECK(value("'it\\'s'") == R"("it's")");
  CHECK(value("42") == "42");
  CHECK(value("-7") == "-7");
  CHECK(value("true") == "true");
  CHECK(value("null ?? false") == "false");
  CHECK(value("\"Grüße\"") == "\"Grüße\"");
}

TEST_CASE("functions work on texts and lists, and give null for null") {
  CHECK(value(R"(split(user.email, "@"))") == R"(["ada","acme.test"])");
  CHECK(value(R"(split(user.email, "@")[1])") == R"("acme.test")");
  CHECK(value(R"(split("abc", "x"))") == R"(["abc"])");
  CHECK(value(R"(split(",", ","))") == R"(["",""])");
  CHECK(value("trim(user.metadata.note)") == R"("x")");
  CHECK(value(R"(trim("  "))") == R"("")");
  CHECK(value("len(membership.roles)") == "3");
  CHECK(value("len(\"Grüße\")") == "5");
  CHECK(value("len(user.metadata)") == "3");
  CHECK(value(R"(filter(membership.roles, # startsWith "billing"))") ==
        R"(["billing_read","billing_write"])");
  CHECK(value(R"(len(filter(membership.roles, # == "admin")) > 0)") == "true");
  CHECK(value(R"(filter(filter(membership.roles, # != "admin"), # endsWith "read"))") ==
        R"(["billing_read"])");
  // The inner # is the inner filter's.
  CHECK(value(R"(filter(membership.roles, len(filter(user.groups, # == "board")) == len(#)))") ==
        "[]");
  CHECK(value("trim(user.external_id)") == "null");
  CHECK(value(R"(split(user.external_id, "-") ?? "no")") == R"("no")");
}

TEST_CASE("conditions compare what can be compared") {
  CHECK(value("user.email_verified && !false") == "true");
  CHECK(value(R"("admin" in membership.roles)") == "true");
  CHECK(value(R"("root" in membership.roles)") == "false");
  CHECK(value(R"("plan" in user.metadata)") == "true");
  CHECK(value(R"(user.email contains "acme")") == "true");
  CHECK(value("1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3") == "true");
  CHECK(value(R"("a" < "b")") == "true");
  CHECK(value("user.external_id == null") == "true");
  CHECK(value("1 == \"1\"") == "false");
  CHECK(value("false || true && false") == "false");
  CHECK(value(R"(user.metadata.x ?? "a" == "a")") == "true");  // ?? binds more strongly
  // What is not asked cannot fail.
  CHECK(value("true || len(1) > 0") == "true");
}

TEST_CASE("what does not fit fails at its place") {
  CHECK(value("len(1)") ==
        "failed, character 1: this needs a text, a list or an object, and has a number");
  CHECK(value("trim(membership.roles)").starts_with("failed, character 1: this needs a text"));
  CHECK(value(R"(split("a", ""))").starts_with("failed, character 1: the separator"));
  CHECK(value(R"(1 < "a")").starts_with("failed, character 3: this needs texts"));
  CHECK(value("1 contains 2").starts_with("failed, character 3"));
  CHECK(value("!user.email").starts_with("failed, character 1: this needs true or false"));
  CHECK(value(R"(1 in "text")").starts_with("failed, character 3"));
  CHECK(value("user.email.domain").starts_with("failed, character 11: this needs an object"));
  CHECK(value("user.email[0]").starts_with("failed, character 11"));
  CHECK(value("filter(membership.roles, #)").starts_with("failed, character 1"));
}

TEST_CASE("what is no expression is refused at the place where it goes wrong") {
  CHECK(value("") == "refused, character 1: the expression is empty");
  CHECK(value("user.emial").starts_with("refused, character 6: user has no 'emial'; it has id, "));
  CHECK(value("person.email").starts_with("refused, character 1: there is no 'person'"));
  CHECK(value("user.") == "refused, character 6: the name of a member is missing");
  CHECK(value("user..email") == "refused, character 6: the name of a member is missing");
  CHECK(value("user.email ??") == "refused, character 14: the expression is not complete");
  CHECK(value("user.email user.name") == "refused, character 12: 'user' cannot stand here");
  CHECK(value("\"never ends") == "refused, character 1: this text does not end");
  CHECK(value("\"never ends\\") == "refused, character 12: there is no such escape");
  CHECK(value(R"("\x41")") == "refused, character 2: there is no such escape");
  CHECK(value("user.email @") == "refused, character 12: this character means nothing here");
  CHECK(value("split(user.email)") == "refused, character 17: ',' is missing");
  CHECK(value("trim(user.email, 1)") == "refused, character 16: ')' is missing");
  CHECK(value("trim") == "refused, character 5: '(' is missing");
  CHECK(value("#") == "refused, character 1: # stands only in the condition of filter");
  CHECK(value("filter(#, true)").starts_with("refused, character 8"));
  CHECK(value("1 < 2 < 3") == "refused, character 7: '<' cannot stand here");
  CHECK(value("(user.email") == "refused, character 12: ')' is missing");
  CHECK(value("99999999999999999999") == "refused, character 1: this number is too large");
  CHECK(value("\xff") == "refused, character 1: an expression is plain text in UTF-8");
  CHECK(value(std::string_view("\"\0\"", 3)).starts_with("refused"));
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST_CASE("length, depth, parts and steps have limits, and reaching them is allowed") {
  CHECK(value(repeated("(", 15) + "1" + repeated(")", 15)) == "1");
  CHECK(value(repeated("(", 16) + "1" + repeated(")", 16)) ==
        "refused, character 17: the expression is nested too deeply");
  CHECK(value(repeated("!", 17) + "true").ends_with("nested too deeply"));
  CHECK(value("user.metadata" + repeated("?.a", 15)) == "null");
  CHECK(value("user.metadata" + repeated("?.a", 16)).ends_with("the path is too long"));
  CHECK(value("1" + repeated("??1", 99)) == "1");
  CHECK(value("1" + repeated("??1", 100)).ends_with("the expression has too many parts"));
  CHECK(value("1" + std::string(999, ' ')) == "1");
  CHECK(value("1" + std::string(1000, ' ')).ends_with("an expression has at most 1000 bytes"));

  std::string list = R"({"user": {"groups": [")" + repeated("a\",\"", 99) + R"(a"]}})";
  const std::string inner = "len(filter(user.groups, true)) > 0";
  CHECK(value("len(filter(user.groups, true))", list.c_str()) == "100");
  CHECK(value("filter(user.groups, " + inner + ")", list.c_str()).ends_with("too many steps"));
  list = R"({"user": {"name": ")" + repeated(",", 5000) + R"("}})";
  CHECK(value(R"(split(user.name, ","))", list.c_str()).ends_with("this takes too many steps"));
}

}  // namespace
}  // namespace gatehouse::claims
