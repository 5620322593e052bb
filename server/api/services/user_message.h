// The wire form of people and their memberships.

#pragma once

#include "scalekit/v1/users/users.pb.h"
#include "server/api/call.h"
#include "server/members/view.h"

namespace gatehouse::api {

void encode_user(const users::UserDetails& details, scalekit::v1::users::User& message);
void encode_membership(const members::MembershipView& membership, const members::Roles& roles,
                       scalekit::v1::commons::OrganizationMembership& message);
// The user with the memberships that were read. `roles` are those of the same reading.
void encode_member(const members::MemberView& member, const members::Roles& roles,
                   scalekit::v1::users::User& message);

// The roles of somebody who was read with one membership.
void encode_roles(const members::OneMember& found,
                  google::protobuf::RepeatedPtrField<scalekit::v1::commons::Role>& message);

// Reads a user for an answer. Errors: not_found.
Result<members::OneMember, Error> load_member(const Call& call, storage::Transaction& transaction,
                                              UserId user);

}  // namespace gatehouse::api
