// Events: what happened, for applications to hear of: the API lists them, webhooks deliver them.
// An event is written in the transaction of the change that it tells of.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/page.h"
#include "server/storage/database.h"

namespace gatehouse::events {

struct NewEvent {
  std::string_view type;    // "organization.created", "user.organization_membership_created", …
  std::string_view object;  // what `data` is: "Organization", "User", "OrgMembership", "Role", …
  std::optional<OrgId> organization = std::nullopt;  // absent: belongs to the whole environment
  std::string data;  // a JSON object: the thing as it is afterwards, in the contract's field names
};

// In the caller's transaction; the time comes from `context`.
Result<EventId, Error> record(storage::Transaction& transaction, EnvironmentId environment,
                              const Context& context, Random& random, const NewEvent& event);

struct Event {
  EventId id;
  std::string type;
  std::string object;
  std::optional<OrgId> organization;
  Instant occurred_at;
  std::string data;
};

// The version of the form in which events are shown and delivered.
inline constexpr std::string_view spec_version = "1";
// A type for people: "organization.sso_created" is "Organization SSO Created".
[[nodiscard]] std::string display_name(std::string_view type);

// Which part of the product an event comes from.
enum class Source { any, product, directory_sync };
struct EventFilter {
  std::vector<std::string> types = {};  // empty: all; at most `types_max`
  std::optional<OrgId> organization = std::nullopt;
  std::optional<Instant> after = std::nullopt;   // inclusive
  std::optional<Instant> before = std::nullopt;  // exclusive
  Source source = Source::any;
  // An id in printed form that stands in the event's data, as a whole JSON string.
  std::optional<std::string> mentions = std::nullopt;
  // Whether the page's total is wanted; counting reads every event that the filter lets through.
  enum class Total { counted, left_out };
  Total total = Total::counted;
};
inline constexpr std::size_t types_max = 100;
// Errors: invalid_argument (too many types, or one that is longer than any).
Result<Page<Event>, Error> list(storage::Transaction& transaction, EnvironmentId environment,
                                const EventFilter& filter, const PageQuery& query);

}  // namespace gatehouse::events
