#include "server/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>

namespace gatehouse::telemetry {
namespace {

constexpr std::array<const char*, 5> status_classes = {"1xx", "2xx", "3xx", "4xx", "5xx"};

const prometheus::Histogram::BucketBoundaries duration_buckets() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5};
}

}  // namespace

struct Metrics::State {
  prometheus::Registry registry;
  struct PerRoute {
    std::array<prometheus::Counter*, status_classes.size()> by_status;
    prometheus::Histogram* duration;
  };
  std::vector<PerRoute> routes;
  prometheus::Family<prometheus::Counter>* refusals;
  prometheus::Counter* failed_checks;
  prometheus::Family<prometheus::Counter>* mails;
  prometheus::Gauge* connections;
  prometheus::Gauge* ready;
  prometheus::Gauge* database_answers;
  prometheus::Gauge* clock_offset;
};

namespace {

prometheus::Gauge* add_gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return &prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

Metrics::Metrics(std::vector<std::string> routes) : state_(std::make_unique<State>()) {
  auto& registry = state_->registry;
  auto& requests = prometheus::BuildCounter()
                       .Name("gatehouse_http_requests_total")
                       .Help("Requests by route and class of status.")
                       .Register(registry);
  auto& durations = prometheus::BuildHistogram()
                        .Name("gatehouse_http_request_duration_seconds")
                        .Help("From the head of a request to its answer.")
                        .Register(registry);
  routes.emplace_back("none");
  for (const std::string& route : routes) {
    State::PerRoute counters{};
    for (std::size_t i = 0; i < status_classes.size(); ++i) {
      counters.by_status[i] = &requests.Add({{"route", route}, {"status", status_classes[i]}});
    }
    counters.duration = &durations.Add({{"route", route}}, duration_buckets());
    state_->routes.push_back(counters);
  }
  state_->refusals = &prometheus::BuildCounter()
                          .Name("gatehouse_http_refused_total")
                          .Help("Requests and connections that the server refused by itself.")
                          .Register(registry);
  state_->failed_checks = &prometheus::BuildCounter()
                               .Name("gatehouse_failed_checks_total")
                               .Help("Bugs caught at the edge.")
                               .Register(registry)
                               .Add({});
  state_->mails = &prometheus::BuildCounter()
                       .Name("gatehouse_mails_total")
                       .Help("Mails by outcome.")
                       .Register(registry);
  state_->connections = add_gauge(registry, "gatehouse_open_connections", "Connections open now.");
  state_->ready = add_gauge(registry, "gatehouse_ready", "1 while /readyz says so.");
  state_->database_answers = add_gauge(registry, "gatehouse_database_answers",
                                       "1 while the database answers within a second.");
  state_->clock_offset = add_gauge(registry, "gatehouse_clock_offset_seconds",
                                   "How far the database's clock is ahead of this node's.");
}

Metrics::~Metrics() = default;

void Metrics::count_request(std::size_t route, int status, std::chrono::nanoseconds took) {
  const auto& counters = state_->routes[std::min(route, state_->routes.size() - 1)];
  const int index = status / 100 - 1;
  if (index >= 0 && index < static_cast<int>(status_classes.size())) {
    counters.by_status[static_cast<std::size_t>(index)]->Increment();
  }
  counters.duration->Observe(std::chrono::duration<double>(took).count());
}

void Metrics::count_refusal(std::string_view reason) {
  state_->refusals->Add({{"reason", std::string(reason)}}).Increment();
}

void Metrics::count_failed_check() { state_->failed_checks->Increment(); }

void Metrics::count_mail(std::string_view outcome) {
  state_->mails->Add({{"outcome", std::string(outcome)}}).Increment();
}

void Metrics::set_open_connections(double count) { state_->connections->Set(count); }

void Metrics::set_health(const Health& health) {
  state_->ready->Set(health.is_ready);
  state_->database_answers->Set(health.database_answers);
  state_->clock_offset->Set(health.clock_offset_s);
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace gatehouse::telemetry
