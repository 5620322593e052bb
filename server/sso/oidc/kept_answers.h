// KeptAnswers: what was read from others and is good for a while, by a text that names it. Bounded:
// the one used longest ago makes room. Holds no lock but its own, and that for moments.

#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "server/core/time.h"

namespace gatehouse::sso::oidc_rp {

template <class T>
class KeptAnswers {
 public:
  struct Life {
    Duration fresh;   // how long an answer needs no newer one
    Duration usable;  // how long it serves while a newer one cannot be had
    std::size_t answers_max = 1024;
  };
  // Between two askings for something newer than what there is.
  static constexpr Duration patience = seconds(30);

  explicit KeptAnswers(Life life) : life_(life) {}

  struct Found {
    std::shared_ptr<const T> answer;                    // null: none that is usable
    enum class Asking { no, due } asking = Asking::no;  // due: the caller is to ask for a newer one
  };
  [[nodiscard]] Found find(const std::string& name, Instant now) {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(name);
    if (found == kept_.end()) return {.answer = nullptr, .asking = Found::Asking::due};
    Kept& kept = found->second;
    kept.used_at = now;
    if (now >= kept.since + life_.usable) return {.answer = nullptr, .asking = Found::Asking::due};
    const bool is_due = now >= kept.fresh_until && now >= kept.asked_at + patience;
    if (is_due) kept.asked_at = now;
    return {.answer = kept.answer, .asking = is_due ? Found::Asking::due : Found::Asking::no};
  }

  std::shared_ptr<const T> keep(const std::string& name, T answer, Instant now) {
    auto shared = std::make_shared<const T>(std::move(answer));
    const std::lock_guard lock(mutex_);
    if (!kept_.contains(name) && kept_.size() >= life_.answers_max) drop_one();
    Kept& kept = kept_[name];
    kept.answer = shared;
    kept.since = kept.used_at = now;
    kept.fresh_until = now + life_.fresh;
    return shared;
  }

  // Whether something newer may be asked for though what there is has not aged: once in `patience`,
  // and not when it was read just now.
  enum class Doubt { passed_over, taken };
  [[nodiscard]] Doubt doubt(const std::string& name, Instant now) {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(name);
    if (found == kept_.end()) return Doubt::taken;
    Kept& kept = found->second;
    if (now < kept.since + seconds(1) || now < kept.doubted_at + patience) {
      return Doubt::passed_over;
    }
    kept.doubted_at = now;
    return Doubt::taken;
  }
  // The next one to find it is to ask for a newer one.
  void make_due(const std::string& name, Instant now) {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.find(name);
    if (found != kept_.end()) found->second.fresh_until = std::min(found->second.fresh_until, now);
  }

 private:
  struct Kept {
    std::shared_ptr<const T> answer;
    Instant since;
    Instant fresh_until;
    Instant used_at;
    Instant asked_at = Instant();
    Instant doubted_at = Instant();
  };

  void drop_one() {
    const auto oldest = std::min_element(
        kept_.begin(), kept_.end(),
        [](const auto& a, const auto& b) { return a.second.used_at < b.second.used_at; });
    if (oldest != kept_.end()) kept_.erase(oldest);
  }

  const Life life_;
  std::mutex mutex_;
  std::map<std::string, Kept> kept_;
};

}  // namespace gatehouse::sso::oidc_rp
