#include "server/login/invitation.h"

#include "server/audit/record.h"
#include "server/login/invitation_link.h"
#include "server/orgs/membership.h"

namespace gatehouse::login {
namespace {

using Kind = mail::InvitationLetter::Kind;
using orgs::MembershipStatus;
using storage::Transaction;

struct Sending {
  const orgs::Invitation& invitation;
  const Secret& token;
  Kind kind;
};

// The letter, its audit record and its event.
Result<Unit, Error> send(const InvitationDeps& deps, Transaction& transaction,
                         const environments::Environment& environment, const Context& context,
                         const Sending& sending) {
  const orgs::Invitation& invitation = sending.invitation;
  const auto user = TRY(users::find_user(transaction, environment.id, invitation.user));
  const auto organization =
      TRY(orgs::find_organization(transaction, environment.id, invitation.organization));
  ENSURE(user.has_value() && organization.has_value());  // the invitation's foreign keys
  const auto address = net::MailAddress::parse(user->email.text());
  ENSURE(address.has_value());  // an Email is stricter than a mail address
  const mail::Letter letter = deps.letters.compose(mail::InvitationLetter{
      .kind = sending.kind,
      .to = *address,
      .product_name = environment.settings.product_name,
      .organization_name = organization->display_name,
      .inviter = invitation.inviter_email.value_or(""),
      .link = environment.base_url + "/invitation?token=" + std::string(sending.token.reveal()),
      .expires_at = invitation.expires_at});
  TRY(deps.outbox.enqueue(transaction, environment.id, letter, context.now));
  TRY(audit::record(transaction, environment.id, context, deps.random,
                    {.event = audit::Event::invitation_sent,
                     .subject_type = "user",
                     .subject_id = invitation.user.text(),
                     .organization = invitation.organization,
                     .detail = sending.kind == Kind::reminder ? "reminder" : ""}));
  return orgs::tell_of_membership(transaction, environment.id, context, deps.random,
                                  {.type = "user.organization_invitation",
                                   .organization = invitation.organization,
                                   .user = invitation.user});
}

InvitationState state_of(orgs::Invitation invitation) {
  return {.invitation = std::move(invitation), .status = MembershipStatus::pending_invite};
}

// Why a member cannot be invited, or not again.
Result<InvitationState, Error> refuse(Transaction& transaction, EnvironmentId environment,
                                      OrgId organization, UserId user) {
  const auto membership = TRY(orgs::find_membership(transaction, environment, organization, user));
  if (!membership.has_value()) return refusal(ErrorCode::not_found, "membership not found");
  switch (membership->status) {
    case MembershipStatus::active:
      return refusal(ErrorCode::failed_precondition, "the user is an active member already");
    case MembershipStatus::inactive:
      return refusal(ErrorCode::failed_precondition, "the membership is inactive");
    default:
      return refusal(ErrorCode::failed_precondition, "the invitation was sent already: resend it");
  }
}

}  // namespace

Result<InvitationState, Error> invite(const InvitationDeps& deps, Transaction& transaction,
                                      const environments::Environment& environment,
                                      OrgId organization, const Context& context, UserId user,
                                      const Invite& wanted) {
  if (wanted.inviter_email.has_value() && !users::Email::parse(*wanted.inviter_email)) {
    return refusal(ErrorCode::invalid_argument, "inviter_email is not an e-mail address",
                   "inviter_email");
  }
  const InvitationId id = InvitationId::make(deps.random, context.now);
  const InvitationToken token = make_invitation_token(deps.random, id);
  const orgs::Invitation invitation{
      .id = id,
      .organization = organization,
      .user = user,
      .inviter_email = wanted.inviter_email,
      .created_at = context.now,
      .expires_at = context.now + environment.settings.invitation_lifetime,
      .accepted_at = std::nullopt,
      .resent_at = std::nullopt,
      .resent_count = 0,
      .token_hash = token.hash};
  const bool is_new = TRY(orgs::insert_invitation(transaction, environment.id, invitation));
  if (!is_new) return refuse(transaction, environment.id, organization, user);
  TRY(store_invitation_token(transaction, environment.id, invitation, context.now));
  TRY(send(deps, transaction, environment, context,
           {.invitation = invitation, .token = token.plain, .kind = Kind::first}));
  return state_of(invitation);
}

Result<InvitationState, Error> resend_invitation(const InvitationDeps& deps,
                                                 Transaction& transaction,
                                                 const environments::Environment& environment,
                                                 OrgId organization, const Context& context,
                                                 UserId user) {
  const auto before = TRY(orgs::find_invitation(transaction, environment.id, organization, user));
  if (!before.has_value()) return refuse(transaction, environment.id, organization, user);
  const InvitationToken token = make_invitation_token(deps.random, before->id);
  const auto resent = TRY(orgs::note_resent(
      transaction, environment.id,
      {.organization = organization,
       .user = user,
       .token_hash = token.hash,
       .expires_at_if_over = context.now + environment.settings.invitation_lifetime,
       .now = context.now}));
  if (!resent.has_value()) return refuse(transaction, environment.id, organization, user);
  TRY(store_invitation_token(transaction, environment.id, *resent, context.now));
  TRY(send(deps, transaction, environment, context,
           {.invitation = *resent,
            .token = token.plain,
            .kind = before->is_expired(context.now) ? Kind::first : Kind::reminder}));
  return state_of(*resent);
}

}  // namespace gatehouse::login
