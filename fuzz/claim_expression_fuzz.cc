// Expressions of custom claims. The input is one expression; the facts are fixed.

// fuzz-modules: claims

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/claims/claim_set.h"

namespace gatehouse::claims {
namespace {

Json facts() {
  auto parsed = Json::parse(
      R"({"user": {"id": "usr_1", "email": "ada@acme.test", "email_verified": true,
                   "name": "Ada, Countess", "external_id": null, "groups": ["a", "b", "c"],
                   "metadata": {"plan": "pro", "many": "a,b,c,d,e,f,g,h,i,j,k,l,m"}},
          "organization": null,
          "membership": {"roles": ["admin", "member"], "permissions": [], "metadata": {}}})");
  ENSURE(parsed.ok());
  return std::move(parsed).value();
}

void check(std::string_view input) {
  const auto expression = Expression::parse(input);
  ENSURE(Expression::parse(input).ok() == expression.ok());
  ENSURE(rules_problem({{.name = "claim", .expression = std::string(input)}}).has_value() ==
         !expression.ok());
  if (!expression.ok()) {
    ENSURE(expression.error().position <= input.size());
    ENSURE(!expression.error().message.empty());
    return;
  }
  ENSURE(input.size() <= expression_bytes_max);
  const Json known = facts();
  const auto value = expression.value().evaluate(known);
  const auto again = expression.value().evaluate(known);
  ENSURE(value.ok() == again.ok());
  if (value.ok()) {
    ENSURE(value.value() == again.value());
    ENSURE(Json::parse(value.value().text()).ok());
  } else {
    ENSURE(value.error().position <= input.size());
  }
  // Nothing is known of somebody unknown, and that is no reason to fall over.
  (void)expression.value().evaluate(Json()).ok();

  for (const auto& outcome :
       ClaimSet(std::vector<Rule>{{.name = "claim", .expression = std::string(input)}})
           .evaluate(known)) {
    ENSURE(outcome.json.size() <= claim_value_bytes_max);
    ENSURE(outcome.json.empty() || outcome.problem.empty());
  }
}

}  // namespace
}  // namespace gatehouse::claims

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gatehouse::claims::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
