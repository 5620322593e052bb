// From operations and facts to a value.

#include <optional>

#include "server/claims/expression.h"

namespace gatehouse::claims {
namespace {

using Operation = Expression::Operation;
using Node = Expression::Node;

// A value that was made here, or a part of the facts: those are not copied before the end.
class Value {
 public:
  static Value made(Json json) {
    Value value;
    value.made_ = std::move(json);
    return value;
  }
  static Value part_of(const Json& json) {
    Value value;
    value.part_ = &json;
    return value;
  }
  [[nodiscard]] const Json& json() const { return made_.has_value() ? *made_ : *part_; }
  // `part` is inside this value: it must not outlive what was made.
  [[nodiscard]] Value with_part(const Json& part) const {
    return made_.has_value() ? made(part) : part_of(part);
  }

 private:
  std::optional<Json> made_;
  const Json* part_ = nullptr;
};

std::string_view type_of(const Json& json) {
  if (json.is_null()) return "null";
  if (json.boolean().has_value()) return "true or false";
  if (json.number().has_value()) return "a number";
  if (json.string().has_value()) return "a text";
  return json.array() != nullptr ? "a list" : "an object";
}

Problem wrong(const Node& node, std::string_view wanted, const Json& found) {
  return {node.position,
          "this needs " + std::string(wanted) + ", and has " + std::string(type_of(found))};
}

Json trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t start = text.find_first_not_of(blanks);
  if (start == std::string_view::npos) return Json(std::string());
  return Json(std::string(text.substr(start, text.find_last_not_of(blanks) - start + 1)));
}

class Evaluation {
 public:
  using Outcome = Result<Value, Problem>;

  Evaluation(const std::vector<Node>& nodes, const Json& facts) : nodes_(nodes), facts_(facts) {}

  Outcome of(std::size_t place) {
    const Node& node = nodes_[place];
    TRY(charge(node, 1));
    switch (node.operation) {
      case Operation::literal: return Value::part_of(node.literal);
      case Operation::root: return at_root(node);
      case Operation::element: return Value::part_of(*element_);
      case Operation::member:
      case Operation::safe_member: return member(node);
      case Operation::item:
      case Operation::safe_item: return item(node);
      case Operation::coalesce: return coalesce(node);
      case Operation::negation:
      case Operation::both:
      case Operation::either: return logic(node);
      case Operation::split:
      case Operation::trim:
      case Operation::length:
      case Operation::filter: return call(node);
      default: return compare(node);
    }
  }

 private:
  // A template, so that nothing else turns into a truth.
  template <std::same_as<bool> Boolean>
  static Value truth(Boolean is_so) {
    return Value::made(Json(is_so));
  }

  Result<Unit, Problem> charge(const Node& node, std::size_t steps) {
    if (steps > static_cast<std::size_t>(steps_left_)) {
      return Problem{node.position, "this takes too many steps"};
    }
    steps_left_ -= static_cast<int>(steps);
    return Unit{};
  }

  Value at_root(const Node& node) const {
    const Json* found = facts_.find(node.name);
    return found == nullptr ? Value::made(Json()) : Value::part_of(*found);
  }

  Result<bool, Problem> boolean(const Node& node, std::size_t operand) {
    const Value value = TRY(of(node.operands[operand]));
    const auto held = value.json().boolean();
    if (!held.has_value()) return wrong(node, "true or false", value.json());
    return *held;
  }

  // The second operand is asked only where the first leaves it open.
  Outcome logic(const Node& node) {
    const bool first = TRY(boolean(node, 0));
    if (node.operation == Operation::negation) return truth(!first);
    if (first == (node.operation == Operation::either)) return truth(first);
    const bool second = TRY(boolean(node, 1));
    return truth(second);
  }

  Outcome coalesce(const Node& node) {
    Value first = TRY(of(node.operands[0]));
    if (!first.json().is_null()) return first;
    return of(node.operands[1]);
  }

  Outcome member(const Node& node) {
    const Value owner = TRY(of(node.operands[0]));
    const Json& json = owner.json();
    if (json.is_null()) return nothing(node);
    if (json.object() == nullptr) return wrong(node, "an object", json);
    const Json* found = json.find(node.name);
    return found == nullptr ? Value::made(Json()) : owner.with_part(*found);
  }

  // Inside null there is null for who asked carefully.
  static Outcome nothing(const Node& node) {
    const bool is_safe =
        node.operation == Operation::safe_member || node.operation == Operation::safe_item;
    if (is_safe) return Value::made(Json());
    return Problem{node.position, "what stands before this is null: write ?. instead"};
  }

