// RecordingCarrier: carries a protocol without any socket, for tests and fuzz targets. It remembers
// what the protocol asked for, answers from a function, and hands out the bytes to be sent.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/http/server/protocol.h"

namespace gatehouse::http::server {

// A clock that stands still, so that what is written can be compared.
class StandingClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return instant_from_ms(784111777000); }
};

class RecordingCarrier final : public Carrier {
 public:
  RecordingCarrier() : date_(clock_) {}

  Plan plan(const Request& head) override {
    planned.push_back(head);
    Plan plan;
    plan.body_bytes_max = body_bytes_max;
    return plan;
  }
  std::optional<Response> start(StreamId stream, Request request, const Plan&) override {
    started.emplace_back(stream, std::move(request));
    if (!answer) return std::nullopt;
    return answer(started.back().second);
  }
  void refused(int status, const char* reason) override { refusals.emplace_back(status, reason); }

  [[nodiscard]] ProtocolParts parts() {
    return {*this, output, date_, settings, Scheme::http, "192.0.2.7"};
  }
  // Takes everything there is to send, in small pieces as a slow socket would.
  std::string take_output() {
    std::string bytes;
    while (output.pending() > 0) {
      std::array<iovec, 2> pieces{};
      const std::size_t count = output.gather(pieces);
      for (std::size_t i = 0; i < count; ++i) {
        bytes.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
      }
      std::size_t size = 0;
      for (std::size_t i = 0; i < count; ++i) size += pieces[i].iov_len;
      output.consume(size);
    }
    return bytes;
  }

  Settings settings;
  Output output;
  std::size_t body_bytes_max = 1000;
  std::function<Response(const Request&)> answer;  // empty: answers come later
  std::vector<Request> planned;
  std::vector<std::pair<StreamId, Request>> started;
  std::vector<std::pair<int, std::string>> refusals;

 private:
  StandingClock clock_;
  DateLine date_;
};

}  // namespace gatehouse::http::server
