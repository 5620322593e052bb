#include "server/storage/postgres/turns.h"

namespace gatehouse::storage {

bool Turns::take(Kind kind, Deadline deadline) {
  std::unique_lock lock(mutex_);
  const auto wait_until = [&](auto is_our_turn) {
    if (deadline != Deadline::max()) return changed_.wait_until(lock, deadline, is_our_turn);
    changed_.wait(lock, is_our_turn);
    return true;
  };
  if (kind == Kind::as_it_comes) {
    if (!wait_until([this] { return !wants_to_be_alone_; })) return false;
    ++running_;
    return true;
  }
  if (!wait_until([this] { return !loser_runs_; })) return false;
  loser_runs_ = true;
  if (kind == Kind::alone) {
    wants_to_be_alone_ = true;
    if (!wait_until([this] { return running_ == 0; })) {
      loser_runs_ = false;
      wants_to_be_alone_ = false;
      changed_.notify_all();
      return false;
    }
  }
  ++running_;
  return true;
}

void Turns::give_back(Kind kind) {
  {
    const std::lock_guard lock(mutex_);
    --running_;
    if (kind != Kind::as_it_comes) loser_runs_ = false;
    if (kind == Kind::alone) wants_to_be_alone_ = false;
    // Nobody waits for the end of a run but those who lost and who want to be alone.
    if (kind == Kind::as_it_comes && !wants_to_be_alone_) return;
  }
  changed_.notify_all();
}

}  // namespace gatehouse::storage
