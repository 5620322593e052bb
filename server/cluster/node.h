// Node: one running server among those that share a database. It has one of 127 slots, which stands
// in every id that it makes (core/random.h), so nodes need not ask each other for ids.
//
// A slot is held by being seen: every 10 s the node writes the database's time into its row. Who
// was not seen for 60 s may lose the slot to another. The holder itself stops using it 45 s after
// it last began to write, by its own monotonic clock, which goes on while a process is stopped: one
// that wakes up after a pause makes ids as a guest until it knows which slot is its own. The 15 s
// between are for a database that answers late.

#pragma once

#include <mutex>
#include <string>

#include "server/cluster/node_store.h"
#include "server/core/log.h"
#include "server/core/random.h"
#include "server/storage/database.h"

namespace gatehouse::cluster {

inline constexpr Duration heartbeat_interval = seconds(10);
inline constexpr Duration slot_use = seconds(45);
inline constexpr Duration slot_hold = seconds(60);

// What one start of a server is known by in the database.
[[nodiscard]] std::string make_instance(Random& random);

class Node {
 public:
  struct Deps {
    storage::Database& database;
    const Clock& clock;
    OsRandom& random;
    Log& log;
  };
  Node(const Deps& deps, std::string version);
  // Gives up slot and leases, if the database answers; else they run out.
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Takes a slot; where 127 nodes have them all it goes on as a guest, until a heartbeat finds one.
  // Before the first heartbeat. Errors: the database's.
  Result<Unit, Error> join();
  // Every 10 s: keeps the slot, or takes another if it was lost. Errors: the database's;
  // resource_exhausted if there is none.
  Result<Unit, Error> heartbeat();

  [[nodiscard]] const std::string& instance() const { return instance_; }
  [[nodiscard]] int slot() const;  // 0: none yet

 private:
  [[nodiscard]] Context context() const;
  Result<Unit, Error> take_some_slot();

  Deps deps_;
  const std::string instance_;
  const std::string host_;
  const std::string version_;
  mutable std::mutex mutex_;  // guards `slot_`; not held while the database works
  int slot_ = 0;
};

}  // namespace gatehouse::cluster
