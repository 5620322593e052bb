#include "server/cluster/node.h"

#include <unistd.h>

#include <array>

#include "server/cluster/lease_store.h"
#include "server/encoding/hex.h"

namespace gatehouse::cluster {
namespace {

using storage::Transaction;

constexpr seconds database_patience{5};
constexpr Duration rows_kept = hours(1);

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

}  // namespace

std::string make_instance(Random& random) { return hex_encode(random_bytes(random, 16)); }

Node::Node(const Deps& deps, std::string version)
    : deps_(deps),
      instance_(make_instance(deps.random)),
      host_(host_name()),
      version_(std::move(version)) {}

Node::~Node() {
  deps_.random.give_up_id_slot();
  const auto left = storage::write(deps_.database, context(),
                                   [&](Transaction& transaction) -> Result<Unit, Error> {
                                     TRY(release_leases(transaction, instance_));
                                     return remove_node(transaction, instance_);
                                   });
  if (!left.ok()) {
    deps_.log.write(LogLevel::warning, "node.left_without_word",
                    {{"detail", std::string_view(left.error().detail)}});
  }
}

Context Node::context() const {
  const Instant now = deps_.clock.now();
  return {.request = RequestId::make(deps_.random, now),
          .now = now,
          .deadline = std::chrono::steady_clock::now() + database_patience,
          .environment = EnvironmentId(1),  // of the whole installation: statements name none
          .actor = {.type = ActorType::system, .id = "node"},
          .client_address = {},
          .user_agent = {}};
}

int Node::slot() const {
  const std::lock_guard lock(mutex_);
  return slot_;
}

// A server that was killed again and again leaves its places behind for a minute each. It must come
// up all the same: as a guest it serves like any other.
Result<Unit, Error> Node::join() {
  auto taken = take_some_slot();
  if (taken.ok() || taken.error().code != ErrorCode::resource_exhausted) return taken;
  deps_.log.write(LogLevel::warning, "node.no_slot", {{"detail", taken.error().detail}});
  return Unit{};
}

Result<Unit, Error> Node::heartbeat() {
  if (slot() == 0) return take_some_slot();
  const Context here = context();
  const Deadline began = std::chrono::steady_clock::now();
  const Instant now = TRY(deps_.database.server_time(here)).value_or(here.now);
  NodeRow row{};
  row.slot = slot();
  row.instance = instance_;
  const bool is_ours = TRY(storage::write(deps_.database, here, [&](Transaction& transaction) {
    return note_seen(transaction, row, now);
  }));
  if (is_ours) {
    deps_.random.use_id_slot(row.slot, began + slot_use);
    return Unit{};
  }
  deps_.random.give_up_id_slot();
  deps_.log.write(LogLevel::warning, "node.slot_lost", {{"slot", std::int64_t{row.slot}}});
  return take_some_slot();
}

// From a random one on, so that a server that comes back rarely counts where it stopped.
Result<Unit, Error> Node::take_some_slot() {
  const Context here = context();
  const Deadline began = std::chrono::steady_clock::now();
  const Instant now = TRY(deps_.database.server_time(here)).value_or(here.now);
  constexpr int slots = IdSlots::last_node - IdSlots::first_node + 1;
  const int first = static_cast<int>(random_below(deps_.random, slots));
  NodeRow row{.slot = 0,
              .instance = instance_,
              .host = host_,
              .version = version_,
              .started_at = now,
              .seen_at = now};
  const bool is_taken = TRY(
      storage::write(deps_.database, here, [&](Transaction& transaction) -> Result<bool, Error> {
        TRY(remove_node(transaction, instance_));
        TRY(remove_nodes_gone(transaction, now - rows_kept));
        for (int i = 0; i < slots; ++i) {
          row.slot = IdSlots::first_node + (first + i) % slots;
          if (TRY(take_slot(transaction, row, now - slot_hold))) return true;
        }
        return false;
      }));
  if (!is_taken) {
    return Error(ErrorCode::resource_exhausted,
                 "all " + std::to_string(slots) + " places for nodes are taken");
  }
  {
    const std::lock_guard lock(mutex_);
    slot_ = row.slot;
  }
  deps_.random.use_id_slot(row.slot, began + slot_use);
  deps_.log.write(LogLevel::info, "node.joined",
                  {{"slot", std::int64_t{row.slot}}, {"instance", std::string_view(instance_)}});
  return Unit{};
}

}  // namespace gatehouse::cluster
