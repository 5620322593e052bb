// UserService over the wire: people, their memberships, roles and invitations.

#include "scalekit/v1/organizations/organizations.pb.h"
#include "scalekit/v1/users/users.pb.h"
#include "server/events/event.h"
#include "tests/world/api_client.h"
#include "tests/world/browser.h"
#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::users;
namespace organizations = scalekit::v1::organizations;
namespace commons = scalekit::v1::commons;
using api::Status;
using google::protobuf::Empty;

std::string method(std::string_view name) { return "users.UserService/" + std::string(name); }

void check_refused(const CallStatus& answer, Status status) {
  CHECK(answer.status == status);
  CHECK(answer.info.error_code() == api::status_name(status));
  CHECK_FALSE(answer.message.empty());
}

std::vector<std::string> role_names(const commons::OrganizationMembership& membership) {
  std::vector<std::string> names;
  for (const commons::Role& role : membership.roles()) names.push_back(role.name());
  return names;
}

template <class Response>
std::vector<std::string> emails_of(const Response& response) {
  std::vector<std::string> emails;
  for (const pb::User& user : response.users()) emails.push_back(user.email());
  return emails;
}

using Names = std::vector<std::string>;

class Users {
 public:
  explicit Users(World& world) : api_(world) {}

  std::string organization(std::string name) {
    organizations::CreateOrganizationRequest request;
    request.mutable_organization()->set_display_name(std::move(name));
    return api_
        .must<organizations::CreateOrganizationResponse>(
            "organizations.OrganizationService/CreateOrganization", request)
        .organization()
        .id();
  }
  void limit_seats(std::string_view organization, int count) {
    organizations::UpsertUserManagementSettingsRequest request;
    request.set_organization_id(std::string(organization));
    request.mutable_settings()->mutable_max_allowed_users()->set_value(count);
    api_.must<organizations::UpsertUserManagementSettingsResponse>(
        "organizations.OrganizationService/UpsertUserManagementSettings", request);
  }

