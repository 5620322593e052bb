// From tokens to operations, by recursive descent.

#include <array>
#include <charconv>

#include "server/claims/facts.h"
#include "server/claims/token.h"

namespace gatehouse::claims {
namespace {

using Operation = Expression::Operation;
using Node = Expression::Node;

struct Named {
  std::string_view name;
  Operation operation;
};
constexpr std::array comparisons{
    Named{"==", Operation::equal},
    Named{"!=", Operation::unequal},
    Named{"<", Operation::less},
    Named{"<=", Operation::less_equal},
    Named{">", Operation::greater},
    Named{">=", Operation::greater_equal},
    Named{"in", Operation::within},
    Named{"contains", Operation::contains},
    Named{"startsWith", Operation::starts_with},
    Named{"endsWith", Operation::ends_with},
};
struct Function {
  std::string_view name;
  Operation operation;
  std::size_t arguments;
};
constexpr std::array functions{
    Function{"split", Operation::split, 2},
    Function{"trim", Operation::trim, 1},
    Function{"len", Operation::length, 1},
    Function{"filter", Operation::filter, 2},
};

template <class Table>
const typename Table::value_type* named(const Table& table, std::string_view name) {
  for (const auto& row : table) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

class Parser {
 public:
  using Place = Result<std::size_t, Problem>;  // of the node that was made

  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<std::vector<Node>, Problem> whole() {
    if (here().kind == Token::Kind::end) return Problem{0, "the expression is empty"};
    TRY(either());
    if (here().kind != Token::Kind::end) return unexpected();
    return std::move(nodes_);
  }

 private:
  [[nodiscard]] const Token& here() const { return tokens_[at_]; }
  [[nodiscard]] bool is(std::string_view symbol) const {
    return here().kind == Token::Kind::symbol && here().text == symbol;
  }
  bool take(std::string_view symbol) {
    if (!is(symbol)) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] Problem unexpected() const {
    if (here().kind == Token::Kind::end) return {here().position, "the expression is not complete"};
    if (here().kind == Token::Kind::text) return {here().position, "a text cannot stand here"};
    return {here().position, "'" + here().text + "' cannot stand here"};
  }
  Result<Unit, Problem> demand(std::string_view symbol) {
    if (take(symbol)) return Unit{};
    return Problem{here().position, "'" + std::string(symbol) + "' is missing"};
  }

  Place add(Node node) {
    if (nodes_.size() == expression_nodes_max) {
      return Problem{node.position, "the expression has too many parts"};
    }
    nodes_.push_back(std::move(node));
    return nodes_.size() - 1;
  }
  Place binary(Operation operation, std::size_t position, std::vector<std::size_t> operands) {
    return add({.operation = operation, .position = position, .operands = std::move(operands)});
  }

  // Counts how deep the operations stand inside each other; every way down passes here.
  Place either() {
    if (depth_ == expression_depth_max) {
      return Problem{here().position, "the expression is nested too deeply"};
    }
    ++depth_;
    std::size_t left = TRY(both());
    while (is("||")) {
      const std::size_t position = here().position;
      ++at_;
      const std::size_t right = TRY(both());
      left = TRY(binary(Operation::either, position, {left, right}));
    }
    --depth_;
    return left;
  }

  Place both() {
    std::size_t left = TRY(comparison());
    while (is("&&")) {
      const std::size_t position = here().position;
      ++at_;
      const std::size_t right = TRY(comparison());
      left = TRY(binary(Operation::both, position, {left, right}));
    }
    return left;
  }

  // One at most: `a < b < c` says nothing.
  Place comparison() {
    const std::size_t left = TRY(coalesce());
    const bool can_be = here().kind == Token::Kind::symbol || here().kind == Token::Kind::name;
    const Named* operation = can_be ? named(comparisons, here().text) : nullptr;
    if (operation == nullptr) return left;
    const std::size_t position = here().position;
    ++at_;
    const std::size_t right = TRY(coalesce());
    return binary(operation->operation, position, {left, right});
  }

  Place coalesce() {
    std::size_t left = TRY(negation());
    while (is("??")) {
      const std::size_t position = here().position;
      ++at_;
      const std::size_t right = TRY(negation());
      left = TRY(binary(Operation::coalesce, position, {left, right}));
    }
    return left;
  }

  Place negation() {
    std::vector<std::size_t> positions;
    while (is("!")) {
      positions.push_back(here().position);
      ++at_;
      if (positions.size() > static_cast<std::size_t>(expression_depth_max)) {
        return Problem{positions.back(), "the expression is nested too deeply"};
      }
    }
    std::size_t node = TRY(path());
    while (!positions.empty()) {
      node = TRY(add(
          {.operation = Operation::negation, .position = positions.back(), .operands = {node}}));
      positions.pop_back();
    }
    return node;
  }

  Place path() {
    std::size_t node = TRY(primary());
    // An operation of the path is an operation around what stands before it.
    for (int steps = 0;; ++steps) {
      if (!is(".") && !is("?.") && !is("[")) return node;
      if (steps == expression_depth_max) {
        return Problem{here().position, "the path is too long"};
      }
      const std::size_t position = here().position;
      const bool is_safe = take("?.");
      if (take("[")) {
        node = TRY(item(is_safe ? Operation::safe_item : Operation::item, position, node));
      } else {
        if (!is_safe) TRY(demand("."));
        node = TRY(member(is_safe ? Operation::safe_member : Operation::member, position, node));
      }
    }
  }

  Place item(Operation operation, std::size_t position, std::size_t of) {
    const std::size_t at = TRY(either());
    TRY(demand("]"));
    return binary(operation, position, {of, at});
  }

  Place member(Operation operation, std::size_t position, std::size_t of) {
    if (here().kind != Token::Kind::name) {
      return Problem{here().position, "the name of a member is missing"};
    }
    const Token name = here();
    const Node& owner = nodes_[of];
    if (owner.operation == Operation::root && !has_attribute(owner.name, name.text)) {
      return Problem{name.position, owner.name + " has no '" + name.text + "'; it has " +
                                        attributes_text(owner.name)};
    }
    ++at_;
    return add({.operation = operation, .position = position, .name = name.text, .operands = {of}});
  }

  Place primary() {
    const Token token = here();
    if (take("(")) {
      const std::size_t inner = TRY(either());
      TRY(demand(")"));
      return inner;
    }
    if (is("#")) return element();
    if (is("-")) return integer();
    switch (token.kind) {
      case Token::Kind::text: return literal(Json(token.text));
      case Token::Kind::integer: return integer();
      case Token::Kind::name: return name();
      default: return unexpected();
    }
  }

  Place literal(Json value) {
    const std::size_t position = here().position;
    ++at_;
    return add(
        {.operation = Operation::literal, .position = position, .literal = std::move(value)});
  }

  Place integer() {
    const std::size_t position = here().position;
    const std::string sign = take("-") ? "-" : "";
    if (here().kind != Token::Kind::integer) return unexpected();
    const std::string digits = sign + here().text;
    std::int64_t value = 0;
    const char* end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, value).ec != std::errc{}) {
      return Problem{position, "this number is too large"};
    }
    return literal(Json(value));
  }

