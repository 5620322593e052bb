// The parties of SAML connections, kept ready: reading a provider's certificates costs more than
// verifying what it has signed.

#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

#include "server/environments/environment.h"
#include "server/sso/saml/parties.h"

namespace gatehouse::sso {

class KnownParties {
 public:
  using Parties = std::shared_ptr<const saml::SamlParties>;
  // Those of the connection as it is given, whatever was kept of an earlier state of it. Failures:
  // those of saml_parties. Any thread.
  [[nodiscard]] Result<Parties, Failure> get(const environments::Environment& environment,
                                             const connections::Connection& connection);

 private:
  struct Kept {
    std::string made_of;  // everything that they depend on
    Parties parties;
  };
  std::mutex mutex_;
  std::unordered_map<ConnectionId, Kept> kept_;  // guarded by it
};

}  // namespace gatehouse::sso
