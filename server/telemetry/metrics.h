// Metrics: counters and histograms in the Prometheus text format, behind a small interface of ours.
// What is counted is fixed when the object is made, so counting is an addition and nothing else.

#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::telemetry {

class Metrics {
 public:
  // `routes` are the labels under which requests are counted ("GET /keys"); index routes.size() is
  // for requests that no route answers.
  explicit Metrics(std::vector<std::string> routes);
  ~Metrics();

  void count_request(std::size_t route, int status, std::chrono::nanoseconds took);
  // The server refused a request, or closed a connection, by itself. `reason` is a literal.
  void count_refusal(std::string_view reason);
  // A bug was caught at the edge.
  void count_failed_check();
  void count_mail(std::string_view outcome);
  void set_open_connections(double count);
  // As numbers, for gauges: 1 is yes.
  struct Health {
    double is_ready = 0;
    double database_answers = 0;
    double clock_offset_s = 0;  // how far the database's clock is ahead of ours
  };
  void set_health(const Health& health);

  // The exposition [Prometheus text format 0.0.4].
  [[nodiscard]] std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::telemetry
