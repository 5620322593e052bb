// Validation: what proto/ says of each field, enforced by one walk over a message before any
// handler sees it.
//
// Fields without presence are checked as they are, so an empty string fails min_len; fields with
// presence (messages, optional, oneof) are checked when set. Rules that relate fields to one
// another
// (`cel`) are functions in a table here, found by the rule's text.

#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <vector>

#include "server/api/status.h"

namespace gatehouse::api {

class Validator {
 public:
  // For one message type and all it contains. ENSUREs that every rule is one that it knows.
  explicit Validator(const google::protobuf::Descriptor& type);
  ~Validator();
  Validator(Validator&&) noexcept;
  Validator& operator=(Validator&&) noexcept;

  // What is wrong, at most 20 things; empty if all is well.
  [[nodiscard]] std::vector<FieldViolation> check(const google::protobuf::Message& message) const;

  struct Rules;

 private:
  std::unique_ptr<const Rules> rules_;
};

}  // namespace gatehouse::api
