// Session policies: how a change is merged into what there is, and what is refused.

#include "server/orgs/session_policy.h"

#include <algorithm>

#include "server/orgs/organization_change.h"
#include "server/orgs/settings_store.h"

namespace gatehouse::orgs {
namespace {

using environments::Settings;
using storage::Transaction;
using Source = SessionPolicy::Source;
using Idle = SessionPolicy::Idle;

constexpr std::int64_t count_max = 2'147'483'647;  // what the contract can say
constexpr Duration timeout_min = minutes(1);
constexpr Duration timeout_max = days(365);

constexpr std::string_view absolute_field = "absolute_session_timeout";
constexpr std::string_view idle_field = "idle_session_timeout";

Duration one(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::minutes: return minutes(1);
    case TimeUnit::hours: return hours(1);
    case TimeUnit::days: return days(1);
  }
  ensure_failed("orgs: not a TimeUnit");
}

Error not_allowed(std::string_view field, std::string_view rule) {
  return refusal(ErrorCode::invalid_argument, std::string(field) + " " + std::string(rule),
                 std::string(field));
}

// A unit alone changes the unit of the count that there is.
std::optional<Timeout> merged(const std::optional<Timeout>& before,
                              std::optional<std::int64_t> count, std::optional<TimeUnit> unit) {
  if (count.has_value()) {
    return Timeout{.count = *count, .unit = unit.value_or(TimeUnit::minutes)};
  }
  if (!before.has_value()) return std::nullopt;
  return Timeout{.count = before->count, .unit = unit.value_or(before->unit)};
}

SessionPolicy merged(const SessionPolicy& before, const SessionPolicyChange& change) {
  const Source source = change.source.value_or(before.source);
  if (source == Source::application) return {};
  const Idle unless_said = change.idle_count.has_value() ? Idle::limited : before.idle_rule;
  return {.source = source,
          .absolute = merged(before.absolute, change.absolute_count, change.absolute_unit),
          .idle_rule = change.idle_rule.value_or(unless_said),
          .idle = merged(before.idle, change.idle_count, change.idle_unit)};
}

Result<Unit, Error> check_timeout(std::string_view field, const std::optional<Timeout>& timeout) {
  if (!timeout.has_value()) return Unit{};
  const bool is_count = timeout->count > 0 && timeout->count <= count_max;
  if (!is_count || timeout->duration() < timeout_min || timeout->duration() > timeout_max) {
    return not_allowed(field, "must be from 1 minute to 365 days");
  }
  return Unit{};
}

// The order that lifetimes must have, so that none of them makes another one pointless.
Result<Unit, Error> check_policy(const SessionPolicy& policy, const Settings& settings) {
  TRY(check_timeout(absolute_field, policy.absolute));
  TRY(check_timeout(idle_field, policy.idle));
  const bool limits_idle = policy.idle_rule == Idle::limited;
  if (limits_idle && !policy.idle.has_value()) {
    return not_allowed(idle_field, "is needed where idle_session_timeout_enabled is set");
  }
  const SessionLifetimes lifetimes = effective_lifetimes(policy, settings);
  if (lifetimes.absolute <= settings.access_token_lifetime) {
    return not_allowed(absolute_field, "must be longer than the lifetime of access tokens");
  }
  if (!limits_idle) return Unit{};
  if (policy.idle->duration() >= lifetimes.absolute) {
    return not_allowed(idle_field, "must be shorter than the absolute session timeout");
  }
  if (policy.idle->duration() <= settings.access_token_lifetime) {
    return not_allowed(idle_field, "must be longer than the lifetime of access tokens");
  }
  return Unit{};
}

std::string in_words(std::string_view name, const Timeout& timeout) {
  return " " + std::string(name) + " " + std::to_string(timeout.count) + " " +
         std::string(time_unit_name(timeout.unit));
}

std::string in_words(const SessionPolicy& policy) {
  if (policy.source == Source::application) return "session policy: application";
  std::string words = "session policy: custom";
  if (policy.absolute.has_value()) words += in_words("absolute", *policy.absolute);
  if (policy.idle_rule == Idle::limited) words += in_words("idle", *policy.idle);
  return words;
}

}  // namespace

std::string_view time_unit_name(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::minutes: return "MINUTES";
    case TimeUnit::hours: return "HOURS";
    case TimeUnit::days: return "DAYS";
  }
  ensure_failed("time_unit_name: not a TimeUnit");
}

Duration Timeout::duration() const {
  ENSURE(count > 0 && count <= count_max);
  return count * one(unit);
}

SessionLifetimes effective_lifetimes(const SessionPolicy& policy, const Settings& settings) {
  SessionLifetimes lifetimes{.absolute = settings.session_absolute_lifetime,
                             .idle = settings.session_idle_lifetime};
  if (policy.source == Source::application) return lifetimes;
  if (policy.absolute.has_value()) {
    lifetimes.absolute = std::min(lifetimes.absolute, policy.absolute->duration());
  }
  if (policy.idle_rule == Idle::limited && policy.idle.has_value()) {
    lifetimes.idle = std::min(lifetimes.idle, policy.idle->duration());
  }
  return lifetimes;
}

Result<SessionPolicy, Error> find_session_policy(Transaction& transaction,
                                                 EnvironmentId environment, OrgId organization) {
  const auto found = TRY(load_session_policy(transaction, environment, organization));
  if (!found.has_value()) return organization_not_found();
  return *found;
}

Result<SessionPolicy, Error> update_session_policy(Transaction& transaction,
                                                   EnvironmentId environment, OrgId organization,
                                                   const Context& context, Random& random,
                                                   const Settings& settings,
                                                   const SessionPolicyChange& change) {
  const SessionPolicy before = TRY(find_session_policy(transaction, environment, organization));
  const SessionPolicy after = merged(before, change);
  TRY(check_policy(after, settings));
  if (!TRY(store_session_policy(transaction, environment, organization, after, context.now))) {
    return organization_not_found();
  }
  TRY(tell_of_update(transaction, environment, organization, context, random, in_words(after)));
  return after;
}

}  // namespace gatehouse::orgs