  // Without a mail.
  static pb::CreateUserAndMembershipRequest request_for(std::string_view organization,
                                                        std::string email) {
    pb::CreateUserAndMembershipRequest request;
    request.set_organization_id(std::string(organization));
    request.mutable_user()->set_email(std::move(email));
    request.set_send_invitation_email(false);
    return request;
  }
  CallAnswer<pb::CreateUserAndMembershipResponse> try_create(
      const pb::CreateUserAndMembershipRequest& request) {
    return api_.call<pb::CreateUserAndMembershipResponse>(method("CreateUserAndMembership"),
                                                          request);
  }
  pb::User create(const pb::CreateUserAndMembershipRequest& request) {
    return api_
        .must<pb::CreateUserAndMembershipResponse>(method("CreateUserAndMembership"), request)
        .user();
  }
  pb::User create(std::string_view organization, std::string email) {
    return create(request_for(organization, std::move(email)));
  }
  CallAnswer<pb::GetUserResponse> get(std::string_view id) {
    pb::GetUserRequest request;
    request.set_id(std::string(id));
    return api_.call<pb::GetUserResponse>(method("GetUser"), request);
  }
  CallAnswer<pb::GetUserResponse> get_external(std::string_view id) {
    pb::GetUserRequest request;
    request.set_external_id(std::string(id));
    return api_.call<pb::GetUserResponse>(method("GetUser"), request);
  }
  CallAnswer<pb::UpdateUserResponse> update(const pb::UpdateUserRequest& request) {
    return api_.call<pb::UpdateUserResponse>(method("UpdateUser"), request);
  }
  CallAnswer<Empty> remove(std::string_view id) {
    pb::DeleteUserRequest request;
    request.set_id(std::string(id));
    return api_.call<Empty>(method("DeleteUser"), request);
  }
  CallAnswer<pb::CreateMembershipResponse> join(const pb::CreateMembershipRequest& request) {
    return api_.call<pb::CreateMembershipResponse>(method("CreateMembership"), request);
  }
  CallAnswer<pb::UpdateMembershipResponse> change(const pb::UpdateMembershipRequest& request) {
    return api_.call<pb::UpdateMembershipResponse>(method("UpdateMembership"), request);
  }
  CallAnswer<Empty> leave(const pb::DeleteMembershipRequest& request) {
    return api_.call<Empty>(method("DeleteMembership"), request);
  }
  CallAnswer<Empty> leave(std::string_view organization, std::string_view user) {
    pb::DeleteMembershipRequest request;
    request.set_organization_id(std::string(organization));
    request.set_id(std::string(user));
    return leave(request);
  }
  CallAnswer<pb::ResendInviteResponse> resend(std::string_view organization,
                                              std::string_view user) {
    pb::ResendInviteRequest request;
    request.set_organization_id(std::string(organization));
    request.set_id(std::string(user));
    return api_.call<pb::ResendInviteResponse>(method("ResendInvite"), request);
  }
  CallAnswer<pb::AssignUserRolesResponse> assign(std::string_view organization,
                                                 std::string_view user, std::string role) {
    pb::AssignUserRolesRequest request;
    request.set_organization_id(std::string(organization));
    request.set_user_id(std::string(user));
    request.add_roles()->set_role_name(std::move(role));
    return api_.call<pb::AssignUserRolesResponse>(method("AssignUserRoles"), request);
  }
  CallAnswer<Empty> take_role(std::string_view organization, std::string_view user,
                              std::string role) {
    pb::RemoveUserRoleRequest request;
    request.set_organization_id(std::string(organization));
    request.set_user_id(std::string(user));
    request.set_role_name(std::move(role));
    return api_.call<Empty>(method("RemoveUserRole"), request);
  }
  CallAnswer<pb::ListUserRolesResponse> list_roles(std::string_view organization,
                                                   std::string_view user) {
    pb::ListUserRolesRequest request;
    request.set_organization_id(std::string(organization));
    request.set_user_id(std::string(user));
    return api_.call<pb::ListUserRolesResponse>(method("ListUserRoles"), request);
  }
  CallAnswer<pb::ListUserPermissionsResponse> list_permissions(std::string_view organization,
                                                               std::string_view user) {
    pb::ListUserPermissionsRequest request;
    request.set_organization_id(std::string(organization));
    request.set_user_id(std::string(user));
    return api_.call<pb::ListUserPermissionsResponse>(method("ListUserPermissions"), request);
  }
  CallAnswer<pb::ListOrganizationUsersResponse> list_in(std::string_view organization,
                                                        std::uint32_t size = 0,
                                                        std::string token = "") {
    pb::ListOrganizationUsersRequest request;
    request.set_organization_id(std::string(organization));
    request.set_page_size(size);
    request.set_page_token(std::move(token));
    return api_.call<pb::ListOrganizationUsersResponse>(method("ListOrganizationUsers"), request);
  }
  CallAnswer<pb::ListUsersResponse> list(std::uint32_t size = 0, std::string token = "") {
    pb::ListUsersRequest request;
    request.set_page_size(size);
    request.set_page_token(std::move(token));
    return api_.call<pb::ListUsersResponse>(method("ListUsers"), request);
  }
  CallAnswer<pb::SearchUsersResponse> search(std::string query, std::uint32_t size = 0) {
    pb::SearchUsersRequest request;
    request.set_query(std::move(query));
    request.set_page_size(size);
    return api_.call<pb::SearchUsersResponse>(method("SearchUsers"), request);
  }
  CallAnswer<pb::SearchOrganizationUsersResponse> search_in(std::string_view organization,
                                                            std::string query,
                                                            std::uint32_t size = 0) {
    pb::SearchOrganizationUsersRequest request;
    request.set_organization_id(std::string(organization));
    request.set_query(std::move(query));
    request.set_page_size(size);
    return api_.call<pb::SearchOrganizationUsersResponse>(method("SearchOrganizationUsers"),
                                                          request);
  }

  ApiClient& api() { return api_; }

 private:
  ApiClient api_;
};

