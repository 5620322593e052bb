#include "server/sso/oidc/provider_calls.h"

#include <algorithm>

#include "server/encoding/uri.h"

namespace gatehouse::sso::oidc_rp {
namespace {

constexpr int calls_per_connection_max = 8;
constexpr int calls_to_a_slow_one_max = 2;
constexpr Duration slow_for = seconds(30);
constexpr std::size_t connections_remembered_max = 1024;

// What a reader needs to know of an address: neither path nor query, which may hold secrets.
std::string place_of(std::string_view url) { return origin_of(url).value_or("no address"); }

Failure failure_of(const Error& error, std::string_view url) {
  const std::string place = place_of(url);
  switch (error.code) {
    case ErrorCode::deadline_exceeded:
      return Failure(Diagnosis::provider_too_slow, "an answer within 5 seconds", place);
    case ErrorCode::permission_denied:
    case ErrorCode::invalid_argument:
      return Failure(Diagnosis::provider_address_refused, "an https address on the public Internet",
                     place + ": " + error.detail);
    case ErrorCode::resource_exhausted:
      return Failure(Diagnosis::provider_answer_malformed, "an answer of reasonable size",
                     place + ": " + error.detail);
    default:
      return Failure(Diagnosis::provider_unreachable, "an answer", place + ": " + error.detail);
  }
}

}  // namespace

class ProviderCalls::Place {
 public:
  Place(ProviderCalls& calls, ConnectionId connection) : calls_(calls), connection_(connection) {}
  ~Place() { calls_.leave(connection_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  ProviderCalls& calls_;
  ConnectionId connection_;
};

bool ProviderCalls::enter(ConnectionId connection, Instant now) {
  const std::lock_guard lock(mutex_);
  if (traffic_.size() >= connections_remembered_max && !traffic_.contains(connection)) {
    std::erase_if(traffic_, [&](const auto& each) {
      return each.second.under_way == 0 && each.second.slow_until <= now;
    });
  }
  Traffic& traffic = traffic_[connection];
  const int most = now < traffic.slow_until ? calls_to_a_slow_one_max : calls_per_connection_max;
  if (traffic.under_way >= most) return false;
  ++traffic.under_way;
  return true;
}

void ProviderCalls::leave(ConnectionId connection) {
  const std::lock_guard lock(mutex_);
  const auto found = traffic_.find(connection);
  ENSURE(found != traffic_.end());
  --found->second.under_way;
  if (found->second.under_way == 0 && found->second.slow_until == Instant()) traffic_.erase(found);
}

void ProviderCalls::note_slow(ConnectionId connection, Instant now) {
  const std::lock_guard lock(mutex_);
  traffic_[connection].slow_until = now + slow_for;
}

Result<net::HttpAnswer, Failure> ProviderCalls::send(const Relying& relying, ProviderCall call,
                                                     const Patience& patience) {
  if (!enter(relying.connection, patience.now)) {
    return Failure(Diagnosis::provider_too_slow, "answers to the calls that are under way",
                   place_of(call.url));
  }
  const Place place(*this, relying.connection);
  const Deadline soonest =
      std::min(patience.deadline, std::chrono::steady_clock::now() + limits::outbound_deadline);
  auto answer = http_.send({.method = call.method,
                            .url = call.url,
                            .headers = std::move(call.headers),
                            .body = std::move(call.body),
                            .deadline = soonest,
                            .response_bytes_max = call.answer_bytes_max,
                            .address_policy = relying.address_policy});
  if (!answer.ok()) {
    if (answer.error().code == ErrorCode::deadline_exceeded) {
      note_slow(relying.connection, patience.now);
    }
    return failure_of(answer.error(), call.url);
  }
  const int status = answer.value().status;
  if (status >= 300 && status < 400) {
    return Failure(Diagnosis::provider_answer_malformed, "an answer, not a redirect",
                   place_of(call.url) + ": HTTP " + std::to_string(status));
  }
  return std::move(answer).value();
}

}  // namespace gatehouse::sso::oidc_rp
