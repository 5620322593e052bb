// ProviderCalls: calls to identity providers, with limits of time, size and number.

#pragma once

#include <condition_variable>
#include <map>
#include <mutex>

#include "server/net/http_client.h"
#include "server/sso/oidc/relying.h"

namespace gatehouse::sso::oidc_rp {

// When it is, and until when the caller can wait. No single call takes longer than
// limits::outbound_deadline.
struct Patience {
  Instant now;
  Deadline deadline;
};

struct ProviderCall {
  net::OutboundMethod method = net::OutboundMethod::get;
  std::string url;
  std::vector<net::HttpField> headers = {};
  std::string body = {};
  std::size_t answer_bytes_max = 256 * 1024;
};

class ProviderCalls {
 public:
  explicit ProviderCalls(net::HttpClient& http) : http_(http) {}

  // Whatever status the provider answers, other than a redirect, is an answer. Of one connection
  // only a few calls are under way at the same time: what is too many waits a moment for a place,
  // as long as the provider answers others. Once it lets one wait for a second, nobody waits behind
  // it any more; after one ran into its deadline, fewer still are let through.
  // Failures: provider_unreachable, provider_too_slow, provider_address_refused,
  // provider_answer_malformed (too large, a redirect).
  [[nodiscard]] Result<net::HttpAnswer, Failure> send(const Relying& relying, ProviderCall call,
                                                      const Patience& patience);

 private:
  struct Traffic {
    std::vector<Deadline> under_way = {};  // when each began, oldest first
    int waiting = 0;
    Instant slow_until = {};
  };
  class Place;

  // When the call was let in; nullopt: it is one too many.
  [[nodiscard]] std::optional<Deadline> enter(ConnectionId connection, const Patience& patience);
  void leave(ConnectionId connection, Deadline began);
  void note_slow(ConnectionId connection, Instant now);

  net::HttpClient& http_;
  std::mutex mutex_;
  std::condition_variable place_free_;
  std::map<ConnectionId, Traffic> traffic_;  // guarded by mutex_
};

}  // namespace gatehouse::sso::oidc_rp
