// Between enums of the wire and those of the domain: a value is known by its name on both sides.

#pragma once

#include <google/protobuf/generated_enum_reflection.h>

#include <optional>
#include <string>
#include <string_view>

#include "server/core/enum_names.h"
#include "server/core/error.h"
#include "server/core/result.h"

namespace gatehouse::api {

// ENSUREs that the contract has a value of that name.
template <class WireEnum>
[[nodiscard]] WireEnum to_wire(std::string_view name) {
  const auto* value =
      google::protobuf::GetEnumDescriptor<WireEnum>()->FindValueByName(std::string(name));
  ENSURE(value != nullptr);
  return static_cast<WireEnum>(value->number());
}

// nullopt for 0, which says nothing. Errors: invalid_argument, naming `field`: no value of the
// contract, or none that we have.
template <class WireEnum, class Enum, std::size_t Count>
Result<std::optional<Enum>, Error> from_wire(const EnumNames<Enum, Count>& names, WireEnum value,
                                             std::string_view field) {
  if (static_cast<int>(value) == 0) return std::optional<Enum>();
  const auto* descriptor =
      google::protobuf::GetEnumDescriptor<WireEnum>()->FindValueByNumber(static_cast<int>(value));
  std::optional<Enum> known;
  if (descriptor != nullptr) known = names.parse(descriptor->name());
  if (known.has_value()) return known;
  return refusal(ErrorCode::invalid_argument, std::string(field) + " is not supported",
                 std::string(field));
}

}  // namespace gatehouse::api