pb::CreateUserAndMembershipRequest whole_user(std::string_view organization) {
  auto request = Users::request_for(organization, "Grace@Navy.test");
  pb::CreateUser& user = *request.mutable_user();
  user.set_external_id("crm-7");
  (*user.mutable_metadata())["plan"] = "gold";
  pb::CreateUserProfile& profile = *user.mutable_user_profile();
  profile.set_given_name("Grace");
  profile.set_family_name("Hopper");
  profile.set_locale("en-US");
  profile.set_phone_number("+1 555");
  profile.set_preferred_username("amazing");
  profile.set_picture("https://navy.test/grace.png");
  profile.set_gender("f");
  profile.add_groups("admirals");
  (*profile.mutable_custom_attributes())["rank"] = "rear admiral";
  (*user.mutable_membership()->mutable_metadata())["team"] = "cobol";
  user.mutable_membership()->add_roles()->set_name("admin");
  return request;
}

std::string foreign_user(World& world) {
  return world
      .must([&](storage::Transaction& transaction) {
        return users::list_users(transaction, world.production(), std::nullopt, 1);
      })
      .at(0)
      .id.text();
}
std::string foreign_organization(World& world) {
  return world
      .must([&](storage::Transaction& transaction) {
        return orgs::list_organizations(transaction, world.production(), std::nullopt, 1);
      })
      .at(0)
      .id.text();
}

}  // namespace

TEST_CASE("users: who is created without a mail belongs at once, and is read back whole") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  const pb::User made = users.create(whole_user(navy));
  CHECK(made.id().starts_with("usr_"));
  CHECK(made.email() == "grace@navy.test");
  CHECK(made.environment_id() == world.development().text());
  CHECK(made.external_id() == "crm-7");
  CHECK(made.metadata().at("plan") == "gold");
  CHECK(made.has_create_time());
  const commons::UserProfile& profile = made.user_profile();
  CHECK(profile.id().starts_with("usp_"));
  CHECK(profile.given_name() == "Grace");
  CHECK(profile.first_name() == "Grace");
  CHECK(profile.last_name() == "Hopper");
  CHECK(profile.name() == "Grace Hopper");
  CHECK(profile.locale() == "en-US");
  CHECK(profile.email_verified());
  CHECK(profile.phone_number() == "+1 555");
  CHECK_FALSE(profile.phone_number_verified());
  CHECK(profile.preferred_username() == "amazing");
  CHECK(profile.picture() == "https://navy.test/grace.png");
  CHECK(profile.gender() == "f");
  CHECK(profile.groups_size() == 1);
  CHECK(profile.custom_attributes().at("rank") == "rear admiral");
  REQUIRE(made.memberships_size() == 1);
  const commons::OrganizationMembership& membership = made.memberships(0);
  CHECK(membership.organization_id() == navy);
  CHECK(membership.display_name() == "Navy");
  CHECK(membership.membership_status() == commons::ACTIVE);
  CHECK(membership.provisioning_method() == "direct_provision");
  CHECK(membership.has_join_time());
  CHECK(membership.metadata().at("team") == "cobol");
  CHECK(role_names(membership) == Names{"admin"});
  CHECK(membership.permissions_size() == 12);
  const auto by_id = users.get(made.id());
  const auto by_external_id = users.get_external("crm-7");
  REQUIRE(by_id.ok());
  REQUIRE(by_external_id.ok());
  CHECK(by_id.response.DebugString() == by_external_id.response.DebugString());
  CHECK(by_id.response.user().DebugString() == made.DebugString());
  CHECK(world.all_mail("grace@navy.test").empty());
  CHECK(world.violations().empty());
}

TEST_CASE("users: the older names of a name are the same values") {
  World world;
  Users users(world);
  auto request = Users::request_for(users.organization("Navy"), "grace@navy.test");
  request.mutable_user()->mutable_user_profile()->set_first_name("Grace");
  request.mutable_user()->mutable_user_profile()->set_last_name("Hopper");
  const pb::User made = users.create(request);
  CHECK(made.user_profile().given_name() == "Grace");
  CHECK(made.user_profile().family_name() == "Hopper");
  pb::UpdateUserRequest change;
  change.set_id(made.id());
  change.mutable_user()->mutable_user_profile()->set_first_name("Amazing Grace");
  CHECK(users.update(change).response.user().user_profile().name() == "Amazing Grace Hopper");
}

