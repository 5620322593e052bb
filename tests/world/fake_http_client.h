// FakeHttpClient: the rest of the network. It remembers the calls made and answers as told.

#pragma once

#include <deque>
#include <mutex>
#include <vector>

#include "server/net/http_client.h"

namespace gatehouse::world {

class FakeHttpClient final : public net::HttpClient {
 public:
  // The status of the next answers, in order; when none is left, 200. 0 stands for no answer.
  void will_answer(std::deque<int> statuses) {
    const std::lock_guard lock(mutex_);
    statuses_ = std::move(statuses);
  }

  Result<net::HttpAnswer, Error> send(const net::OutboundRequest& request) override {
    const std::lock_guard lock(mutex_);
    calls_.push_back(request);
    int status = 200;
    if (!statuses_.empty()) {
      status = statuses_.front();
      statuses_.pop_front();
    }
    if (status == 0) return Error(ErrorCode::unavailable, "nobody there");
    return net::HttpAnswer{.status = status, .headers = {}, .body = {}};
  }

  [[nodiscard]] std::vector<net::OutboundRequest> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

 private:
  mutable std::mutex mutex_;
  std::deque<int> statuses_;
  std::vector<net::OutboundRequest> calls_;
};

}  // namespace gatehouse::world
