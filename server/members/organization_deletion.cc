#include "server/members/organization_deletion.h"

#include "server/members/member.h"
#include "server/orgs/organization.h"
#include "server/sessions/session.h"

namespace gatehouse::members {
namespace {

using storage::Transaction;

constexpr int batch = 500;

// Each round ends the memberships that it was given, so the rounds come to an end.
Result<Unit, Error> all_leave(Transaction& transaction, EnvironmentId environment,
                              OrgId organization, const Context& context, Random& random) {
  while (true) {
    const auto users = TRY(orgs::list_member_ids(transaction, environment, organization, batch));
    for (const UserId user : users) {
      TRY(leave(transaction, environment, organization, context, random, user,
                LastMembership::deletes_user));
    }
    if (users.size() < static_cast<std::size_t>(batch)) return Unit{};
  }
}

}  // namespace

Result<Unit, Error> delete_organization(Transaction& transaction, EnvironmentId environment,
                                        OrgId organization, const Context& context,
                                        Random& random) {
  TRY(sessions::end_all_in_organization(transaction, environment, organization, context, random,
                                        sessions::EndReason::revoked));
  TRY(all_leave(transaction, environment, organization, context, random));
  return orgs::delete_organization(transaction, environment, context, random, organization);
}

}  // namespace gatehouse::members