TEST_CASE("users: who is invited waits, with the mail that is sent by default") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  auto request = Users::request_for(navy, "grace@navy.test");
  request.clear_send_invitation_email();
  request.mutable_user()->mutable_membership()->set_inviter_email("boss@navy.test");
  const pb::User made = users.create(request);
  REQUIRE(made.memberships_size() == 1);
  const commons::OrganizationMembership& membership = made.memberships(0);
  CHECK(membership.membership_status() == commons::PENDING_INVITE);
  CHECK(membership.provisioning_method() == "invitation");
  CHECK(membership.inviter_email() == "boss@navy.test");
  CHECK(membership.has_expires_at());
  CHECK_FALSE(membership.has_join_time());
  CHECK_FALSE(made.user_profile().email_verified());
  CHECK(world.all_mail("grace@navy.test").size() == 1);
  const auto resent = users.resend(navy, made.id());
  REQUIRE(resent.ok());
  const pb::Invite& invite = resent.response.invite();
  CHECK(invite.status() == "PENDING_INVITE");
  CHECK(invite.user_id() == made.id());
  CHECK(invite.organization_id() == navy);
  CHECK(invite.inviter_email() == "boss@navy.test");
  CHECK(invite.has_created_at());
  CHECK(invite.has_expires_at());
  CHECK(invite.has_resent_at());
  CHECK(invite.resent_count() == 1);
  CHECK(users.resend(navy, made.id()).response.invite().resent_count() == 2);
  CHECK(world.all_mail("grace@navy.test").size() == 3);
  world.advance(days(400));
  CHECK(Users(world).get(made.id()).response.user().memberships(0).membership_status() ==
        commons::INVITE_EXPIRED);
}

TEST_CASE("users: only who waits for an invitation gets it again") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  const pb::User active = users.create(navy, "grace@navy.test");
  check_refused(users.resend(navy, active.id()), Status::failed_precondition);
  check_refused(users.resend(navy, "usr_123456789012345"), Status::not_found);
  check_refused(users.resend(foreign_organization(world), active.id()), Status::not_found);
  check_refused(users.resend(navy, "usr_1"), Status::invalid_argument);
  CHECK(world.all_mail("grace@navy.test").empty());
}

TEST_CASE("users: what cannot be created is refused by its field, and nothing is left of it") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  users.create(whole_user(navy));
  const auto refused = [&](Status status, auto spoil) {
    auto request = whole_user(navy);
    request.mutable_user()->set_email("new@navy.test");
    request.mutable_user()->set_external_id("new");
    spoil(request);
    const auto answer = users.try_create(request);
    check_refused(answer, status);
    return answer.fields().empty() ? std::string() : answer.fields().front();
  };
  using Request = pb::CreateUserAndMembershipRequest;
  const auto bad = Status::invalid_argument;
  CHECK(refused(bad, [](Request& r) { r.mutable_user()->set_email("no address"); }) ==
        "user.email");
  CHECK(refused(bad, [](Request& r) { r.mutable_user()->set_email("\"a b\"@navy.test"); }) ==
        "user.email");
  CHECK(refused(bad, [](Request& r) { r.mutable_user()->clear_email(); }) == "user.email");
  CHECK(refused(bad, [](Request& r) { r.clear_user(); }) == "user");
  CHECK(refused(bad, [](Request& r) { r.set_organization_id("usr_1"); }) == "organization_id");
  CHECK(refused(bad, [](Request& r) {
          r.mutable_user()->mutable_user_profile()->set_given_name("\xe2\x80\x8b");
        }) == "user.user_profile.given_name");
  CHECK(refused(bad, [](Request& r) {
          r.mutable_user()->mutable_user_profile()->set_given_name(std::string(256, 'g'));
        }) == "user.user_profile.given_name");
  CHECK(refused(bad, [](Request& r) { r.mutable_user()->set_external_id(" x"); }) ==
        "user.external_id");
  CHECK(refused(bad, [](Request& r) {
          (*r.mutable_user()->mutable_metadata())["ab"] = "x";
        }).starts_with("user.metadata"));
  CHECK(refused(bad, [](Request& r) {
          r.mutable_user()->mutable_membership()->set_inviter_email("no address");
        }).ends_with("inviter_email"));
  CHECK(refused(Status::not_found, [](Request& r) {
          r.mutable_user()->mutable_membership()->mutable_roles(0)->set_name("nobody");
        }).ends_with("roles"));
  CHECK(refused(Status::already_exists, [](Request& r) {
          r.mutable_user()->set_email("GRACE@navy.test");
        }) == "user.email");
  CHECK(refused(Status::already_exists, [](Request& r) {
          r.mutable_user()->set_external_id("crm-7");
        }) == "user.external_id");
  refused(Status::not_found, [](Request& r) { r.set_organization_id("org_123456789012345"); });
  refused(Status::not_found,
          [&](Request& r) { r.set_organization_id(foreign_organization(world)); });
  CHECK(users.search("new@navy").response.users_size() == 0);
  CHECK(world.all_mail("new@navy.test").empty());
}

