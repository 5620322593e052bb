// UserService: joining and leaving organizations, invitations, and roles.

#include "server/api/services/users.h"
#include "server/login/invitation.h"
#include "server/members/member.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::users;
namespace commons = scalekit::v1::commons;
using google::protobuf::Empty;
using members::OneMember;
using storage::Transaction;

login::InvitationDeps invitation_deps(const Call& call) {
  return {.random = call.deps.random,
          .outbox = call.deps.login.outbox,
          .letters = call.deps.login.letters};
}

// Whether a request that makes a membership also sends a mail: unless it says otherwise.
template <class Request>
bool invites(const Request& request) {
  return !request.has_send_invitation_email() || request.send_invitation_email();
}

std::vector<members::RoleReference> to_roles(
    const google::protobuf::RepeatedPtrField<commons::Role>& given) {
  std::vector<members::RoleReference> roles;
  for (const commons::Role& role : given) {
    roles.push_back({.name = role.name(), .id = RoleId::parse(role.id())});
  }
  return roles;
}

enum class Mail { sent, none };

// Whoever is invited waits for the mail; whoever is not belongs to the organization at once.
members::Joining to_joining(const pb::CreateMembership& given, Mail mail) {
  members::Joining joining{.provisioning = mail == Mail::sent
                                               ? orgs::Provisioning::invitation
                                               : orgs::Provisioning::direct_provision,
                           .status = mail == Mail::sent ? orgs::MembershipStatus::pending_invite
                                                        : orgs::MembershipStatus::active,
                           .roles = to_roles(given.roles()),
                           .metadata = to_metadata(given.metadata())};
  if (!given.inviter_email().empty()) joining.inviter_email = given.inviter_email();
  return joining;
}

users::NewUser to_new_user(const pb::CreateUser& given, users::Email email) {
  const pb::CreateUserProfile& profile = given.user_profile();
  const auto either = [](const std::string& first, const std::string& second) {
    return first.empty() ? second : first;
  };
  users::NewUser wanted{.email = std::move(email),
                        .given_name = either(profile.given_name(), profile.first_name()),
                        .family_name = either(profile.family_name(), profile.last_name()),
                        .name = profile.name(),
                        .picture = profile.picture(),
                        .locale = profile.locale(),
                        .metadata = to_metadata(given.metadata()),
                        .profile = {.phone_number = profile.phone_number(),
                                    .preferred_username = profile.preferred_username(),
                                    .gender = profile.gender(),
                                    .groups = {profile.groups().begin(), profile.groups().end()},
                                    .custom_attributes = to_metadata(profile.custom_attributes()),
                                    .metadata = to_metadata(profile.metadata())}};
  // Of what may be absent, clients send an empty text where they have nothing.
  if (!given.external_id().empty()) wanted.external_id = given.external_id();
  return wanted;
}

Result<Unit, Error> send_invitation(const Call& call, Transaction& transaction, OrgId organization,
                                    UserId user, const members::Joining& joining) {
  if (joining.status != orgs::MembershipStatus::pending_invite) return Unit{};
  TRY(login::invite(invitation_deps(call), transaction, call.entry.environment, organization,
                    call.context, user, {.inviter_email = joining.inviter_email}));
  return Unit{};
}

// A letter that was committed is sent now, not at the next look into the outbox.
void after_commit(const Call& call, Mail mail) {
  if (mail == Mail::sent) call.deps.login.mail_waits();
}

Result<pb::CreateUserAndMembershipResponse, Error> create_user(
    const Call& call, const pb::CreateUserAndMembershipRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto email = users::Email::parse(request.user().email());
  if (!email.has_value()) {
    return refusal(ErrorCode::invalid_argument, "email is not an address that mail can be sent to",
                   "user.email");
  }
  const Mail mail = invites(request) ? Mail::sent : Mail::none;
  const members::Joining joining = to_joining(request.user().membership(), mail);
  users::NewUser wanted = to_new_user(request.user(), *email);
  // Whoever makes a member without a mail vouches for the address.
  if (mail == Mail::none) wanted.email_verified = users::NewUser::Verified::yes;
  // By row: address and external id are unique, and seats are taken in turn (membership_store.cc).
  // A role that goes meanwhile takes its assignment along.
  const auto made =
      TRY(call.write_by_row([&](Transaction& transaction) -> Result<OneMember, Error> {
        const auto user =
            members::create_in_organization(transaction, call.environment(), organization,
                                            call.context, call.deps.random, wanted, joining);
        if (!user.ok()) return within_user("user", user.error());
        TRY(send_invitation(call, transaction, organization, user.value(), joining));
        return load_member(call, transaction, user.value());
      }));
  after_commit(call, mail);
  pb::CreateUserAndMembershipResponse response;
  encode_member(made.member, made.roles, *response.mutable_user());
  return response;
}

