// The life of a signing key: it is published as `next`, signs as `current`, and stays published as
// `retired` until the last token that it signed has expired. The applications' SDKs fetch the
// published keys once in their lives, which is why a key must be known long before it signs.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/id.h"
#include "server/core/time.h"
#include "server/crypto/signature.h"

namespace gatehouse::keys {

enum class KeyState { next, current, retired };
[[nodiscard]] std::string_view key_state_name(KeyState state);
// ENSUREs that it is such a name: the schema admits no other.
[[nodiscard]] KeyState parse_key_state(std::string_view name);

struct SigningKeyRow {
  KeyId id;  // its text is the `kid`
  crypto::SignatureAlgorithm algorithm;
  KeyState state;
  Instant created_at;
  Instant publish_from;
  Instant active_from;  // of a next key: the earliest time; else when it became current
  std::optional<Instant> retired_at;  // of a retired key, like remove_at
  std::optional<Instant> remove_at;
  Duration longest_token;  // the longest life of any token that it may have signed
  std::string sealed_key;  // see sealed_key.h
  std::string public_jwk;
};

// How an environment wants its keys. RS256 belongs to every environment. ES256 keys are there only
// where an application uses them: the Python SDK cannot parse a set with any other than RSA keys.
struct KeyPolicy {
  std::vector<crypto::SignatureAlgorithm> algorithms = {crypto::SignatureAlgorithm::rs256};
  crypto::SigningKeyKind rsa_kind = crypto::SigningKeyKind::rsa_2048;
  Duration rotation_period = days(90);
  Duration publish_lead = days(30);    // published at least so long before it signs
  Duration longest_token = hours(24);  // of any application's lifetimes, machines included
  Duration slack = hours(24);          // other nodes' and callers' clocks and caches
};

}  // namespace gatehouse::keys