TEST_CASE("users: an organization takes no more people than it is allowed") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  users.limit_seats(navy, 2);
  users.create(navy, "one@navy.test");
  auto invited = Users::request_for(navy, "two@navy.test");
  invited.clear_send_invitation_email();
  users.create(invited);
  const auto third = users.try_create(Users::request_for(navy, "three@navy.test"));
  check_refused(third, Status::resource_exhausted);
  pb::CreateMembershipRequest join;
  join.set_organization_id(navy);
  join.set_id(users.create(users.organization("Army"), "four@army.test").id());
  join.mutable_membership();
  check_refused(users.join(join), Status::resource_exhausted);
  CHECK(users.list_in(navy).response.total_size() == 2);
}

TEST_CASE("users: a change touches what it names, and nobody else's") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  const pb::User made = users.create(whole_user(navy));
  users.create(navy, "other@navy.test");
  pb::UpdateUserRequest request;
  request.set_external_id("crm-7");
  request.mutable_user()->mutable_user_profile()->set_family_name("Murray");
  (*request.mutable_user()->mutable_metadata())["plan"] = "silver";
  const auto changed = users.update(request);
  REQUIRE(changed.ok());
  CHECK(changed.response.user().user_profile().name() == "Grace Murray");
  CHECK(changed.response.user().metadata().at("plan") == "silver");
  CHECK(changed.response.user().user_profile().phone_number() == "+1 555");
  CHECK(changed.response.user().external_id() == "crm-7");
  CHECK(changed.response.user().memberships_size() == 1);
  pb::UpdateUserRequest rename;
  rename.set_id(made.id());
  rename.mutable_user()->set_external_id("crm-8");
  CHECK(users.update(rename).ok());
  check_refused(users.get_external("crm-7"), Status::not_found);
  CHECK(users.get_external("crm-8").response.user().id() == made.id());
  rename.set_id(users.create(navy, "third@navy.test").id());
  const auto taken = users.update(rename);
  check_refused(taken, Status::already_exists);
  CHECK(taken.fields() == Names{"user.external_id"});
  rename.set_id("usr_123456789012345");
  check_refused(users.update(rename), Status::not_found);
  rename.set_id(foreign_user(world));
  check_refused(users.update(rename), Status::not_found);
  rename.clear_user();
  check_refused(users.update(rename), Status::invalid_argument);
  check_refused(users.update({}), Status::invalid_argument);
}

