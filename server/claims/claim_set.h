// The claims that an environment adds to the tokens of people: names, and the expressions that they
// are made of. Rules are what is stored; a ClaimSet is what tokens are made with.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/claims/expression.h"

namespace gatehouse::claims {

inline constexpr std::size_t rules_max = 20;
inline constexpr std::size_t claim_name_bytes_max = 100;
// As JSON. A token has to fit into a header field, so there is little room for all of them.
inline constexpr std::size_t claim_value_bytes_max = 1024;
inline constexpr std::size_t claims_bytes_max = 2048;

struct Rule {
  std::string name;
  std::string expression;
  friend bool operator==(const Rule&, const Rule&) = default;
};

// Whether tokens say something of their own under that name, or a reader would take it for that.
[[nodiscard]] bool is_reserved(std::string_view name);

// What is wrong with a name: other than 1 to 100 letters, digits and "_-.:/", or reserved.
[[nodiscard]] std::optional<std::string> name_problem(std::string_view name);
// What is wrong with the rules, the first of it; nullopt if they may be stored.
[[nodiscard]] std::optional<std::string> rules_problem(const std::vector<Rule>& rules);

class ClaimSet {
 public:
  ClaimSet() = default;
  // Rules that rules_problem refuses are left out: they can only be older than the refusal.
  explicit ClaimSet(const std::vector<Rule>& rules);

  [[nodiscard]] bool empty() const { return claims_.empty(); }

  struct Outcome {
    std::string name;
    std::string json = {};     // empty: the claim is left out
    std::string problem = {};  // why, unless it simply is null
  };
  // In the order of the rules. A claim that cannot be made is left out: nobody is kept from
  // signing in by one.
  [[nodiscard]] std::vector<Outcome> evaluate(const Json& facts) const;

 private:
  struct Claim {
    std::string name;
    Expression expression;
  };
  std::vector<Claim> claims_;
};

}  // namespace gatehouse::claims
