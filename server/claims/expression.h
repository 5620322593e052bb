// Expressions: how an environment says what a claim of its tokens is made of.
//
//   user.email                          organization?.metadata.plan ?? "free"
//   split(user.email, "@")[1]           filter(membership.roles, # startsWith "billing")
//
// They begin at `user`, `organization` or `membership`. From the strongest to the weakest:
//   a.b  a["b"]  a[0]  a[-1]     a member, an item; null if there is none. An error if `a` is null:
//   a?.b  a?.[0]                 the same, but null then
//   !a
//   a ?? b                       b where a is null
//   == != < <= > >= in contains startsWith endsWith
//   a && b
//   a || b
// split(text, separator), trim(text), len(text, list or object) and filter(list, condition), where
// # is the item, give null for null. Literals are "text", 'text', 42, true, false and null.
//
// Parsing and evaluating are total: both have limits, neither recurses deeper than they allow,
// nothing is changed and nothing but the given facts is read.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/core/result.h"
#include "server/encoding/json.h"

namespace gatehouse::claims {

inline constexpr std::size_t expression_bytes_max = 1000;
inline constexpr int expression_depth_max = 16;  // operations inside each other
inline constexpr std::size_t expression_nodes_max = 200;
inline constexpr int evaluation_steps_max = 5000;

// What is wrong, in plain words, and the byte of the expression at which it shows, from zero.
struct Problem {
  std::size_t position;
  std::string message;

  [[nodiscard]] std::string text() const;  // "character 12: …", counted from one
};

class Expression {
 public:
  static Result<Expression, Problem> parse(std::string_view text);

  // Of facts {"user": {…}, "organization": {…} or null, "membership": {…} or null}; see facts.h.
  [[nodiscard]] Result<Json, Problem> evaluate(const Json& facts) const;

  // One operation; its operands stand before it in `nodes`.
  enum class Operation {
    literal,
    root,     // name: "user", …
    element,  // #
    member,   // of operand 0, under name
    item,     // of operand 0, at operand 1
    safe_member,
    safe_item,
    negation,
    coalesce,
    both,
    either,
    equal,
    unequal,
    less,
    less_equal,
    greater,
    greater_equal,
    within,
    contains,
    starts_with,
    ends_with,
    split,
    trim,
    length,
    filter,
  };
  struct Node {
    Operation operation;
    std::size_t position;
    std::string name = {};
    Json literal = {};
    std::vector<std::size_t> operands = {};
  };

 private:
  explicit Expression(std::vector<Node> nodes) : nodes_(std::move(nodes)) {}
  std::vector<Node> nodes_;  // the last one is the whole
};

}  // namespace gatehouse::claims