TEST_CASE("users: ids that are none, unknown or another environment's find nothing") {
  World world;
  Users users(world);
  for (const std::string& id : {std::string("usr_123456789012345"), foreign_user(world)}) {
    const auto answer = users.get(id);
    check_refused(answer, Status::not_found);
    CHECK(answer.message == "user not found");
    check_refused(users.remove(id), Status::not_found);
  }
  for (const char* id : {"", "usr_", "usr_abc", "org_123456789012345", "usr_123abc"}) {
    CAPTURE(id);
    check_refused(users.get(id), Status::invalid_argument);
    check_refused(users.remove(id), Status::invalid_argument);
  }
  check_refused(users.get_external("nobody"), Status::not_found);
  check_refused(users.api().call<pb::GetUserResponse>(method("GetUser"), pb::GetUserRequest()),
                Status::invalid_argument);
}

TEST_CASE("users: a deleted user is gone for everybody, and their session is over") {
  World world;
  Users users(world);
  Browser browser(world);
  const Answer tokens =
      Client(world, "Console").exchange(browser.sign_in("Console", "ada@acme.test"));
  const std::string ada = world.user("ada@acme.test").text();
  CHECK(users.remove(ada).ok());
  check_refused(users.get(ada), Status::not_found);
  check_refused(users.remove(ada), Status::not_found);
  CHECK(Client(world, "Console").refresh(tokens.refresh_token()).error() == "invalid_grant");
  CHECK(world.violations().empty());
}

TEST_CASE("users: a user in two organizations leaves one and stays in the other") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  const std::string army = users.organization("Army");
  const pb::User made = users.create(whole_user(navy));
  pb::CreateMembershipRequest join;
  join.set_organization_id(army);
  join.set_external_id("crm-7");
  join.set_send_invitation_email(false);
  join.mutable_membership()->add_roles()->set_name("admin");
  const auto joined = users.join(join);
  REQUIRE(joined.ok());
  CHECK(joined.response.user().id() == made.id());
  CHECK(joined.response.user().memberships_size() == 2);
  check_refused(users.join(join), Status::already_exists);
  pb::UpdateMembershipRequest change;
  change.set_organization_id(army);
  change.set_external_id("crm-7");
  change.mutable_membership()->add_roles()->set_name("member");
  const auto changed = users.change(change);
  REQUIRE(changed.ok());
  CHECK(role_names(users.list_in(army).response.users(0).memberships(0)) == Names{"member"});
  CHECK(role_names(users.list_in(navy).response.users(0).memberships(0)) == Names{"admin"});
  CHECK(users.leave(army, made.id()).ok());
  const auto left = users.get(made.id());
  REQUIRE(left.ok());
  CHECK(left.response.user().memberships_size() == 1);
  check_refused(users.leave(army, made.id()), Status::not_found);
  check_refused(users.change(change), Status::not_found);
  CHECK(users.leave(navy, made.id()).ok());
  check_refused(users.get(made.id()), Status::not_found);  // it was the last membership
}

TEST_CASE("users: without cascade the last membership leaves the user") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  const pb::User made = users.create(whole_user(navy));
  pb::DeleteMembershipRequest request;
  request.set_organization_id(navy);
  request.set_external_id("crm-7");
  request.set_cascade(false);
  CHECK(users.leave(request).ok());
  const auto left = users.get(made.id());
  REQUIRE(left.ok());
  CHECK(left.response.user().memberships_size() == 0);
}

TEST_CASE("users: memberships of foreign people and organizations are not there") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  const std::string mine = users.create(navy, "grace@navy.test").id();
  const auto try_both = [&](std::string_view organization, std::string_view user) {
    pb::CreateMembershipRequest join;
    join.set_organization_id(std::string(organization));
    join.set_id(std::string(user));
    join.mutable_membership();
    check_refused(users.join(join), Status::not_found);
    pb::UpdateMembershipRequest change;
    change.set_organization_id(std::string(organization));
    change.set_id(std::string(user));
    (*change.mutable_membership()->mutable_metadata())["team"] = "red";
    check_refused(users.change(change), Status::not_found);
    check_refused(users.leave(organization, user), Status::not_found);
    check_refused(users.assign(organization, user, "admin"), Status::not_found);
    check_refused(users.take_role(organization, user, "admin"), Status::not_found);
    check_refused(users.list_roles(organization, user), Status::not_found);
    check_refused(users.list_permissions(organization, user), Status::not_found);
  };
  try_both(foreign_organization(world), foreign_user(world));
  try_both(foreign_organization(world), mine);
  try_both(navy, foreign_user(world));
  try_both(navy, "usr_123456789012345");
  check_refused(users.list_in(foreign_organization(world)), Status::not_found);
  check_refused(users.search_in(foreign_organization(world), "ada"), Status::not_found);
  check_refused(users.list_in("usr_1"), Status::invalid_argument);
}

