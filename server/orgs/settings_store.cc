#include "server/orgs/settings_store.h"

namespace gatehouse::orgs {
namespace {

using storage::Row;
using storage::Sql;
using storage::Transaction;

constexpr Sql update_features_sql{
    "orgs.update_features",
    "UPDATE organizations SET has_sso = COALESCE($3, has_sso), "
    "has_dir_sync = COALESCE($4, has_dir_sync), "
    "has_domain_verification = COALESCE($5, has_domain_verification), "
    "has_session_policy = COALESCE($6, has_session_policy), updated_at_ms = $7 "
    "WHERE environment_id = $1 AND id = $2"};

constexpr Sql load_user_limit_sql{
    "orgs.load_user_limit",
    "SELECT max_allowed_users FROM organizations WHERE environment_id = $1 AND id = $2"};

constexpr Sql update_user_limit_sql{
    "orgs.update_user_limit",
    "UPDATE organizations SET max_allowed_users = $3, updated_at_ms = $4 "
    "WHERE environment_id = $1 AND id = $2"};

constexpr Sql load_session_policy_sql{
    "orgs.load_session_policy",
    "SELECT session_policy_source, session_absolute_count, session_absolute_unit, "
    "session_idle_enabled, session_idle_count, session_idle_unit "
    "FROM organizations WHERE environment_id = $1 AND id = $2"};

constexpr Sql store_session_policy_sql{
    "orgs.store_session_policy",
    "UPDATE organizations SET session_policy_source = $3, session_absolute_count = $4, "
    "session_absolute_unit = $5, session_idle_enabled = $6, session_idle_count = $7, "
    "session_idle_unit = $8, updated_at_ms = $9 WHERE environment_id = $1 AND id = $2"};

constexpr std::string_view application_source = "APPLICATION";
constexpr std::string_view custom_source = "CUSTOM";

TimeUnit unit_from_name(std::string_view name) {
  for (const TimeUnit unit : {TimeUnit::minutes, TimeUnit::hours, TimeUnit::days}) {
    if (time_unit_name(unit) == name) return unit;
  }
  ensure_failed("orgs: not the name of a unit of time");
}

std::optional<Timeout> timeout_from_row(const Row& row, int count_column, int unit_column) {
  if (row.is_null(count_column)) return std::nullopt;
  return Timeout{.count = row.integer(count_column), .unit = unit_from_name(row.text(unit_column))};
}

SessionPolicy policy_from_row(const Row& row) {
  using Source = SessionPolicy::Source;
  return {.source = row.text(0) == custom_source ? Source::custom : Source::application,
          .absolute = timeout_from_row(row, 1, 2),
          .idle_rule =
              row.integer(3) != 0 ? SessionPolicy::Idle::limited : SessionPolicy::Idle::ignored,
          .idle = timeout_from_row(row, 4, 5)};
}

std::optional<int> flag(const std::optional<Switch>& wanted) {
  if (!wanted.has_value()) return std::nullopt;
  return *wanted == Switch::on ? 1 : 0;
}

std::optional<std::int64_t> count_of(const std::optional<Timeout>& timeout) {
  return timeout.has_value() ? std::optional(timeout->count) : std::nullopt;
}

std::optional<std::string_view> unit_of(const std::optional<Timeout>& timeout) {
  return timeout.has_value() ? std::optional(time_unit_name(timeout->unit)) : std::nullopt;
}

}  // namespace

Result<bool, Error> update_features(Transaction& transaction, EnvironmentId environment,
                                    OrgId organization, const FeatureSwitches& switches,
                                    Instant now) {
  const auto wanted = [&](Feature feature) {
    return flag(switches[static_cast<std::size_t>(feature)]);
  };
  const auto changed = TRY(transaction.execute(
      update_features_sql,
      {environment, organization, wanted(Feature::sso), wanted(Feature::dir_sync),
       wanted(Feature::domain_verification), wanted(Feature::session_policy), now}));
  return changed == 1;
}

Result<std::optional<UserLimit>, Error> load_user_limit(Transaction& transaction,
                                                        EnvironmentId environment,
                                                        OrgId organization) {
  return transaction.find(load_user_limit_sql, {environment, organization}, [](const Row& row) {
    UserLimit limit;
    if (!row.is_null(0)) limit.max_allowed_users = row.integer(0);
    return limit;
  });
}

Result<bool, Error> update_user_limit(Transaction& transaction, EnvironmentId environment,
                                      OrgId organization, const UserLimit& limit, Instant now) {
  const auto changed = TRY(transaction.execute(
      update_user_limit_sql, {environment, organization, limit.max_allowed_users, now}));
  return changed == 1;
}

Result<std::optional<SessionPolicy>, Error> load_session_policy(Transaction& transaction,
                                                                EnvironmentId environment,
                                                                OrgId organization) {
  return transaction.find(load_session_policy_sql, {environment, organization}, policy_from_row);
}

Result<bool, Error> store_session_policy(Transaction& transaction, EnvironmentId environment,
                                         OrgId organization, const SessionPolicy& policy,
                                         Instant now) {
  const bool is_custom = policy.source == SessionPolicy::Source::custom;
  const auto changed = TRY(transaction.execute(
      store_session_policy_sql,
      {environment, organization, is_custom ? custom_source : application_source,
       count_of(policy.absolute), unit_of(policy.absolute),
       policy.idle_rule == SessionPolicy::Idle::limited ? 1 : 0, count_of(policy.idle),
       unit_of(policy.idle), now}));
  return changed == 1;
}

}  // namespace gatehouse::orgs
