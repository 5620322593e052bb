#include "server/sso/oidc/provider_calls.h"

#include <algorithm>

#include "server/encoding/uri.h"

namespace gatehouse::sso::oidc_rp {
namespace {

constexpr std::size_t calls_per_connection_max = 8;
constexpr std::size_t calls_to_a_slow_one_max = 2;
constexpr int waiting_per_connection_max = 64;
constexpr auto waiting_max = std::chrono::milliseconds(1500);
constexpr auto quick_within = std::chrono::seconds(1);  // others wait behind such calls
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
  Place(ProviderCalls& calls, ConnectionId connection, Deadline began)
      : calls_(calls), connection_(connection), began_(began) {}
  ~Place() { calls_.leave(connection_, began_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  ProviderCalls& calls_;
  ConnectionId connection_;
  Deadline began_;
};

std::optional<Deadline> ProviderCalls::enter(ConnectionId connection, const Patience& patience) {
  std::unique_lock lock(mutex_);
  if (traffic_.size() >= connections_remembered_max && !traffic_.contains(connection)) {
    std::erase_if(traffic_, [&](const auto& each) {
      const Traffic& traffic = each.second;
      return traffic.under_way.empty() && traffic.waiting == 0 &&
             traffic.slow_until <= patience.now;
    });
  }
  Traffic& traffic = traffic_[connection];  // stays: nobody forgets one that is waited for
  const Deadline latest =
      std::min(patience.deadline, std::chrono::steady_clock::now() + waiting_max);
  for (;;) {
    const Deadline now = std::chrono::steady_clock::now();
    const bool is_slow = patience.now < traffic.slow_until;
    if (traffic.under_way.size() < (is_slow ? calls_to_a_slow_one_max : calls_per_connection_max)) {
      traffic.under_way.push_back(now);
      return now;
    }
    const Deadline until = std::min(latest, traffic.under_way.front() + quick_within);
    if (is_slow || now >= until || traffic.waiting >= waiting_per_connection_max) {
      return std::nullopt;
    }
    ++traffic.waiting;
    place_free_.wait_until(lock, until);
    --traffic.waiting;
  }
}

void ProviderCalls::leave(ConnectionId connection, Deadline began) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = traffic_.find(connection);
    ENSURE(found != traffic_.end());
    Traffic& traffic = found->second;
    traffic.under_way.erase(std::ranges::find(traffic.under_way, began));
    const bool is_quiet = traffic.under_way.empty() && traffic.waiting == 0;
    if (is_quiet && traffic.slow_until == Instant()) traffic_.erase(found);
  }
  place_free_.notify_all();
}

void ProviderCalls::note_slow(ConnectionId connection, Instant now) {
  const std::lock_guard lock(mutex_);
  traffic_[connection].slow_until = now + slow_for;
}

Result<net::HttpAnswer, Failure> ProviderCalls::send(const Relying& relying, ProviderCall call,
                                                     const Patience& patience) {
  const auto began = enter(relying.connection, patience);
  if (!began.has_value()) {
    return Failure(Diagnosis::provider_too_slow, "answers to the calls that are under way",
                   place_of(call.url));
  }
  const Place place(*this, relying.connection, *began);
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
