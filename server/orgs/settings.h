// What can be switched on and off for an organization, and how many people it may have.

#pragma once

#include <array>
#include <initializer_list>
#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::orgs {

// Parts of the product that an organization's own administrators see.
enum class Feature { sso, dir_sync, domain_verification, session_policy };
// In the order in which they are shown: clients take the first two by position.
inline constexpr std::array all_features{Feature::sso, Feature::dir_sync,
                                         Feature::domain_verification, Feature::session_policy};
[[nodiscard]] std::string_view feature_name(Feature feature);  // "sso"
[[nodiscard]] std::optional<Feature> parse_feature(std::string_view name);

class FeatureSet {
 public:
  FeatureSet() = default;
  FeatureSet(std::initializer_list<Feature> features) {
    for (const Feature feature : features) add(feature);
  }

  [[nodiscard]] bool has(Feature feature) const { return (bits_ & bit(feature)) != 0; }
  [[nodiscard]] bool empty() const { return bits_ == 0; }
  void add(Feature feature) { bits_ |= bit(feature); }

  friend bool operator==(FeatureSet, FeatureSet) = default;

 private:
  static unsigned bit(Feature feature) { return 1U << static_cast<unsigned>(feature); }
  unsigned bits_ = 0;
};

// A JSON array of names, in the order of all_features.
[[nodiscard]] std::string feature_set_to_json(FeatureSet features);
// Errors: invalid_argument.
Result<FeatureSet, Error> feature_set_from_json(std::string_view json);

// What a new organization may use.
[[nodiscard]] FeatureSet default_features();

enum class Switch { off, on };
struct FeatureChange {
  Feature feature;
  Switch wanted;
};

// Features that are not named stay as they are; of two changes of one feature the later one counts.
// Audited, with the event organization.updated. Errors: not_found.
Result<Unit, Error> change_features(storage::Transaction& transaction, EnvironmentId environment,
                                    OrgId organization, const Context& context, Random& random,
                                    const std::vector<FeatureChange>& changes);

struct UserLimit {
  // Members and invited people together; absent or 0: as many as like.
  std::optional<std::int64_t> max_allowed_users;
};
// Errors: not_found.
Result<UserLimit, Error> find_user_limit(storage::Transaction& transaction,
                                         EnvironmentId environment, OrgId organization);
// A limit below the present number keeps everybody and lets nobody join. Audited, with the event
// organization.updated. Errors: not_found, invalid_argument (negative).
Result<Unit, Error> set_user_limit(storage::Transaction& transaction, EnvironmentId environment,
                                   OrgId organization, const Context& context, Random& random,
                                   const UserLimit& limit);

}  // namespace gatehouse::orgs
