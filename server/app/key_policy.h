// How an environment's signing keys are kept, for the server and for `gatehouse admin keys`, which
// must agree.

#pragma once

#include <string_view>
#include <vector>

#include "server/applications/catalog.h"
#include "server/keys/signing_key.h"

namespace gatehouse::app {

// What the master key's sealing key for signing keys is derived under.
inline constexpr std::string_view key_seal_label = "signing keys";

// The algorithms that an environment's keys must cover: those of every environment, and those its
// applications use.
[[nodiscard]] keys::KeyPolicy key_policy(const applications::CatalogEntry& entry,
                                         const std::vector<crypto::SignatureAlgorithm>& always);

}  // namespace gatehouse::app
