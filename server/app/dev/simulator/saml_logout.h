// Single logout at a simulated provider [SAML Core §3.7]: what it answers when it is told that
// somebody has left, and what it says when somebody leaves there first. Both go by the
// HTTP-Redirect binding, signed over the octets as this kind of provider writes them.

#pragma once

#include <map>
#include <mutex>

#include "server/app/dev/simulator/saml_answer.h"

namespace gatehouse::app::dev {

struct LogoutMessage {
  const Profile& profile;
  std::string entity_id;  // the provider's own
  std::string target;     // where it goes
  std::string relay_state = {};
  Instant now;
};
// URLs with the message and its signature.
[[nodiscard]] std::string logout_response_url(const LogoutMessage& message,
                                              const std::string& in_response_to,
                                              const ProviderKeys& keys, Random& random);
[[nodiscard]] std::string logout_request_url(const LogoutMessage& message,
                                             const SamlSession& session, const ProviderKeys& keys,
                                             Random& random);

// The last session at each provider. Any thread.
class SamlSessions {
 public:
  void put(ConnectionId connection, SamlSession session);
  void forget(ConnectionId connection);
  // One that can be ended: a name says whose it is.
  [[nodiscard]] std::optional<SamlSession> find(ConnectionId connection);

 private:
  std::mutex mutex_;
  std::map<ConnectionId, SamlSession> sessions_;  // guarded by it
};

}  // namespace gatehouse::app::dev
