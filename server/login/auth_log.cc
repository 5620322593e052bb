#include "server/login/auth_log.h"

#include <algorithm>
#include <array>
#include <limits>

#include "server/login/auth_log_store.h"

namespace gatehouse::login {
namespace {

using storage::Transaction;

constexpr std::array all_statuses{AttemptStatus::initiated, AttemptStatus::pending,
                                  AttemptStatus::success, AttemptStatus::failed};
// What an id can tell of; callers may ask for more.
constexpr Instant first_instant = instant_from_ms(0);
constexpr Instant last_instant = instant_from_ms(3'900'000'000'000);

std::int64_t first_number_from(Instant instant) {
  return least_id_number(std::clamp(instant, first_instant, last_instant));
}

}  // namespace

std::string_view attempt_status_name(AttemptStatus status) {
  switch (status) {
    case AttemptStatus::initiated: return "INITIATED";
    case AttemptStatus::pending: return "PENDING";
    case AttemptStatus::success: return "SUCCESS";
    case AttemptStatus::failed: return "FAILED";
  }
  ensure_failed("attempt_status_name: not an AttemptStatus");
}

std::optional<AttemptStatus> parse_attempt_status(std::string_view name) {
  std::string upper(name);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  if (upper == "FAILURE") return AttemptStatus::failed;
  const auto found = std::ranges::find(all_statuses, upper, attempt_status_name);
  return found == all_statuses.end() ? std::nullopt : std::optional(*found);
}

Result<Unit, Error> note_attempt(Transaction& transaction, EnvironmentId environment,
                                 const Context& context, Random& random, const AttemptStep& step) {
  if (step.flow.has_value()) {
    return upsert_attempt(transaction, environment, step, context.now);
  }
  const AuthRequestId id = AuthRequestId::make(random, context.now);
  return insert_attempt(transaction, environment, id, step, context.now);
}

Result<Page<Attempt>, Error> list_attempts(Transaction& transaction, EnvironmentId environment,
                                           const AttemptFilter& filter, const PageQuery& query) {
  AttemptSelection all{.above = 0,
                       .below = std::numeric_limits<std::int64_t>::max(),
                       .email = filter.email,
                       .statuses = {},
                       .client_id = filter.client_id,
                       .resource = filter.resource};
  if (filter.after.has_value()) all.above = first_number_from(*filter.after) - 1;
  if (filter.before.has_value()) all.below = first_number_from(*filter.before);
  for (const AttemptStatus status : all_statuses) {
    if (std::ranges::find(filter.statuses, status) == filter.statuses.end()) continue;
    all.statuses += (all.statuses.empty() ? "," : "");
    all.statuses += std::string(attempt_status_name(status)) + ",";
  }
  AttemptSelection beyond = all;
  const bool is_older = query.direction == PageQuery::Direction::older;
  if (query.from.has_value()) {
    if (is_older) beyond.below = std::min(beyond.below, *query.from);
    if (!is_older) beyond.above = std::max(beyond.above, *query.from);
  }
  auto found = TRY(find_attempts(transaction, environment, beyond,
                                 is_older ? Nearest::newest : Nearest::oldest,
                                 std::int64_t{query.limit} + 1));
  auto page = make_page(query, std::move(found),
                        [](const Attempt& attempt) { return attempt.id.number(); });
  page.total = TRY(count_attempts(transaction, environment, all));
  return page;
}

}  // namespace gatehouse::login
