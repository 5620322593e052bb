#include "server/sessions/session_list.h"

#include <algorithm>
#include <limits>

#include "server/core/enum_names.h"
#include "server/sessions/session_list_store.h"

namespace gatehouse::sessions {
namespace {

using storage::Transaction;

constexpr EnumNames<Status, 4> statuses({"active", "expired", "revoked", "logout"});
constexpr int revoked_at_once_max = 500;

Error unknown_session() { return refusal(ErrorCode::not_found, "session not found", "session_id"); }
Error unknown_user() { return refusal(ErrorCode::not_found, "user not found", "user_id"); }

}  // namespace

std::string_view status_name(Status status) { return statuses.name(status); }
std::optional<Status> parse_status(std::string_view name) { return statuses.parse(name); }

std::optional<Instant> SessionDetails::over_at() const {
  switch (status) {
    case Status::active: return std::nullopt;
    case Status::expired: return std::min(session.idle_expires_at, session.expires_at);
    case Status::revoked:
    case Status::logout: return session.ended_at;
  }
  ensure_failed("SessionDetails::over_at: not a Status");
}

Instant SessionDetails::updated_at() const {
  return std::max(session.last_active_at, session.ended_at.value_or(session.last_active_at));
}

std::vector<OrgId> SessionDetails::organizations() const {
  std::vector<OrgId> all;
  const auto add = [&all](std::optional<OrgId> organization) {
    if (organization.has_value() && std::ranges::find(all, *organization) == all.end()) {
      all.push_back(*organization);
    }
  };
  add(session.organization);
  for (const AuthenticatedClient& client : clients) add(client.organization);
  return all;
}

Result<SessionDetails, Error> find_details(Transaction& transaction, EnvironmentId environment,
                                           SessionId session, Instant now) {
  auto found = TRY(select_details(transaction, environment, session, now));
  if (!found.has_value()) return unknown_session();
  return *std::move(found);
}

Result<Page<SessionDetails>, Error> list_of_user(Transaction& transaction,
                                                 EnvironmentId environment, UserId user,
                                                 const SessionFilter& filter,
                                                 const PageQuery& query, Instant now) {
  const auto total = TRY(count_of_user(transaction, environment, user, filter, now));
  if (!total.has_value()) return unknown_user();
  auto found = TRY(select_of_user(transaction, environment, user, filter, query, now));
  auto page = make_page(query, std::move(found),
                        [](const SessionDetails& details) { return details.session.id.number(); });
  page.total = *total;
  return page;
}

Result<SessionDetails, Error> revoke(Transaction& transaction, EnvironmentId environment,
                                     const Context& context, Random& random, SessionId session) {
  const SessionDetails before = TRY(find_details(transaction, environment, session, context.now));
  const bool is_active = before.status == Status::active;
  if (!is_active ||
      !TRY(end(transaction, environment, context, random, session, EndReason::revoked))) {
    return refusal(ErrorCode::failed_precondition, "session is not active", "session_id");
  }
  return find_details(transaction, environment, session, context.now);
}

Result<std::vector<SessionDetails>, Error> revoke_all_of_user(Transaction& transaction,
                                                              EnvironmentId environment,
                                                              const Context& context,
                                                              Random& random, UserId user) {
  const SessionFilter active{.statuses = {Status::active}};
  if (!TRY(count_of_user(transaction, environment, user, active, context.now)).has_value()) {
    return unknown_user();
  }
  std::vector<SessionDetails> revoked;
  PageQuery query{.limit = revoked_at_once_max};
  while (true) {
    auto batch = TRY(select_of_user(transaction, environment, user, active, query, context.now));
    for (const SessionDetails& details : batch) {
      const SessionId id = details.session.id;
      query.from = id.number();
      if (!TRY(end(transaction, environment, context, random, id, EndReason::revoked))) continue;
      revoked.push_back(TRY(find_details(transaction, environment, id, context.now)));
    }
    if (batch.size() <= static_cast<std::size_t>(revoked_at_once_max)) return revoked;
  }
}

}  // namespace gatehouse::sessions