TEST_CASE("users: roles are given, listed and taken away, the only one too") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  const std::string user = users.create(navy, "grace@navy.test").id();
  const auto names = [&] {
    Names found;
    const auto listed = users.list_roles(navy, user);
    for (const commons::Role& role : listed.response.roles()) {
      CHECK(role.id().starts_with("role_"));
      found.push_back(role.name());
    }
    return found;
  };
  CHECK(names() == Names{"member"});  // the default
  CHECK(users.assign(navy, user, "member").response.roles_size() == 1);
  CHECK(users.assign(navy, user, "admin").response.roles_size() == 2);
  CHECK(names() == Names{"admin", "member"});
  CHECK(users.list_permissions(navy, user).response.permissions_size() == 12);
  CHECK(users.take_role(navy, user, "admin").ok());
  const auto allowed = users.list_permissions(navy, user).response;
  REQUIRE(allowed.permissions_size() == 2);
  CHECK(allowed.permissions(0).id().starts_with("perm_"));
  CHECK(allowed.permissions(0).name() == "sk_org_settings_read");
  CHECK_FALSE(allowed.permissions(0).description().empty());
  CHECK(users.take_role(navy, user, "member").ok());
  CHECK(names().empty());
  check_refused(users.assign(navy, user, "nobody"), Status::not_found);
  check_refused(users.assign(navy, user, ""), Status::invalid_argument);
  check_refused(users.take_role(navy, user, "nobody"), Status::not_found);
  pb::AssignUserRolesRequest none;
  none.set_organization_id(navy);
  none.set_user_id(user);
  check_refused(users.api().call<pb::AssignUserRolesResponse>(method("AssignUserRoles"), none),
                Status::invalid_argument);
}

TEST_CASE("users: lists go page by page, there and back") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    world.advance(seconds(1));
    users.create(navy, std::string(name) + "@navy.test");
  }
  const auto first = users.list_in(navy, 2).response;
  CHECK(emails_of(first) == Names{"e@navy.test", "d@navy.test"});
  CHECK(first.total_size() == 5);
  CHECK(first.prev_page_token().empty());
  CHECK(first.next_page_token().size() <= 32);
  const auto second = users.list_in(navy, 2, first.next_page_token()).response;
  CHECK(emails_of(second) == Names{"c@navy.test", "b@navy.test"});
  const auto third = users.list_in(navy, 2, second.next_page_token()).response;
  CHECK(emails_of(third) == Names{"a@navy.test"});
  CHECK(third.next_page_token().empty());
  CHECK(emails_of(users.list_in(navy, 2, second.prev_page_token()).response) == emails_of(first));
  CHECK(users.list_in(navy).response.users_size() == 5);  // no size: a page of ten
  const auto all = users.list(3).response;
  CHECK(emails_of(all) == Names{"e@navy.test", "d@navy.test", "c@navy.test"});
  CHECK(all.total_size() == 8);  // with those of the world
  CHECK(users.list(3, all.next_page_token()).response.users_size() == 3);
  CHECK_FALSE(all.users(0).environment_id().empty());
  check_refused(users.list_in(navy, 101), Status::invalid_argument);
  check_refused(users.list_in(navy, 2, "not a token"), Status::invalid_argument);
  check_refused(users.list(2, "not a token"), Status::invalid_argument);
}

