// How long sessions in an organization last: as the environment says, or shorter where the
// organization has a policy of its own.

#pragma once

#include "server/environments/environment.h"

namespace gatehouse::orgs {

enum class TimeUnit { minutes, hours, days };
[[nodiscard]] std::string_view time_unit_name(TimeUnit unit);  // "MINUTES"

// A time as it was given; it is shown again in the same unit.
struct Timeout {
  std::int64_t count;
  TimeUnit unit;

  // ENSUREs that the count is one that update_session_policy lets in.
  [[nodiscard]] Duration duration() const;
  friend bool operator==(const Timeout&, const Timeout&) = default;
};

struct SessionPolicy {
  enum class Source { application, custom } source = Source::application;
  // Of a custom policy only. An absent time leaves the environment's.
  std::optional<Timeout> absolute = std::nullopt;
  enum class Idle { ignored, limited } idle_rule = Idle::ignored;
  std::optional<Timeout> idle = std::nullopt;
};

// What is absent stays as it is; with source `application` the organization's own times are
// forgotten. A count without a unit is in minutes.
struct SessionPolicyChange {
  std::optional<SessionPolicy::Source> source = std::nullopt;
  std::optional<std::int64_t> absolute_count = std::nullopt;
  std::optional<TimeUnit> absolute_unit = std::nullopt;
  std::optional<SessionPolicy::Idle> idle_rule = std::nullopt;  // absent with a count: limited
  std::optional<std::int64_t> idle_count = std::nullopt;
  std::optional<TimeUnit> idle_unit = std::nullopt;
};

struct SessionLifetimes {
  Duration absolute;
  Duration idle;
};
// The stricter of both, each time for itself.
[[nodiscard]] SessionLifetimes effective_lifetimes(const SessionPolicy& policy,
                                                   const environments::Settings& settings);

// Errors: not_found.
Result<SessionPolicy, Error> find_session_policy(storage::Transaction& transaction,
                                                 EnvironmentId environment, OrgId organization);

// Sessions that live already keep their times. Audited, with the event organization.updated.
// Errors: not_found, invalid_argument (times beyond their bounds, or not absolute > idle > the
// lifetime of access tokens).
Result<SessionPolicy, Error> update_session_policy(storage::Transaction& transaction,
                                                   EnvironmentId environment, OrgId organization,
                                                   const Context& context, Random& random,
                                                   const environments::Settings& settings,
                                                   const SessionPolicyChange& change);

}  // namespace gatehouse::orgs
