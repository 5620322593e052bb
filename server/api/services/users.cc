#include "server/api/services/users.h"

#include <algorithm>
#include <array>

#include "server/api/services/all.h"
#include "server/members/member.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::users;
using google::protobuf::Empty;
using storage::Transaction;

constexpr std::array<std::string_view, 10> profile_fields{
    "given_name", "family_name",        "name",   "locale", "phone_number",
    "picture",    "preferred_username", "gender", "groups", "custom_attributes"};

// Each of the two names of a name, where only one is given; given and family name go before the
// older ones.
template <class Profile>
void take_names(const Profile& given, users::UserChange& change) {
  if (given.has_first_name()) change.given_name = given.first_name();
  if (given.has_last_name()) change.family_name = given.last_name();
  if (given.has_given_name()) change.given_name = given.given_name();
  if (given.has_family_name()) change.family_name = given.family_name();
}

// An empty map or list looks like none, so it changes nothing.
users::UserChange to_change(const pb::UpdateUser& given) {
  users::UserChange change;
  if (given.has_external_id()) change.external_id = given.external_id();
  if (given.metadata_size() > 0) change.metadata = to_metadata(given.metadata());
  const pb::UpdateUserProfile& profile = given.user_profile();
  take_names(profile, change);
  if (profile.has_name()) change.name = profile.name();
  if (profile.has_picture()) change.picture = profile.picture();
  if (profile.has_locale()) change.locale = profile.locale();
  if (profile.has_phone_number()) change.phone_number = profile.phone_number();
  if (profile.has_preferred_username()) change.preferred_username = profile.preferred_username();
  if (profile.has_gender()) change.gender = profile.gender();
  if (profile.groups_size() > 0)
    change.groups.emplace(profile.groups().begin(), profile.groups().end());
  if (profile.custom_attributes_size() > 0) {
    change.custom_attributes = to_metadata(profile.custom_attributes());
  }
  if (profile.metadata_size() > 0) change.profile_metadata = to_metadata(profile.metadata());
  return change;
}

Result<pb::UpdateUserResponse, Error> update(const Call& call,
                                             const pb::UpdateUserRequest& request) {
  const users::UserChange change = to_change(request.user());
  const auto found =
      TRY(call.write([&](Transaction& transaction) -> Result<members::OneMember, Error> {
        const UserId user = TRY(find_user_id(call, transaction, request));
        auto updated = users::update(transaction, call.environment(), call.context,
                                     call.deps.random, user, change);
        if (!updated.ok()) return within_user("user", std::move(updated).error());
        return load_member(call, transaction, user);
      }));
  pb::UpdateUserResponse response;
  encode_member(found.member, found.roles, *response.mutable_user());
  return response;
}

Result<Empty, Error> remove(const Call& call, const pb::DeleteUserRequest& request) {
  TRY(call.write([&](Transaction& transaction) -> Result<Unit, Error> {
    const UserId user = TRY(find_user_id(call, transaction, request));
    return members::delete_user(transaction, call.environment(), call.context, call.deps.random,
                                user);
  }));
  return Empty();
}

}  // namespace

Error within_user(std::string_view parent, Error error) {
  if (error.field.empty()) return error;
  const bool is_of_profile = std::ranges::find(profile_fields, error.field) != profile_fields.end();
  error.field = std::string(parent) + (is_of_profile ? ".user_profile." : ".") + error.field;
  return error;
}

void add_user_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.users.UserService");
  add_user_reads(service);
  add_user_memberships(service);
  service.write("UpdateUser", update);
  service.write("DeleteUser", remove);
}

}  // namespace gatehouse::api
