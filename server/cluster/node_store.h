// The table nodes: which process has which slot. It belongs to the whole installation.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::cluster {

struct NodeRow {
  int slot = 0;
  std::string instance;  // 32 hexadecimal digits, made anew by each start
  std::string host;
  std::string version;
  Instant started_at;
  Instant seen_at;
};

// Takes the slot if nobody has it, or if who has it was last seen before `gone_before`. Returns
// whether it did.
// tidy: allow store-parameters: nodes serve every environment
Result<bool, Error> take_slot(storage::Transaction& transaction, const NodeRow& node,
                              Instant gone_before);
// False: the slot is another's by now, or nobody's.
// tidy: allow store-parameters: nodes serve every environment
Result<bool, Error> note_seen(storage::Transaction& transaction, const NodeRow& node, Instant now);
// tidy: allow store-parameters: nodes serve every environment
Result<Unit, Error> remove_node(storage::Transaction& transaction, std::string_view instance);
// tidy: allow store-parameters: nodes serve every environment
Result<Unit, Error> remove_nodes_gone(storage::Transaction& transaction, Instant gone_before);
// By slot.
// tidy: allow store-parameters: nodes serve every environment
Result<std::vector<NodeRow>, Error> list_nodes(storage::Transaction& transaction);

}  // namespace gatehouse::cluster