  Place element() {
    if (filters_ == 0) return Problem{here().position, "# stands only in the condition of filter"};
    const std::size_t position = here().position;
    ++at_;
    return add({.operation = Operation::element, .position = position});
  }

  Place name() {
    const Token token = here();
    if (token.text == "true") return literal(Json(true));
    if (token.text == "false") return literal(Json(false));
    if (token.text == "null") return literal(Json());
    if (const Function* function = named(functions, token.text)) return call(*function);
    if (!is_root(token.text)) {
      return Problem{token.position,
                     "there is no '" + token.text +
                         "': an expression begins at user, organization or membership, and the "
                         "functions are split, trim, len and filter"};
    }
    ++at_;
    return add({.operation = Operation::root, .position = token.position, .name = token.text});
  }

  Place call(const Function& function) {
    const std::size_t position = here().position;
    ++at_;
    TRY(demand("("));
    Node node{.operation = function.operation, .position = position};
    for (std::size_t i = 0; i < function.arguments; ++i) {
      if (i > 0) TRY(demand(","));
      const bool is_condition = function.operation == Operation::filter && i == 1;
      if (is_condition) ++filters_;
      const std::size_t argument = TRY(either());
      node.operands.push_back(argument);
      if (is_condition) --filters_;
    }
    TRY(demand(")"));
    return add(std::move(node));
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::vector<Node> nodes_;
  int depth_ = 0;
  int filters_ = 0;  // conditions that this place is inside of
};

}  // namespace

Result<Expression, Problem> Expression::parse(std::string_view text) {
  auto tokens = TRY(tokens_of(text));
  Parser parser(std::move(tokens));
  return Expression(TRY(parser.whole()));
}

}  // namespace gatehouse::claims
