#include "server/api/services/user_message.h"

#include "server/api/convert.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::users;
namespace commons = scalekit::v1::commons;

commons::MembershipStatus from_status(orgs::MembershipStatus status) {
  switch (status) {
    case orgs::MembershipStatus::active: return commons::ACTIVE;
    case orgs::MembershipStatus::inactive: return commons::INACTIVE;
    case orgs::MembershipStatus::pending_invite: return commons::PENDING_INVITE;
    case orgs::MembershipStatus::invite_expired: return commons::INVITE_EXPIRED;
  }
  ensure_failed("from_status: not a MembershipStatus");
}

// Most texts of most people are empty, and need no setting then.
template <class Set>
void set_text(const std::string& text, Set set) {
  if (!text.empty()) set(text);
}

// The older names of given and family name are the same values.
void encode_profile(const users::UserDetails& details, commons::UserProfile& message) {
  const users::User& user = details.user;
  const users::Profile& profile = details.profile;
  message.set_id(users::profile_id(user.id));
  message.set_email_verified(user.email_verified);
  set_text(user.given_name, [&](const std::string& text) {
    message.set_given_name(text);
    message.set_first_name(text);
  });
  set_text(user.family_name, [&](const std::string& text) {
    message.set_family_name(text);
    message.set_last_name(text);
  });
  set_text(user.name, [&](const std::string& text) { message.set_name(text); });
  if (user.locale.has_value()) message.set_locale(*user.locale);
  if (user.picture.has_value()) message.set_picture(*user.picture);
  set_text(profile.phone_number, [&](const std::string& text) { message.set_phone_number(text); });
  message.set_phone_number_verified(profile.phone_number_verified);
  set_text(profile.preferred_username,
           [&](const std::string& text) { message.set_preferred_username(text); });
  set_text(profile.gender, [&](const std::string& text) { message.set_gender(text); });
  for (const std::string& group : profile.groups) message.add_groups(group);
  if (!profile.metadata.empty()) set_metadata(*message.mutable_metadata(), profile.metadata);
  if (!profile.custom_attributes.empty()) {
    set_metadata(*message.mutable_custom_attributes(), profile.custom_attributes);
  }
}

void encode_role(const members::RoleView& role, commons::Role& message) {
  message.set_id(role.id.text());
  message.set_name(role.name);
  message.set_display_name(role.display_name);
}

// Whoever waits for an invitation has not joined.
std::optional<Instant> join_time(const members::MembershipView& membership) {
  const bool has_joined = membership.status == orgs::MembershipStatus::active ||
                          membership.status == orgs::MembershipStatus::inactive;
  if (!has_joined) return std::nullopt;
  return membership.accepted_at.value_or(membership.created_at);
}

}  // namespace

void encode_user(const users::UserDetails& details, pb::User& message) {
  const users::User& user = details.user;
  message.set_id(user.id.text());
  message.set_environment_id(user.environment.text());
  *message.mutable_create_time() = to_timestamp(user.created_at);
  *message.mutable_update_time() = to_timestamp(user.updated_at);
  message.set_email(user.email.text());
  if (user.external_id.has_value()) message.set_external_id(*user.external_id);
  encode_profile(details, *message.mutable_user_profile());
  if (!details.metadata.empty()) set_metadata(*message.mutable_metadata(), details.metadata);
  if (user.last_login_at.has_value()) {
    *message.mutable_last_login_time() = to_timestamp(*user.last_login_at);
  }
}

void encode_membership(const members::MembershipView& membership, const members::Roles& roles,
                       commons::OrganizationMembership& message) {
  message.set_organization_id(membership.organization.text());
  if (const auto joined = join_time(membership); joined.has_value()) {
    *message.mutable_join_time() = to_timestamp(*joined);
  }
  message.set_membership_status(from_status(membership.status));
  for (const std::size_t place : membership.roles) {
    encode_role(roles.at(place), *message.add_roles());
  }
  for (const std::string_view permission : members::permissions_of(membership, roles)) {
    message.add_permissions(std::string(permission));
  }
  message.set_name(membership.organization_name);
  message.set_display_name(membership.organization_name);
  if (!membership.metadata.empty()) set_metadata(*message.mutable_metadata(), membership.metadata);
  if (membership.inviter_email.has_value()) message.set_inviter_email(*membership.inviter_email);
  *message.mutable_created_at() = to_timestamp(membership.created_at);
  if (membership.accepted_at.has_value()) {
    *message.mutable_accepted_at() = to_timestamp(*membership.accepted_at);
  }
  if (membership.invitation_expires_at.has_value()) {
    *message.mutable_expires_at() = to_timestamp(*membership.invitation_expires_at);
  }
  message.set_provisioning_method(membership.provisioning);
}

void encode_member(const members::MemberView& member, const members::Roles& roles,
                   pb::User& message) {
  encode_user(member.user, message);
  message.mutable_memberships()->Reserve(static_cast<int>(member.memberships.size()));
  for (const members::MembershipView& membership : member.memberships) {
    encode_membership(membership, roles, *message.add_memberships());
  }
}

void encode_roles(const members::OneMember& found,
                  google::protobuf::RepeatedPtrField<commons::Role>& message) {
  for (const members::MembershipView& membership : found.member.memberships) {
    for (const std::size_t place : membership.roles) {
      encode_role(found.roles.at(place), *message.Add());
    }
  }
}

Result<members::OneMember, Error> load_member(const Call& call, storage::Transaction& transaction,
                                              UserId user) {
  auto found = TRY(members::find(transaction, call.environment(), user, call.context));
  if (!found.has_value()) return not_found("user");
  return *std::move(found);
}

}  // namespace gatehouse::api
