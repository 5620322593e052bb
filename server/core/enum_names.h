// The names of an enum's values, in both directions: one table for the wire, the database and logs.

#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "server/core/ensure.h"

namespace gatehouse {

// The values are 0, 1, …, one for each name and in the order of the names.
template <class Enum, std::size_t Count>
class EnumNames {
 public:
  consteval explicit EnumNames(const std::string_view (&names)[Count]) {
    for (std::size_t i = 0; i < Count; ++i) names_[i] = names[i];
  }

  [[nodiscard]] constexpr std::string_view name(Enum value) const {
    const auto index = static_cast<std::size_t>(value);
    ENSURE(index < Count);
    return names_[index];
  }
  // nullopt if no value has that name.
  [[nodiscard]] constexpr std::optional<Enum> parse(std::string_view name) const {
    for (std::size_t i = 0; i < Count; ++i) {
      if (names_[i] == name) return static_cast<Enum>(i);
    }
    return std::nullopt;
  }
  // For a name that we stored ourselves.
  [[nodiscard]] constexpr Enum stored(std::string_view name) const {
    const std::optional<Enum> value = parse(name);
    ENSURE(value.has_value());
    return *value;
  }

 private:
  std::array<std::string_view, Count> names_;
};

}  // namespace gatehouse