TEST_CASE("users: search finds by the beginning of an address at once, and nothing by nonsense") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  const std::string army = users.organization("Army");
  users.create(whole_user(navy));
  users.create(army, "grace@army.test");
  CHECK(users.search("grace").response.users_size() == 2);
  CHECK(users.search("grace").response.total_size() == 2);
  CHECK(users.search("grace", 1).response.users_size() == 1);
  CHECK_FALSE(users.search("grace", 1).response.next_page_token().empty());
  CHECK(emails_of(users.search("Hopp").response) == Names{"grace@navy.test"});
  CHECK(emails_of(users.search("crm-").response) == Names{"grace@navy.test"});
  CHECK(users.search("zzzzzz").response.total_size() == 0);
  CHECK(emails_of(users.search_in(army, "GRACE").response) == Names{"grace@army.test"});
  CHECK(users.search_in(army, "hopper").response.users_size() == 0);
  check_refused(users.search("gr"), Status::invalid_argument);
  check_refused(users.search(std::string(101, 'g')), Status::invalid_argument);
  check_refused(users.search("grace", 31), Status::invalid_argument);
  check_refused(users.search_in(navy, ""), Status::invalid_argument);
}

TEST_CASE("users: the current user is whose access token is sent, and no API client") {
  World world;
  Browser browser(world);
  const Answer tokens =
      Client(world, "Console").exchange(browser.sign_in("Console", "ada@acme.test"));
  ApiClient person =
      ApiClient::with_token(world, std::string(development_url), tokens.access_token());
  const auto answer = person.call<pb::GetCurrentUserResponse>(method("GetCurrentUser"),
                                                              pb::GetCurrentUserRequest());
  REQUIRE(answer.ok());
  CHECK(answer.response.user().email() == "ada@acme.test");
  CHECK(answer.response.user().memberships_size() == 1);
  CHECK(answer.response.current_session_id().starts_with("ses_"));
  Users users(world);
  check_refused(users.api().call<pb::GetCurrentUserResponse>(method("GetCurrentUser"),
                                                             pb::GetCurrentUserRequest()),
                Status::permission_denied);
  // And the person may not look at others.
  pb::GetUserRequest other;
  other.set_id(world.user("bob@acme.test").text());
  check_refused(person.call<pb::GetUserResponse>(method("GetUser"), other),
                Status::permission_denied);
  ApiClient nobody = ApiClient::with_token(world, std::string(development_url), "");
  check_refused(nobody.call<pb::GetUserResponse>(method("GetUser"), other),
                Status::unauthenticated);
}

TEST_CASE("users: every change of a membership is told of as an event") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  const std::string user = users.create(navy, "grace@navy.test").id();
  world.advance(seconds(1));
  REQUIRE(users.assign(navy, user, "admin").ok());
  world.advance(seconds(1));
  REQUIRE(users.leave(navy, user).ok());
  const auto told = world.must([&](storage::Transaction& transaction) {
    return events::list(transaction, world.development(), {.organization = OrgId::parse(navy)}, {});
  });
  Names types;
  for (const events::Event& event : told.items) {
    if (event.object == "OrgMembership") types.push_back(event.type);
  }
  CHECK(types == Names{"user.organization_membership_deleted",
                       "user.organization_membership_updated",
                       "user.organization_membership_created"});
}

TEST_CASE("users: REST reaches the same functions at the contract's paths") {
  World world;
  Users users(world);
  const std::string navy = users.organization("Navy");
  const http::Response made = users.api().rest(
      http::Method::post, "/api/v1/organizations/" + navy + "/users?send_invitation_email=false",
      R"({"email":"grace@navy.test","external_id":"crm-7"})");
  CHECK(made.status / 100 == 2);
  const http::Response got = users.api().rest(http::Method::get, "/api/v1/users:external/crm-7");
  CHECK(got.status == 200);
  CHECK(got.body.find("\"membership_status\":\"ACTIVE\"") != std::string::npos);
  CHECK(users.api().rest(http::Method::get, "/api/v1/users:external/crm-8").status == 404);
}

}  // namespace gatehouse::world
