// A claim that an administrator gives to the client_credentials tokens of a client. All of them
// stand under "custom_claims" in the token, so none can pass for one of ours.

#pragma once

#include <string>

namespace gatehouse::applications {

struct CustomClaim {
  std::string key;
  std::string value;

  friend bool operator==(const CustomClaim&, const CustomClaim&) = default;
};

}  // namespace gatehouse::applications
