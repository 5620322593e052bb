// ForeignIds: everything that one environment has, made over the API, and requests that name it:
// for the test that no other environment can see or touch any of it.

#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <map>
#include <set>
#include <string>

#include "tests/world/api_client.h"

namespace gatehouse::world {

class ForeignIds {
 public:
  // Makes one of each kind of thing in the environment of `owner`.
  explicit ForeignIds(ApiClient& owner);

  // Fills `request` so that it passes validation as far as possible and names things of the owner
  // wherever a field takes an id. Returns how many ids it named.
  int name_in(google::protobuf::Message& request, std::string_view service,
              std::string_view method) const;

  // All ids and names, as they may not appear in any answer to somebody else.
  [[nodiscard]] const std::set<std::string>& secrets() const { return secrets_; }
  // One of that prefix ("usr_"); empty if none was made.
  [[nodiscard]] std::string of(std::string_view prefix) const;

 private:
  void learn(const std::string& text);
  [[nodiscard]] std::string value_for(const google::protobuf::FieldDescriptor& field,
                                      std::string_view service, std::string_view method) const;
  int fill(google::protobuf::Message& message, std::string_view service, std::string_view method,
           int depth) const;

  std::map<std::string, std::string, std::less<>> by_prefix_;
  std::set<std::string> secrets_;
};

}  // namespace gatehouse::world
