// What programs read about an issuer: discovery [OIDC Discovery §4], authorization server metadata
// [RFC 8414 §3] and the key set [RFC 7517 §5]. The answers are made once per environment and key
// ring and shared by all requests.

#pragma once

#include <mutex>

#include "server/http/route.h"
#include "server/oidc/deps.h"

namespace gatehouse::oidc {

class DiscoveryEndpoint {
 public:
  explicit DiscoveryEndpoint(const Deps& deps) : deps_(deps) {}

  http::Response metadata(const Context& context, const http::Request& request) const;
  http::Response keys(const Context& context, const http::Request& request) const;

 private:
  const Deps& deps_;
  struct Document {
    std::string base_url;
    std::shared_ptr<const std::string> body;
  };
  using Documents = std::map<EnvironmentId, Document>;
  mutable std::mutex mutex_;
  mutable Documents documents_;  // by environment; made anew when the base URL changes
};

[[nodiscard]] std::string metadata_document(const environments::Environment& environment);

}  // namespace gatehouse::oidc
