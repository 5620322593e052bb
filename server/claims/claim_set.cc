#include "server/claims/claim_set.h"

#include <algorithm>
#include <array>

namespace gatehouse::claims {
namespace {

// What our tokens and our introspection say [RFC 7519 §4.1] [OIDC Core §2] [RFC 9068 §2.2]
// [RFC 7662 §2.2], and what would change how a token is read [RFC 7800 §3.1] [RFC 8693 §4.1].
constexpr std::array<std::string_view, 42> reserved = {"iss",        "sub",        "aud",
                                                       "exp",        "nbf",        "iat",
                                                       "jti",        "typ",        "azp",
                                                       "nonce",      "auth_time",  "acr",
                                                       "amr",        "at_hash",    "c_hash",
                                                       "s_hash",     "sid",        "oid",
                                                       "org_id",     "xoid",       "org_name",
                                                       "xuid",       "client_id",  "scope",
                                                       "scopes",     "roles",      "permissions",
                                                       "act",        "may_act",    "cnf",
                                                       "events",     "email",      "email_verified",
                                                       "name",       "given_name", "family_name",
                                                       "picture",    "locale",     "active",
                                                       "token_type", "username",   "custom_claims"};

bool may_stand_in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-.:/").find(c) != std::string_view::npos;
}

std::string about(const Rule& rule, std::string_view what) {
  return "custom claim '" + rule.name + "': " + std::string(what);
}

}  // namespace

bool is_reserved(std::string_view name) {
  return std::ranges::find(reserved, name) != reserved.end();
}

std::optional<std::string> name_problem(std::string_view name) {
  if (name.empty() || name.size() > claim_name_bytes_max ||
      !std::ranges::all_of(name, may_stand_in_name)) {
    return "the name of a claim has 1 to " + std::to_string(claim_name_bytes_max) +
           " letters, digits and _ - . : /";
  }
  if (is_reserved(name)) return "'" + std::string(name) + "' is a claim that tokens have already";
  return std::nullopt;
}

std::optional<std::string> rules_problem(const std::vector<Rule>& rules) {
  if (rules.size() > rules_max) {
    return "there are at most " + std::to_string(rules_max) + " custom claims";
  }
  for (auto rule = rules.begin(); rule != rules.end(); ++rule) {
    if (auto problem = name_problem(rule->name)) return problem;
    if (std::find_if(rules.begin(), rule,
                     [&](const Rule& other) { return other.name == rule->name; }) != rule) {
      return about(*rule, "it is there twice");
    }
    const auto expression = Expression::parse(rule->expression);
    if (!expression.ok()) return about(*rule, expression.error().text());
  }
  return std::nullopt;
}

ClaimSet::ClaimSet(const std::vector<Rule>& rules) {
  for (const Rule& rule : rules) {
    if (claims_.size() == rules_max || name_problem(rule.name).has_value()) continue;
    const bool is_there =
        std::ranges::any_of(claims_, [&](const Claim& claim) { return claim.name == rule.name; });
    auto expression = Expression::parse(rule.expression);
    if (is_there || !expression.ok()) continue;
    claims_.push_back({.name = rule.name, .expression = std::move(expression).value()});
  }
}

std::vector<ClaimSet::Outcome> ClaimSet::evaluate(const Json& facts) const {
  std::vector<Outcome> outcomes;
  std::size_t bytes_left = claims_bytes_max;
  for (const Claim& claim : claims_) {
    Outcome outcome{.name = claim.name};
    const auto value = claim.expression.evaluate(facts);
    if (!value.ok()) {
      outcome.problem = value.error().text();
    } else if (!value.value().is_null()) {
      std::string json = value.value().text();
      const std::size_t bytes = claim.name.size() + json.size();
      if (json.size() > claim_value_bytes_max || bytes > bytes_left) {
        outcome.problem = "the value is too long for a token";
      } else {
        bytes_left -= bytes;
        outcome.json = std::move(json);
      }
    }
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace gatehouse::claims
