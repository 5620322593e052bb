// Rules that relate fields of a message to one another. proto/ writes them as expressions; here is
// the function of each.

#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "buf/validate/validate.pb.h"

namespace gatehouse::api {

struct Relation {
  std::string message;  // what the caller reads when it does not hold
  // Of the message that the rule stands on, or of the one that holds a field with the rule.
  bool (*holds)(const google::protobuf::Message&);
};

// ENSUREs that the rule's expression is in the table.
[[nodiscard]] Relation find_relation(const buf::validate::Constraint& rule);

}  // namespace gatehouse::api
