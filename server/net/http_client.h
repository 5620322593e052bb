// HttpClient: the one way in which this server calls others over HTTP.
//
// Every call has a deadline and a cap on the answer, follows no redirects, ignores proxies named in
// the environment, checks TLS certificates and names, and connects only to addresses that its
// policy allows. Calls block: they are made on worker threads, never on the I/O threads.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/error.h"
#include "server/core/limits.h"
#include "server/core/result.h"
#include "server/core/time.h"
#include "server/net/address_guard.h"

namespace gatehouse::net {

struct HttpField {
  std::string name;
  std::string value;
};

enum class OutboundMethod { get, post };

struct OutboundRequest {
  OutboundMethod method = OutboundMethod::get;
  std::string url;  // http(s), without user name and password
  std::vector<HttpField> headers = {};
  std::string body = {};  // for post; its Content-Type stands in headers
  Deadline deadline;      // for the whole call, name resolution included
  std::size_t response_bytes_max = limits::outbound_response_bytes_max;
  AddressPolicy address_policy = AddressPolicy::public_only;
};

struct HttpAnswer {
  int status = 0;                  // any status is an answer, also 3xx: redirects are not followed
  std::vector<HttpField> headers;  // names in lower case
  std::string body;

  // The first field of that name (lower case); nullopt if there is none.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // Errors: invalid_argument (the URL or a header is malformed), permission_denied (the address or
  // scheme is not allowed), deadline_exceeded, resource_exhausted (the answer is too large, or too
  // many calls are under way), unavailable (anything else on the way). Safe from any thread.
  virtual Result<HttpAnswer, Error> send(const OutboundRequest& request) = 0;
};

struct HttpClientSettings {
  std::string ca_file = {};  // PEM bundle that replaces the system's; empty: the system's
  std::string user_agent = "Gatehouse";
  std::size_t calls_max = limits::outbound_calls_max;  // at the same time; more wait
};

[[nodiscard]] std::unique_ptr<HttpClient> make_http_client(HttpClientSettings settings);

}  // namespace gatehouse::net
