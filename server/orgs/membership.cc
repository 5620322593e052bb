// The rules of memberships: who joins, who leaves, with their audit records and events.

#include "server/orgs/membership.h"

#include "server/audit/record.h"
#include "server/events/event.h"
#include "server/orgs/membership_store.h"

namespace gatehouse::orgs {
namespace {

using storage::Transaction;

Error unknown_membership() { return refusal(ErrorCode::not_found, "membership not found"); }

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

// Why nobody was inserted: always an error.
Result<Unit, Error> explain_refusal(Transaction& transaction, EnvironmentId environment,
                                    OrgId organization, UserId user) {
  if (TRY(find_membership(transaction, environment, organization, user)).has_value()) {
    return refusal(ErrorCode::already_exists, "the user is a member of the organization already");
  }
  if (!TRY(find_organization(transaction, environment, organization)).has_value()) {
    return refusal(ErrorCode::not_found, "organization not found");
  }
  if (!TRY(users::find_user(transaction, environment, user)).has_value()) {
    return refusal(ErrorCode::not_found, "user not found");
  }
  return refusal(ErrorCode::resource_exhausted,
                 "the organization has as many users as it is allowed");
}

}  // namespace

Result<Unit, Error> add_member(Transaction& transaction, EnvironmentId environment,
                               OrgId organization, const Context& context, Random& random,
                               const NewMember& wanted) {
  TRY(users::check_metadata(wanted.metadata, "metadata"));
  if (wanted.inviter_email.has_value() && !users::Email::parse(*wanted.inviter_email).has_value()) {
    return refusal(ErrorCode::invalid_argument, "inviter_email must be an e-mail address",
                   "inviter_email");
  }
  if (!TRY(insert_membership(transaction, environment, organization, wanted, context.now))) {
    return explain_refusal(transaction, environment, organization, wanted.user);
  }
  TRY(record_act(transaction, environment, organization, context, random,
                 audit::Event::membership_created, wanted.user,
                 std::string(provisioning_name(wanted.provisioning))));
  return tell_of_membership(transaction, environment, context, random,
                            {.type = "user.organization_membership_created",
                             .organization = organization,
                             .user = wanted.user});
}

Result<Unit, Error> add_member(Transaction& transaction, EnvironmentId environment,
                               OrgId organization, const Context& context, Random& random,
                               UserId user, Provisioning provisioning) {
  return add_member(transaction, environment, organization, context, random,
                    NewMember{.user = user, .provisioning = provisioning});
}

Result<Unit, Error> set_member_metadata(Transaction& transaction, EnvironmentId environment,
                                        OrgId organization, const Context& context, Random& random,
                                        const MemberMetadata& wanted) {
  TRY(users::check_metadata(wanted.metadata, "metadata"));
  if (!TRY(update_metadata(transaction, environment, organization, wanted, context.now))) {
    return unknown_membership();
  }
  return record_act(transaction, environment, organization, context, random,
                    audit::Event::membership_updated, wanted.user, "metadata");
}

Result<Unit, Error> remove_member(Transaction& transaction, EnvironmentId environment,
                                  OrgId organization, const Context& context, Random& random,
                                  UserId user) {
  if (!TRY(delete_membership(transaction, environment, organization, user))) {
    return unknown_membership();
  }
  TRY(record_act(transaction, environment, organization, context, random,
                 audit::Event::membership_deleted, user, {}));
  return tell_of_membership(
      transaction, environment, context, random,
      {.type = "user.organization_membership_deleted", .organization = organization, .user = user});
}

Result<Unit, Error> note_membership_used(Transaction& transaction, EnvironmentId environment,
                                         OrgId organization, UserId user, Instant now) {
  if (!TRY(update_last_used(transaction, environment, organization, user, now))) {
    return unknown_membership();
  }
  return Unit{};
}

Result<Unit, Error> tell_of_membership(Transaction& transaction, EnvironmentId environment,
                                       const Context& context, Random& random,
                                       const MembershipEvent& event) {
  const auto user = TRY(users::find_details(transaction, environment, event.user));
  const auto organization = TRY(find_organization(transaction, environment, event.organization));
  ENSURE(user.has_value() && organization.has_value());
  std::string data;
  JsonWriter writer(data);
  writer.begin_object();
  writer.key("organization").raw(organization_json(*organization));
  writer.key("user");
  users::write_user(writer, *user);
  writer.end_object();
  TRY(events::record(transaction, environment, context, random,
                     {.type = event.type,
                      .object = "OrgMembership",
                      .organization = event.organization,
                      .data = std::move(data)}));
  return Unit{};
}

}  // namespace gatehouse::orgs
