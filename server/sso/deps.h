// What the endpoints of this module are given. All of it outlives them.

#pragma once

#include "server/keys/key_ring.h"
#include "server/login/deps.h"
#include "server/sso/known_parties.h"
#include "server/sso/oidc/provider.h"
#include "server/sso/provider_keys.h"

namespace gatehouse::sso {

struct Deps {
  const login::Deps& login;
  const keys::KeyRings& keys;
  oidc_rp::ProviderDirectory& providers;
  KnownParties& parties;
  ProviderKeys& provider_keys;
  const crypto::SealingKey& client_secrets;  // connections::client_secret_seal_label
  Secret flow_key;                           // what nonces and PKCE verifiers are derived of
  std::string doctor_command;  // explains a reference: "gatehouse doctor sso --data …"
};

}  // namespace gatehouse::sso