Result<pb::CreateMembershipResponse, Error> create(const Call& call,
                                                   const pb::CreateMembershipRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const Mail mail = invites(request) ? Mail::sent : Mail::none;
  const members::Joining joining = to_joining(request.membership(), mail);
  const auto made = TRY(call.write([&](Transaction& transaction) -> Result<OneMember, Error> {
    const UserId user = TRY(find_user_id(call, transaction, request));
    auto joined = members::join(transaction, call.environment(), organization, call.context,
                                call.deps.random, user, joining);
    if (!joined.ok()) return within_user("membership", std::move(joined).error());
    TRY(send_invitation(call, transaction, organization, user, joining));
    return load_member(call, transaction, user);
  }));
  after_commit(call, mail);
  pb::CreateMembershipResponse response;
  encode_member(made.member, made.roles, *response.mutable_user());
  return response;
}

// An empty list or map looks like none, so it changes nothing.
Result<pb::UpdateMembershipResponse, Error> update(const Call& call,
                                                   const pb::UpdateMembershipRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const pb::UpdateMembership& given = request.membership();
  members::MembershipChange change;
  if (given.roles_size() > 0) change.roles = to_roles(given.roles());
  if (given.metadata_size() > 0) change.metadata = to_metadata(given.metadata());
  const auto found = TRY(call.write([&](Transaction& transaction) -> Result<OneMember, Error> {
    const UserId user = TRY(find_user_id(call, transaction, request));
    auto changed = members::change(transaction, call.environment(), organization, call.context,
                                   call.deps.random, user, change);
    if (!changed.ok()) return within_user("membership", std::move(changed).error());
    return load_member(call, transaction, user);
  }));
  pb::UpdateMembershipResponse response;
  encode_member(found.member, found.roles, *response.mutable_user());
  return response;
}

Result<Empty, Error> remove(const Call& call, const pb::DeleteMembershipRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const bool keeps_user = request.has_cascade() && !request.cascade();
  TRY(call.write([&](Transaction& transaction) -> Result<Unit, Error> {
    const UserId user = TRY(find_user_id(call, transaction, request));
    return members::leave(
        transaction, call.environment(), organization, call.context, call.deps.random, user,
        keeps_user ? members::LastMembership::keeps_user : members::LastMembership::deletes_user);
  }));
  return Empty();
}

Result<pb::ResendInviteResponse, Error> resend(const Call& call,
                                               const pb::ResendInviteRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto user = TRY(parse_id<UserId>(request.id(), "id"));
  const auto sent = TRY(call.write([&](Transaction& transaction) {
    return login::resend_invitation(invitation_deps(call), transaction, call.entry.environment,
                                    organization, call.context, user);
  }));
  after_commit(call, Mail::sent);
  const orgs::Invitation& invitation = sent.invitation;
  pb::ResendInviteResponse response;
  pb::Invite& invite = *response.mutable_invite();
  invite.set_organization_id(invitation.organization.text());
  invite.set_user_id(invitation.user.text());
  if (invitation.inviter_email.has_value()) invite.set_inviter_email(*invitation.inviter_email);
  invite.set_status(std::string(orgs::membership_status_name(sent.status)));
  *invite.mutable_created_at() = to_timestamp(invitation.created_at);
  *invite.mutable_expires_at() = to_timestamp(invitation.expires_at);
  if (invitation.resent_at.has_value()) {
    *invite.mutable_resent_at() = to_timestamp(*invitation.resent_at);
  }
  invite.set_resent_count(invitation.resent_count);
  return response;
}

Result<pb::AssignUserRolesResponse, Error> assign_roles(const Call& call,
                                                        const pb::AssignUserRolesRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto user = TRY(parse_id<UserId>(request.user_id(), "user_id"));
  std::vector<members::RoleReference> roles;
  for (const pb::AssignRoleRequest& role : request.roles()) {
    roles.push_back({.name = role.role_name(), .id = RoleId::parse(role.id())});
  }
  const auto found =
      TRY(call.write([&](Transaction& transaction) -> Result<std::optional<OneMember>, Error> {
        TRY(members::assign_roles(transaction, call.environment(), organization, call.context,
                                  call.deps.random, user, roles));
        return members::find(transaction, call.environment(), user, call.context, organization);
      }));
  ENSURE(found.has_value());  // somebody was just given roles
  pb::AssignUserRolesResponse response;
  encode_roles(*found, *response.mutable_roles());
  return response;
}

Result<Empty, Error> remove_role(const Call& call, const pb::RemoveUserRoleRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto user = TRY(parse_id<UserId>(request.user_id(), "user_id"));
  TRY(call.write([&](Transaction& transaction) {
    return members::remove_role(transaction, call.environment(), organization, call.context,
                                call.deps.random, user, request.role_name());
  }));
  return Empty();
}

}  // namespace

void add_user_memberships(Methods::Service& service) {
  service.write("CreateUserAndMembership", create_user);
  service.write("CreateMembership", create);
  service.write("UpdateMembership", update);
  service.write("DeleteMembership", remove);
  service.write("ResendInvite", resend);
  service.write("AssignUserRoles", assign_roles);
  service.write("RemoveUserRole", remove_role);
}

}  // namespace gatehouse::api
