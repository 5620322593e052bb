// Result<T, E>: a value, or the reason why there is none.
//
// The type is [[nodiscard]]: a caller who drops the outcome of a check does not compile. Asking for
// the side that is not there is a bug of the caller: it ends in ENSURE, not in undefined behaviour.
//
//   TRY(expr)   yields the value of a Result, or returns its error from the enclosing function,
//               converted to that function's error type where a conversion exists.

#pragma once

#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

#include "server/core/ensure.h"

namespace gatehouse {

// What a function returns that has nothing to say but "done".
struct Unit {
  friend bool operator==(Unit, Unit) = default;
};

template <class T, class E>
class [[nodiscard]] Result {
 public:
  using Value = T;
  using Failure = E;

  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : held_(std::in_place_index<1>, std::move(error)) {}

  // From anything that makes an error (another layer's error type) but is not itself a value.
  template <class Other>
  requires(!std::same_as<std::remove_cvref_t<Other>, E> &&
           !std::same_as<std::remove_cvref_t<Other>, T> && std::constructible_from<E, Other&&> &&
           !std::constructible_from<T, Other&&>) Result(Other&& other)
      : held_(std::in_place_index<1>, std::forward<Other>(other)) {}

  [[nodiscard]] bool ok() const noexcept { return held_.index() == 0; }

  [[nodiscard]] const T& value() const& {
    ENSURE(ok());
    return *std::get_if<0>(&held_);
  }
  [[nodiscard]] T& value() & {
    ENSURE(ok());
    return *std::get_if<0>(&held_);
  }
  [[nodiscard]] T value() && {
    ENSURE(ok());
    return std::move(*std::get_if<0>(&held_));
  }
  [[nodiscard]] const E& error() const& {
    ENSURE(!ok());
    return *std::get_if<1>(&held_);
  }
  [[nodiscard]] E error() && {
    ENSURE(!ok());
    return std::move(*std::get_if<1>(&held_));
  }

  // For TRY alone: unlike value(), its outcome may be dropped (a Unit).
  T take() && {
    ENSURE(ok());
    return std::move(*std::get_if<0>(&held_));
  }

 private:
  std::variant<T, E> held_;
};

}  // namespace gatehouse

// The name is new each time: a TRY may stand in a lambda inside another TRY.
#define GATEHOUSE_JOIN_2(a, b) a##b
#define GATEHOUSE_JOIN(a, b) GATEHOUSE_JOIN_2(a, b)
#define GATEHOUSE_TRY(name, ...)      \
  __extension__({                     \
    auto name = (__VA_ARGS__);        \
    if (!name.ok()) [[unlikely]]      \
      return std::move(name).error(); \
    std::move(name).take();           \
  })
#define TRY(...) GATEHOUSE_TRY(GATEHOUSE_JOIN(try_outcome_, __COUNTER__), __VA_ARGS__)
