// The periodic work of a server, and what it does.

#include "server/app/app_state.h"

namespace gatehouse::app {
namespace {

// What has others waiting gives up early, to try again on a new connection.
constexpr Duration follow_patience = seconds(5);

}  // namespace

Context App::State::context_within(Duration patience) {
  Context here = context();
  here.deadline = std::chrono::steady_clock::now() + patience;
  return here;
}

Job App::State::once(std::string_view name, Duration every, Result<Unit, Error> (State::*act)()) {
  return {name, every, [this, name, every, act]() -> Result<Unit, Error> {
            TRY(cluster::run_leased(parts.database, context(),
                                    {.name = name, .holder = instance, .every = every},
                                    [&] { return (this->*act)(); }));
            return Unit{};
          }};
}

// Those of every node, then those that one node does for all.
std::vector<Job> App::State::all_jobs() {
  std::vector<Job> all = {
      {follow_changes_job, milliseconds(500), [this] { return follow_changes(); }},
      {"make missing keys", milliseconds(250), [this] { return make_missing_keys(); }},
      {"watch database", cluster::watch_interval,
       [this] { return watch.probe(context_within(cluster::watch_patience)); }},
      {"write refusals", seconds(1), [this] { return refusals.flush(context()); }},
      {"write uses of secrets", seconds(1), [this] { return secret_uses.flush(context()); }},
      // Each letter and each logout has a lease of its own.
      {"back-channel logout", seconds(1),
       [this]() -> Result<Unit, Error> {
         TRY(back_channel.deliver_due(context()));
         return Unit{};
       }},
      once("seal audit log", seconds(10), &State::seal_audit),
      once("rotate keys", hours(1), &State::rotate_keys),
      once("reclaim", minutes(5), &State::reclaim),
      once("read metadata", hours(1), &State::read_all_metadata),
      once("sum up counts", seconds(10), &State::sum_up_counts),
      once("verify domains", hours(1), &State::verify_domains),
  };
  if (parts.node != nullptr) {
    all.push_back({"keep place among nodes", cluster::heartbeat_interval,
                   [this] { return parts.node->heartbeat(); }});
  }
  return all;
}

Result<Unit, Error> App::State::load() {
  TRY(catalog.refresh(context()));
  return load_keys();
}

Result<Unit, Error> App::State::load_keys() {
  for (const auto& entry : catalog.current()->entries) {
    TRY(keys.reload(context(entry->environment.id)));
  }
  return Unit{};
}

Result<Unit, Error> App::State::make_keys(Reload reload) {
  for (const auto& entry : catalog.current()->entries) {
    const Context here = context(entry->environment.id);
    const keys::KeyChanges made =
        TRY(keys::ensure_keys(here, {parts.database, parts.random, parts.key_source, key_seal},
                              key_policy(*entry, settings.algorithms)));
    if (reload == Reload::always || made.any()) TRY(keys.reload(here));
  }
  return Unit{};
}

// What other processes have changed. Keys are read apart: making them does not count as a change of
// the configuration.
Result<Unit, Error> App::State::follow_changes() {
  if (TRY(catalog.refresh(context_within(follow_patience)))) keys_may_be_missing.store(true);
  TRY(keys.refresh(context_within(follow_patience)));
  return Unit{};
}

Result<Unit, Error> App::State::follow_own_changes() {
  const bool is_changed = TRY(catalog.refresh(context()));
  return is_changed ? make_keys(Reload::always) : Result<Unit, Error>(Unit{});
}

// An application with a new algorithm needs keys, as does an environment that a command has made.
// Apart from following changes, which must not wait for it.
Result<Unit, Error> App::State::make_missing_keys() {
  if (!keys_may_be_missing.exchange(false)) return Unit{};
  auto outcome = make_keys(Reload::if_made);
  if (!outcome.ok()) keys_may_be_missing.store(true);
  return outcome;
}

}  // namespace gatehouse::app
