#include "server/applications/secret_use.h"

#include <mutex>
#include <unordered_map>
#include <vector>

namespace gatehouse::applications {

struct SecretUses::State {
  explicit State(storage::Database& database_to_use) : database(database_to_use) {}

  storage::Database& database;
  std::mutex mutex;  // guards the two below; not held while writing
  std::unordered_map<ClientSecretId, Instant> latest;
  std::vector<SecretUse> waiting;
};

SecretUses::SecretUses(storage::Database& database) : state_(std::make_unique<State>(database)) {}
SecretUses::~SecretUses() = default;

void SecretUses::note(const SecretUse& use) {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->latest.find(use.secret);
  if (found != state_->latest.end()) {
    if (use.at < found->second + precision) return;
    found->second = use.at;
  } else {
    if (state_->latest.size() >= secrets_max) return;
    state_->latest.emplace(use.secret, use.at);
  }
  state_->waiting.push_back(use);
}

Result<Unit, Error> SecretUses::flush(const Context& context) {
  std::vector<SecretUse> uses;
  {
    const std::lock_guard lock(state_->mutex);
    uses.swap(state_->waiting);
    // What is an hour old says nothing any more.
    std::erase_if(state_->latest,
                  [&](const auto& entry) { return entry.second + precision <= context.now; });
  }
  if (uses.empty()) return Unit{};
  const auto written = storage::write(
      state_->database, context, [&](storage::Transaction& transaction) -> Result<Unit, Error> {
        for (const SecretUse& use : uses) {
          TRY(keep_secret_use(transaction, use.environment, use));
        }
        return Unit{};
      });
  if (written.ok()) return Unit{};
  const std::lock_guard lock(state_->mutex);
  state_->waiting.insert(state_->waiting.end(), uses.begin(), uses.end());
  return written.error();
}

}  // namespace gatehouse::applications
