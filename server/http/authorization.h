// The Authorization header: client credentials by Basic, access tokens by Bearer.

#pragma once

#include <string>
#include <vector>

#include "server/core/secret.h"
#include "server/http/message.h"

namespace gatehouse::http {

struct BasicRead {
  enum class State { absent, found, malformed };
  State state = State::absent;
  std::string client_id;  // only if found, as is the secret
  Secret client_secret;
};

// The client's credentials: base64 of id and secret, each form-encoded [RFC 6749 §2.3.1]. A colon
// separates them, so the secret may hold colons in plain. More than one Basic header is malformed.
// Headers of other schemes do not matter: some clients send a Bearer token along to every endpoint.
[[nodiscard]] BasicRead read_basic(const Request& request);

struct BearerRead {
  std::vector<Secret> tokens;  // of each well-formed Bearer header, in order
  bool is_malformed = false;   // one of them was not: no token, foreign bytes, too long
};

// Every Bearer token [RFC 6750 §2.1]. A client that renews its token may send the old one in a
// second header; the request is good if any of them is.
[[nodiscard]] BearerRead read_bearer(const Request& request);

}  // namespace gatehouse::http
