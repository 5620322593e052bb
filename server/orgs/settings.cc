// Features and limits of an organization: their names, and the acts that change them.

#include "server/orgs/settings.h"

#include <algorithm>

#include "server/encoding/json.h"
#include "server/orgs/organization_change.h"
#include "server/orgs/settings_store.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

constexpr std::int64_t user_limit_max = 2'147'483'647;  // what the contract can say

struct FeatureName {
  std::string_view name;
  Feature feature;
};
// The first name of a feature is the one that is shown; callers know others too.
constexpr std::array feature_names{
    FeatureName{"sso", Feature::sso},
    FeatureName{"dir_sync", Feature::dir_sync},
    FeatureName{"domain_verification", Feature::domain_verification},
    FeatureName{"session_policy", Feature::session_policy},
    FeatureName{"scim", Feature::dir_sync},
};

Result<FeatureSet, Error> unreadable() {
  return Error(ErrorCode::invalid_argument, "features: not an array of their names");
}

}  // namespace

std::string_view feature_name(Feature feature) {
  const auto* found = std::ranges::find(feature_names, feature, &FeatureName::feature);
  ENSURE(found != feature_names.end());
  return found->name;
}

std::optional<Feature> parse_feature(std::string_view name) {
  const auto* found = std::ranges::find(feature_names, name, &FeatureName::name);
  return found == feature_names.end() ? std::nullopt : std::optional(found->feature);
}

FeatureSet default_features() {
  return {Feature::sso, Feature::dir_sync, Feature::domain_verification};
}

std::string feature_set_to_json(FeatureSet features) {
  std::string text;
  JsonWriter writer(text);
  writer.begin_array();
  for (const Feature feature : all_features) {
    if (features.has(feature)) writer.value(feature_name(feature));
  }
  writer.end_array();
  return text;
}

Result<FeatureSet, Error> feature_set_from_json(std::string_view json) {
  const Json document = TRY(Json::parse(json));
  if (document.array() == nullptr) return unreadable();
  FeatureSet features;
  for (const Json& item : *document.array()) {
    const auto name = item.string();
    const auto feature = name.has_value() ? parse_feature(*name) : std::nullopt;
    if (!feature.has_value()) return unreadable();
    features.add(*feature);
  }
  return features;
}

Result<Unit, Error> change_features(Transaction& transaction, EnvironmentId environment,
                                    OrgId organization, const Context& context, Random& random,
                                    const std::vector<FeatureChange>& changes) {
  FeatureSwitches switches;
  std::string what;
  for (const FeatureChange& change : changes) {
    switches[static_cast<std::size_t>(change.feature)] = change.wanted;
    if (!what.empty()) what += ", ";
    what.append(feature_name(change.feature)).append(change.wanted == Switch::on ? " on" : " off");
  }
  if (!TRY(update_features(transaction, environment, organization, switches, context.now))) {
    return organization_not_found();
  }
  TRY(tell_of_update(transaction, environment, organization, context, random, what));
  return Unit{};
}

Result<UserLimit, Error> find_user_limit(Transaction& transaction, EnvironmentId environment,
                                         OrgId organization) {
  const auto found = TRY(load_user_limit(transaction, environment, organization));
  if (!found.has_value()) return organization_not_found();
  return *found;
}

Result<Unit, Error> set_user_limit(Transaction& transaction, EnvironmentId environment,
                                   OrgId organization, const Context& context, Random& random,
                                   const UserLimit& limit) {
  const std::int64_t count = limit.max_allowed_users.value_or(0);
  if (count < 0 || count > user_limit_max) {
    return refusal(ErrorCode::invalid_argument, "max_allowed_users must not be negative",
                   "settings.max_allowed_users");
  }
  if (!TRY(update_user_limit(transaction, environment, organization, limit, context.now))) {
    return organization_not_found();
  }
  TRY(tell_of_update(transaction, environment, organization, context, random,
                     "max_allowed_users " + std::to_string(count)));
  return Unit{};
}

}  // namespace gatehouse::orgs
