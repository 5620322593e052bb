#include "server/cluster/node_store.h"

namespace gatehouse::cluster {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql take_slot_sql{
    "cluster.take_slot",
    "INSERT INTO nodes (slot, instance, host, version, started_at_ms, seen_at_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (slot) DO UPDATE SET instance = excluded.instance, host = excluded.host,"
    " version = excluded.version, started_at_ms = excluded.started_at_ms,"
    " seen_at_ms = excluded.seen_at_ms WHERE nodes.seen_at_ms < $7"};

constexpr Sql note_seen_sql{"cluster.note_seen",
                            "UPDATE nodes SET seen_at_ms = $3 WHERE slot = $1 AND instance = $2"};

constexpr Sql remove_node_sql{"cluster.remove_node", "DELETE FROM nodes WHERE instance = $1"};
constexpr Sql remove_gone_sql{"cluster.remove_nodes_gone",
                              "DELETE FROM nodes WHERE seen_at_ms < $1"};

constexpr Sql list_sql{"cluster.list_nodes",
                       "SELECT slot, instance, host, version, started_at_ms, seen_at_ms"
                       " FROM nodes ORDER BY slot"};

}  // namespace

Result<bool, Error> take_slot(Transaction& transaction, const NodeRow& node, Instant gone_before) {
  return TRY(transaction.execute(take_slot_sql, {node.slot, node.instance, node.host, node.version,
                                                 node.started_at, node.seen_at, gone_before})) == 1;
}

Result<bool, Error> note_seen(Transaction& transaction, const NodeRow& node, Instant now) {
  return TRY(transaction.execute(note_seen_sql, {node.slot, node.instance, now})) == 1;
}

Result<Unit, Error> remove_node(Transaction& transaction, std::string_view instance) {
  TRY(transaction.execute(remove_node_sql, {instance}));
  return Unit{};
}

Result<Unit, Error> remove_nodes_gone(Transaction& transaction, Instant gone_before) {
  TRY(transaction.execute(remove_gone_sql, {gone_before}));
  return Unit{};
}

Result<std::vector<NodeRow>, Error> list_nodes(Transaction& transaction) {
  return transaction.list(list_sql, {}, [](const Row& row) {
    return NodeRow{.slot = static_cast<int>(row.integer(0)),
                   .instance = row.string(1),
                   .host = row.string(2),
                   .version = row.string(3),
                   .started_at = row.instant(4),
                   .seen_at = row.instant(5)};
  });
}

}  // namespace gatehouse::cluster
