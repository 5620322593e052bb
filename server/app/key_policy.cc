#include "server/app/key_policy.h"

#include <algorithm>

namespace gatehouse::app {

keys::KeyPolicy key_policy(const applications::CatalogEntry& entry,
                           const std::vector<crypto::SignatureAlgorithm>& always) {
  keys::KeyPolicy policy;
  policy.algorithms = always;
  for (const auto& [client_id, application] : entry.by_client_id) {
    const auto algorithm = crypto::parse_algorithm(application.signing_algorithm);
    ENSURE(algorithm.has_value());
    if (std::ranges::find(policy.algorithms, *algorithm) == policy.algorithms.end()) {
      policy.algorithms.push_back(*algorithm);
    }
    policy.longest_token = std::max(policy.longest_token,
                                    application.access_token_lifetime.value_or(Duration::zero()));
  }
  const environments::Settings& settings = entry.environment.settings;
  policy.longest_token =
      std::max({policy.longest_token, entry.longest_machine_token, settings.m2m_token_lifetime,
                settings.access_token_lifetime, settings.id_token_lifetime});
  return policy;
}

}  // namespace gatehouse::app
