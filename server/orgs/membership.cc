// The rules of memberships: who joins, who leaves, with their audit records.

#include "server/audit/record.h"
#include "server/orgs/membership_store.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

Error unknown_membership() { return {ErrorCode::not_found, "no such member"}; }

Result<Unit, Error> record_act(Transaction& transaction, EnvironmentId environment,
                               OrgId organization, const Context& context, Random& random,
                               audit::Event event, UserId user, std::string detail) {
  return audit::record(transaction, environment, context, random,
                       {.event = event,
                        .subject_type = "user",
                        .subject_id = user.text(),
                        .organization = organization,
                        .detail = std::move(detail)});
}

}  // namespace

Result<Unit, Error> add_member(Transaction& transaction, EnvironmentId environment,
                               OrgId organization, const Context& context, Random& random,
                               UserId user, Provisioning provisioning) {
  if (!TRY(insert_membership(transaction, environment, organization,
                             {.user = user, .provisioning = provisioning, .now = context.now}))) {
    if (TRY(find_membership(transaction, environment, organization, user)).has_value()) {
      return Error(ErrorCode::already_exists, "a member already");
    }
    return Error(ErrorCode::not_found, "no such organization or user in this environment");
  }
  return record_act(transaction, environment, organization, context, random,
                    audit::Event::membership_created, user,
                    std::string(provisioning_name(provisioning)));
}

Result<Unit, Error> remove_member(Transaction& transaction, EnvironmentId environment,
                                  OrgId organization, const Context& context, Random& random,
                                  UserId user) {
  if (!TRY(delete_membership(transaction, environment, organization, user))) {
    return unknown_membership();
  }
  return record_act(transaction, environment, organization, context, random,
                    audit::Event::membership_deleted, user, {});
}

Result<Unit, Error> note_membership_used(Transaction& transaction, EnvironmentId environment,
                                         OrgId organization, UserId user, Instant now) {
  if (!TRY(update_last_used(transaction, environment, organization, user, now))) {
    return unknown_membership();
  }
  return Unit{};
}

}  // namespace gatehouse::orgs
