// FakeDnsResolver: the DNS as a test has written it. Names that nobody has written are not there.

#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "server/net/dns.h"

namespace gatehouse::world {

class FakeDnsResolver final : public net::DnsResolver {
 public:
  void put_txt(const std::string& name, std::vector<std::string> texts) {
    const std::lock_guard lock(mutex_);
    texts_[name] = std::move(texts);
  }
  enum class State { answers, is_silent };
  void be(State state) {
    const std::lock_guard lock(mutex_);
    state_ = state;
  }

  Result<std::vector<std::string>, Error> txt(const std::string& name) override {
    const std::lock_guard lock(mutex_);
    asked_.push_back(name);
    if (state_ == State::is_silent) return Error(ErrorCode::unavailable, "nobody answers");
    const auto found = texts_.find(name);
    return found == texts_.end() ? std::vector<std::string>() : found->second;
  }

  // The names that were asked for, in order.
  [[nodiscard]] std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  mutable std::mutex mutex_;
  State state_ = State::answers;
  std::map<std::string, std::vector<std::string>> texts_;
  std::vector<std::string> asked_;
};

}  // namespace gatehouse::world
