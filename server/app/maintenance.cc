#include "server/app/maintenance.h"

#include <algorithm>

#include "server/api_tokens/api_token.h"
#include "server/audit/query.h"
#include "server/login/auth_log.h"
#include "server/login/flow.h"
#include "server/login/passwordless.h"
#include "server/orgs/portal_link.h"
#include "server/sessions/logout_delivery.h"
#include "server/sessions/refresh.h"
#include "server/sso/attempt.h"
#include "server/storage/one_time.h"
#include "server/users/user.h"

namespace gatehouse::app {
namespace {

using storage::Transaction;

constexpr std::int64_t rows_per_portion_max = 5'000;
constexpr int portions_max = 200;
constexpr std::int64_t records_per_seal_max = 10'000;

// Returns whether there may be more.
Result<bool, Error> reclaim_portion(Transaction& transaction, Instant now) {
  constexpr std::int64_t most = rows_per_portion_max;
  std::int64_t largest = 0;
  const auto note = [&](Result<std::int64_t, Error> count) -> Result<Unit, Error> {
    largest = std::max(largest, TRY(std::move(count)));
    return Unit{};
  };
  TRY(note(storage::reclaim_one_time(transaction, now, most)));
  TRY(note(login::reclaim_flows(transaction, now, most)));
  TRY(note(login::reclaim_throttles(transaction, now, most)));
  TRY(note(login::reclaim_attempts(transaction, now, most)));
  TRY(note(login::reclaim_passwordless(transaction, now, most)));
  TRY(note(api_tokens::reclaim(transaction, now, days(30), most)));
  TRY(note(sso::reclaim_attempts(transaction, now, most)));
  TRY(note(sessions::reclaim(transaction, now, days(30), most)));
  TRY(note(orgs::reclaim_portal_links(transaction, now, most)));
  TRY(note(sessions::reclaim_revoked_tokens(transaction, now, most)));
  TRY(note(sessions::reclaim_logout_deliveries(transaction, now, days(30), most)));
  return largest >= most;
}

}  // namespace

Result<Unit, Error> seal_audit_logs(storage::Database& database,
                                    const applications::CatalogSnapshot& environments,
                                    MakeContext make_context) {
  for (const auto& entry : environments.entries) {
    Context here = make_context();
    here.environment = entry->environment.id;
    TRY(storage::write(database, here, [&](Transaction& transaction) {
      return audit::seal(transaction, here.environment, here.now, seconds(60),
                         records_per_seal_max);
    }));
  }
  return Unit{};
}

Result<Unit, Error> reclaim(storage::Database& database, mail::Sender& sender,
                            MakeContext make_context) {
  for (int i = 0; i < portions_max; ++i) {
    const Context here = make_context();
    const bool may_be_more = TRY(storage::write(database, here, [&](Transaction& transaction) {
      return reclaim_portion(transaction, here.now);
    }));
    if (!may_be_more) break;
  }
  TRY(sender.reclaim());
  return Unit{};
}

Result<Unit, Error> sum_up_counts(storage::Database& database, MakeContext make_context) {
  constexpr std::int64_t changes_max = 50'000;
  return storage::write(database, make_context(), [&](Transaction& transaction) {
    return users::sum_up_counts(transaction, changes_max);
  });
}

}  // namespace gatehouse::app