  Outcome item(const Node& node) {
    const Value owner = TRY(of(node.operands[0]));
    const Value at = TRY(of(node.operands[1]));
    const Json& json = owner.json();
    if (json.is_null()) return nothing(node);
    if (const auto key = at.json().string(); key.has_value() && json.object() != nullptr) {
      const Json* found = json.find(*key);
      return found == nullptr ? Value::made(Json()) : owner.with_part(*found);
    }
    const auto index = at.json().integer();
    if (json.array() == nullptr || !index.has_value()) {
      return wrong(node, "a list and a number, or an object and a text", json);
    }
    const auto size = static_cast<std::int64_t>(json.array()->size());
    const std::int64_t place = *index < 0 && *index >= -size ? *index + size : *index;
    if (place < 0 || place >= size) return Value::made(Json());
    return owner.with_part((*json.array())[static_cast<std::size_t>(place)]);
  }

  Outcome compare(const Node& node) {
    const Value left = TRY(of(node.operands[0]));
    const Value right = TRY(of(node.operands[1]));
    const Json& a = left.json();
    const Json& b = right.json();
    if (node.operation == Operation::equal) return truth(a == b);
    if (node.operation == Operation::unequal) return truth(!(a == b));
    if (node.operation == Operation::within) return within(node, a, b);
    if (const auto x = a.integer(), y = b.integer(); x.has_value() && y.has_value()) {
      return ordered(node, *x, *y);
    }
    const auto x = a.string();
    const auto y = b.string();
    if (!x.has_value()) return wrong(node, "texts", a);
    if (!y.has_value()) return wrong(node, "texts", b);
    switch (node.operation) {
      case Operation::contains: return truth(x->find(*y) != std::string_view::npos);
      case Operation::starts_with: return truth(x->starts_with(*y));
      case Operation::ends_with: return truth(x->ends_with(*y));
      default: return ordered(node, *x, *y);
    }
  }

  template <class Comparable>
  static Outcome ordered(const Node& node, const Comparable& a, const Comparable& b) {
    switch (node.operation) {
      case Operation::less: return truth(a < b);
      case Operation::less_equal: return truth(a <= b);
      case Operation::greater: return truth(a > b);
      case Operation::greater_equal: return truth(a >= b);
      default: return Problem{node.position, "this needs texts, and has numbers"};
    }
  }

  Outcome within(const Node& node, const Json& item, const Json& all) {
    if (const Json::Array* list = all.array()) {
      TRY(charge(node, list->size()));
      for (const Json& each : *list) {
        if (each == item) return truth(true);
      }
      return truth(false);
    }
    const auto key = item.string();
    if (all.object() == nullptr || !key.has_value()) {
      return wrong(node, "a list, or a text and an object", all);
    }
    return truth(all.find(*key) != nullptr);
  }

  // Functions of null are null.
  Outcome call(const Node& node) {
    const Value first = TRY(of(node.operands[0]));
    const Json& json = first.json();
    if (json.is_null()) return Value::made(Json());
    if (node.operation == Operation::length) return length(node, json);
    if (node.operation == Operation::filter) return filter(node, json);
    const auto text = json.string();
    if (!text.has_value()) return wrong(node, "a text", json);
    if (node.operation == Operation::trim) return Value::made(trimmed(*text));
    return split(node, *text);
  }

  static Outcome length(const Node& node, const Json& json) {
    std::size_t count = 0;
    if (const auto text = json.string()) {
      for (const char c : *text) count += (static_cast<unsigned char>(c) & 0xc0) == 0x80 ? 0 : 1;
    } else if (json.array() != nullptr) {
      count = json.array()->size();
    } else if (json.object() != nullptr) {
      count = json.object()->size();
    } else {
      return wrong(node, "a text, a list or an object", json);
    }
    return Value::made(Json(static_cast<std::int64_t>(count)));
  }

  Outcome split(const Node& node, std::string_view text) {
    const Value second = TRY(of(node.operands[1]));
    const auto separator = second.json().string();
    if (!separator.has_value() || separator->empty()) {
      return Problem{node.position, "the separator is a text that is not empty"};
    }
    Json::Array parts;
    while (true) {
      TRY(charge(node, 1));
      const std::size_t end = text.find(*separator);
      parts.emplace_back(std::string(text.substr(0, end)));
      if (end == std::string_view::npos) return Value::made(Json(std::move(parts)));
      text.remove_prefix(end + separator->size());
    }
  }

  Outcome filter(const Node& node, const Json& json) {
    const Json::Array* list = json.array();
    if (list == nullptr) return wrong(node, "a list", json);
    const Json* outer = element_;
    Json::Array kept;
    for (const Json& each : *list) {
      element_ = &each;
      const bool is_wanted = TRY(boolean(node, 1));
      if (is_wanted) kept.push_back(each);
    }
    element_ = outer;
    return Value::made(Json(std::move(kept)));
  }

  const std::vector<Node>& nodes_;
  const Json& facts_;
  const Json* element_ = nullptr;  // what # is
  int steps_left_ = evaluation_steps_max;
};

}  // namespace

std::string Problem::text() const {
  return "character " + std::to_string(position + 1) + ": " + message;
}

Result<Json, Problem> Expression::evaluate(const Json& facts) const {
  const Value value = TRY(Evaluation(nodes_, facts).of(nodes_.size() - 1));
  return value.json();
}

}  // namespace gatehouse::claims
