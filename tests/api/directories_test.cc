// DirectoryService over the wire.

#include "scalekit/v1/directories/directories.pb.h"
#include "server/directories/roster.h"
#include "server/events/event.h"
#include "tests/world/api_client.h"

namespace gatehouse::world {
namespace {

namespace pb = scalekit::v1::directories;
using api::Status;
using google::protobuf::Empty;
using storage::Transaction;

std::string method(std::string_view name) {
  return "directories.DirectoryService/" + std::string(name);
}

void check_refused(const CallStatus& answer, Status status) {
  INFO(answer.message);
  CHECK(answer.status == status);
  CHECK(answer.info.error_code() == api::status_name(status));
  CHECK_FALSE(answer.message.empty());
}

class Directories {
 public:
  explicit Directories(World& world, std::string_view application = "Console")
      : acme(world.organization("Acme").text()),
        globex(world.organization("Globex").text()),
        world_(world),
        api_(world, application) {}

  CallAnswer<pb::CreateDirectoryResponse> create(const std::string& organization,
                                                 pb::DirectoryType type = pb::SCIM,
                                                 pb::DirectoryProvider provider = pb::OKTA) {
    pb::CreateDirectoryRequest request;
    request.set_organization_id(organization);
    request.mutable_directory()->set_directory_type(type);
    request.mutable_directory()->set_directory_provider(provider);
    return api_.call<pb::CreateDirectoryResponse>(method("CreateDirectory"), request);
  }
  pb::Directory made(const std::string& organization) {
    const auto answer = create(organization);
    REQUIRE(answer.ok());
    return answer.response.directory();
  }
  // One of the calls that take an organization and a directory by `id`.
  template <class Response, class Request>
  CallAnswer<Response> on(std::string_view name, const std::string& organization,
                          const std::string& id) {
    Request request;
    request.set_organization_id(organization);
    request.set_id(id);
    return api_.call<Response>(method(name), request);
  }
  CallAnswer<pb::GetDirectoryResponse> get(const std::string& organization, const std::string& id) {
    return on<pb::GetDirectoryResponse, pb::GetDirectoryRequest>("GetDirectory", organization, id);
  }
  pb::Directory read(const pb::Directory& directory) {
    const auto answer = get(directory.organization_id(), directory.id());
    REQUIRE(answer.ok());
    return answer.response.directory();
  }
  CallAnswer<Empty> remove(const std::string& organization, const std::string& id) {
    return on<Empty, pb::DeleteDirectoryRequest>("DeleteDirectory", organization, id);
  }
  CallAnswer<pb::ToggleDirectoryResponse> toggle(std::string_view name,
                                                 const std::string& organization,
                                                 const std::string& id) {
    return on<pb::ToggleDirectoryResponse, pb::ToggleDirectoryRequest>(name, organization, id);
  }
  CallAnswer<pb::ListDirectoriesResponse> list(const std::string& organization) {
    pb::ListDirectoriesRequest request;
    request.set_organization_id(organization);
    return api_.call<pb::ListDirectoriesResponse>(method("ListDirectories"), request);
  }
  CallAnswer<pb::UpdateDirectoryResponse> update(const pb::Directory& directory,
                                                 const pb::UpdateDirectory& change) {
    pb::UpdateDirectoryRequest request;
    request.set_organization_id(directory.organization_id());
    request.set_id(directory.id());
    *request.mutable_directory() = change;
    return api_.call<pb::UpdateDirectoryResponse>(method("UpdateDirectory"), request);
  }
  CallAnswer<pb::ListDirectoryUsersResponse> users(const pb::ListDirectoryUsersRequest& request) {
    return api_.call<pb::ListDirectoryUsersResponse>(method("ListDirectoryUsers"), request);
  }
  CallAnswer<pb::ListDirectoryGroupsResponse> groups(
      const pb::ListDirectoryGroupsRequest& request) {
    return api_.call<pb::ListDirectoryGroupsResponse>(method("ListDirectoryGroups"), request);
  }
  std::string put_user(const pb::Directory& directory, const std::string& name) {
    world_.advance(milliseconds(2));
    return world_
        .must([&](Transaction& transaction) {
          return directories::upsert_user(
              transaction, world_.development(), *DirectoryId::parse(directory.id()),
              world_.context(), world_.random(),
              {.external_id = name,
               .email = name + "@acme.test",
               .preferred_username = name,
               .given_name = "Given",
               .family_name = "Family",
               .emails = {name + "@acme.test"},
               .detail = R"({"title":"CEO","custom_attributes":{"a":[1,true,null]}})"});
        })
        .text();
  }
  std::string put_group(const pb::Directory& directory, const std::string& name,
                        const std::vector<std::string>& members = {}) {
    world_.advance(milliseconds(2));
    std::vector<DirectoryUserId> users;
    for (const std::string& member : members) users.push_back(*DirectoryUserId::parse(member));
    return world_
        .must([&](Transaction& transaction) -> Result<DirectoryGroupId, Error> {
          const DirectoryId id = *DirectoryId::parse(directory.id());
          const auto group = TRY(directories::upsert_group(
              transaction, world_.development(), id, world_.context(), world_.random(),
              {.external_id = name, .display_name = name}));
          TRY(directories::set_members(transaction, world_.development(), id, world_.context(),
                                       group, users));
          return group;
        })
        .text();
  }
  ApiClient& api() { return api_; }

  const std::string acme;
  const std::string globex;

 private:
  World& world_;
  ApiClient api_;
};

template <class Request>
Request list_of(const pb::Directory& directory) {
  Request request;
  request.set_organization_id(directory.organization_id());
  request.set_directory_id(directory.id());
  return request;
}

bool same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

}  // namespace

TEST_CASE("directories: a new SCIM directory is enabled, and says where its provider writes") {
  World world;
  Directories directories(world);
  const pb::Directory made = directories.made(directories.acme);
  CHECK(made.id().starts_with("dir_"));
  CHECK(made.enabled());
  CHECK(made.directory_type() == pb::SCIM);
  CHECK(made.directory_provider() == pb::OKTA);
  CHECK(made.organization_id() == directories.acme);
  CHECK(made.name() == "Okta directory");
  CHECK(made.status() == "COMPLETED");
  CHECK(made.has_stats());
  CHECK(made.stats().total_users() == 0);
  CHECK(made.secrets_size() == 0);
  CHECK(made.directory_endpoint() ==
        std::string(development_url) + "/directory/" + made.id() + "/scim/v2");
  CHECK(same(directories.read(made), made));
  CHECK(world.violations().empty());
}

TEST_CASE("directories: what cannot be made is refused") {
  World world;
  Directories directories(world);
  check_refused(directories.create(directories.acme, pb::DIRECTORY_TYPE_UNSPECIFIED),
                Status::invalid_argument);
  check_refused(directories.create(directories.acme, static_cast<pb::DirectoryType>(9)),
                Status::invalid_argument);
  check_refused(
      directories.create(directories.acme, pb::SCIM, static_cast<pb::DirectoryProvider>(99)),
      Status::invalid_argument);
  check_refused(directories.create("org_1"), Status::not_found);
  check_refused(directories.create("nonsense"), Status::invalid_argument);
  check_refused(directories.create(""), Status::invalid_argument);
  CHECK(directories.list(directories.acme).response.directories_size() == 0);
}

TEST_CASE("directories: an enabled one cannot be deleted, a disabled one can") {
  World world;
  Directories directories(world);
  const pb::Directory made = directories.made(directories.acme);
  const auto refused = directories.remove(directories.acme, made.id());
  check_refused(refused, Status::failed_precondition);
  CHECK(refused.message.find("directory is enabled") != std::string::npos);
  CHECK(refused.message.find("disable") != std::string::npos);
  for (int i = 0; i < 2; ++i) {
    const auto disabled = directories.toggle("DisableDirectory", directories.acme, made.id());
    REQUIRE(disabled.ok());
    CHECK_FALSE(disabled.response.enabled());
  }
  CHECK_FALSE(directories.read(made).enabled());
  CHECK(directories.remove(directories.acme, made.id()).ok());
  check_refused(directories.get(directories.acme, made.id()), Status::not_found);
  check_refused(directories.remove(directories.acme, made.id()), Status::not_found);
}

TEST_CASE("directories: enabling an enabled one is no failure, and no news") {
  World world;
  Directories directories(world);
  const pb::Directory made = directories.made(directories.acme);
  const auto enabled = directories.toggle("EnableDirectory", directories.acme, made.id());
  REQUIRE(enabled.ok());
  CHECK(enabled.response.enabled());
  REQUIRE(directories.toggle("DisableDirectory", directories.acme, made.id()).ok());
  REQUIRE(directories.toggle("EnableDirectory", directories.acme, made.id()).ok());
  const auto count = [&](std::string type) {
    return world
        .must([&](Transaction& transaction) {
          return events::list(transaction, world.development(), {.types = {type}}, {});
        })
        .items.size();
  };
  CHECK(count("organization.directory_enabled") == 2);
  CHECK(count("organization.directory_disabled") == 1);
  const pb::Directory poll =
      directories.create(directories.acme, pb::POLL, pb::GOOGLE).response.directory();
  CHECK_FALSE(poll.enabled());
  CHECK(poll.status() == "DRAFT");
  check_refused(directories.toggle("EnableDirectory", directories.acme, poll.id()),
                Status::failed_precondition);
}

TEST_CASE("directories: the list begins with the one in use") {
  World world;
  Directories directories(world);
  const pb::Directory first = directories.made(directories.acme);
  world.advance(milliseconds(2));
  const pb::Directory second = directories.made(directories.acme);
  const auto listed = directories.list(directories.acme);
  REQUIRE(listed.response.directories_size() == 2);
  CHECK(listed.response.directories(0).id() == first.id());
  REQUIRE(directories.toggle("DisableDirectory", directories.acme, first.id()).ok());
  CHECK(directories.list(directories.acme).response.directories(0).id() == second.id());
  check_refused(directories.list("org_1"), Status::not_found);
}

TEST_CASE("directories: an update changes what it says, and cannot say everything") {
  World world;
  Directories directories(world);
  const pb::Directory made = directories.made(directories.acme);
  pb::UpdateDirectory change;
  change.set_name("People of Acme");
  change.set_directory_provider(pb::ONELOGIN);
  auto& mapping = *change.add_mappings();
  mapping.set_key("dept");
  mapping.set_map_to("department");
  auto& group = *change.add_groups();
  group.set_external_id("g1");
  group.set_display_name("Staff");
  group.set_email("staff@acme.test");
  const auto answer = directories.update(made, change);
  REQUIRE(answer.ok());
  const pb::Directory& updated = answer.response.directory();
  CHECK(updated.name() == "People of Acme");
  CHECK(updated.directory_provider() == pb::ONELOGIN);
  CHECK(updated.enabled());
  CHECK(updated.attribute_mappings().attributes(0).map_to() == "department");
  CHECK(updated.groups_tracked() == "SELECTED");
  pb::UpdateDirectory rename;
  rename.set_name("People");
  rename.set_directory_type(pb::SCIM);
  rename.set_status(pb::COMPLETED);
  const auto renamed = directories.update(made, rename);
  REQUIRE(renamed.ok());
  CHECK(renamed.response.directory().attribute_mappings().attributes_size() == 1);
  CHECK(renamed.response.directory().directory_provider() == pb::ONELOGIN);
  REQUIRE(directories.toggle("DisableDirectory", directories.acme, made.id()).ok());
  CHECK_FALSE(directories.update(made, rename).response.directory().enabled());
  rename.set_enabled(true);
  CHECK(directories.update(made, rename).response.directory().enabled());
  rename.set_directory_type(pb::LDAP);
  check_refused(directories.update(made, rename), Status::invalid_argument);
  rename.clear_directory_type();
  rename.set_status(pb::DRAFT);
  check_refused(directories.update(made, rename), Status::invalid_argument);
  rename.clear_status();
  rename.clear_name();
  check_refused(directories.update(made, rename), Status::invalid_argument);
}

TEST_CASE("directories: secrets are shown once, known by their suffix, and replaced as a whole") {
  World world;
  Directories directories(world);
  const pb::Directory made = directories.made(directories.acme);
  const auto create = [&] {
    return directories.api().call<pb::CreateDirectorySecretResponse>(
        method("CreateDirectorySecret"), list_of<pb::CreateDirectorySecretRequest>(made));
  };
  const auto first = create();
  REQUIRE(first.ok());
  world.keep_canary(first.response.plain_secret());
  const pb::Secret& secret = first.response.secret();
  CHECK(secret.id().starts_with("sec_"));
  CHECK(secret.directory_id() == made.id());
  CHECK(secret.status() == pb::ACTIVE);
  CHECK(first.response.plain_secret().size() > 40);
  CHECK(first.response.plain_secret().ends_with(secret.secret_suffix()));
  CHECK(secret.secret_suffix().size() == 4);
  CHECK(same(directories.read(made).secrets(0), secret));
  REQUIRE(create().ok());
  check_refused(create(), Status::resource_exhausted);
  CHECK(directories.read(made).secrets_size() == 2);
  const auto fresh = directories.api().must<pb::RegenerateDirectorySecretResponse>(
      method("RegenerateDirectorySecret"), list_of<pb::RegenerateDirectorySecretRequest>(made));
  CHECK(fresh.plain_secret() != first.response.plain_secret());
  const pb::Directory read = directories.read(made);
  REQUIRE(read.secrets_size() == 1);
  CHECK(read.secrets(0).id() == fresh.secret().id());
}

TEST_CASE("directories: people are listed in pages, with details where they are asked for") {
  World world;
  Directories directories(world);
  const pb::Directory made = directories.made(directories.acme);
  auto request = list_of<pb::ListDirectoryUsersRequest>(made);
  request.set_page_size(10);
  request.set_page_token("");
  CHECK(directories.users(request).response.total_size() == 0);
  const std::string ann = directories.put_user(made, "ann");
  const std::string bob = directories.put_user(made, "bob");
  const std::string cy = directories.put_user(made, "cy");
  const std::string staff = directories.put_group(made, "staff", {ann, bob});
  request.set_page_size(2);
  const auto first = directories.users(request);
  REQUIRE(first.ok());
  CHECK(first.response.total_size() == 3);
  CHECK(first.response.users(0).id() == cy);
  CHECK(first.response.users(1).id() == bob);
  CHECK(first.response.users(1).email() == "bob@acme.test");
  CHECK(first.response.users(1).groups(0).display_name() == "staff");
  CHECK_FALSE(first.response.users(1).has_user_detail());
  CHECK(first.response.prev_page_token().empty());
  CHECK(first.response.next_page_token().size() <= 32);
  request.set_page_token(first.response.next_page_token());
  request.set_include_detail(true);
  const auto second = directories.users(request);
  REQUIRE(second.response.users_size() == 1);
  CHECK(second.response.next_page_token().empty());
  CHECK_FALSE(second.response.prev_page_token().empty());
  const auto& detail = second.response.users(0).user_detail().fields();
  CHECK(detail.at("id").string_value() == ann);
  CHECK(detail.at("email").string_value() == "ann@acme.test");
  CHECK(detail.at("title").string_value() == "CEO");
  request.clear_page_token();
  request.set_directory_group_id(staff);
  CHECK(directories.users(request).response.total_size() == 2);
  request.set_directory_group_id("dirgroup_1");
  check_refused(directories.users(request), Status::not_found);
  request.clear_directory_group_id();
  *request.mutable_updated_after() = first.response.users(1).updated_at();
  const auto later = directories.users(request);
  CHECK(later.response.total_size() == 1);
  CHECK(later.response.users(0).id() == cy);
  request.set_page_size(31);
  check_refused(directories.users(request), Status::invalid_argument);
  request.set_page_size(2);
  request.set_page_token("nonsense");
  check_refused(directories.users(request), Status::invalid_argument);
  request.clear_page_token();
  request.set_organization_id(directories.globex);
  check_refused(directories.users(request), Status::not_found);
  CHECK(directories.read(made).stats().total_users() == 3);
  CHECK(directories.read(made).stats().total_groups() == 1);
  CHECK(directories.read(made).has_last_synced_at());
}

TEST_CASE("directories: groups are listed in pages, with details, and as a summary") {
  World world;
  Directories directories(world);
  const pb::Directory made = directories.made(directories.acme);
  const std::string ann = directories.put_user(made, "ann");
  const std::string staff = directories.put_group(made, "staff", {ann});
  const std::string heads = directories.put_group(made, "heads");
  auto request = list_of<pb::ListDirectoryGroupsRequest>(made);
  request.set_page_size(1);
  request.set_include_detail(true);
  const auto first = directories.groups(request);
  REQUIRE(first.ok());
  CHECK(first.response.total_size() == 2);
  CHECK(first.response.groups(0).id() == heads);
  const auto& detail = first.response.groups(0).group_detail().fields();
  CHECK(detail.at("id").string_value() == heads);
  CHECK(detail.at("display_name").string_value() == "heads");
  request.set_page_token(first.response.next_page_token());
  const auto second = directories.groups(request);
  CHECK(second.response.groups(0).id() == staff);
  CHECK(second.response.groups(0).total_users() == 1);
  request.clear_page_token();
  *request.mutable_updated_after() = second.response.groups(0).updated_at();
  CHECK(directories.groups(request).response.total_size() == 1);
  const auto summary = directories.api().must<pb::ListDirectoryGroupsResponse>(
      method("ListDirectoryGroupsSummary"), list_of<pb::ListDirectoryGroupsSummaryRequest>(made));
  CHECK(summary.groups_size() == 2);
  CHECK(summary.groups(1).total_users() == 1);
  request.set_directory_id("dir_1");
  check_refused(directories.groups(request), Status::not_found);
}

TEST_CASE("directories: groups bring roles that exist, and no others") {
  World world;
  Directories directories(world);
  const pb::Directory made = directories.made(directories.acme);
  const std::string staff = directories.put_group(made, "staff");
  const auto assign = [&](const std::string& group, const std::string& role) {
    pb::AssignRolesRequest request;
    request.set_organization_id(made.organization_id());
    request.set_id(made.id());
    auto& assignment = *request.mutable_role_assignments()->add_assignments();
    assignment.set_group_id(group);
    assignment.set_role_name(role);
    return directories.api().call<pb::AssignRolesResponse>(method("AssignRoles"), request);
  };
  const auto assigned = assign(staff, "member");
  REQUIRE(assigned.ok());
  const pb::RoleAssignment& read = assigned.response.role_assignments().assignments(0);
  CHECK(read.group_id() == staff);
  CHECK(read.role_name() == "member");
  CHECK(read.role_id().starts_with("role_"));
  check_refused(assign(staff, "nobody"), Status::not_found);
  check_refused(assign(staff, "not a name"), Status::invalid_argument);
  check_refused(assign("dirgroup_1", "member"), Status::not_found);
  check_refused(assign("nonsense", "member"), Status::invalid_argument);
  CHECK(same(directories.read(made).role_assignments(), assigned.response.role_assignments()));
  CHECK(world.violations().empty());
}

TEST_CASE("directories: attributes and the choice of groups are replaced as a whole") {
  World world;
  Directories directories(world);
  const pb::Directory made = directories.made(directories.acme);
  pb::UpdateAttributesRequest attributes;
  attributes.set_organization_id(made.organization_id());
  attributes.set_id(made.id());
  auto& mapping = *attributes.mutable_attribute_mapping()->add_attributes();
  mapping.set_key("dept");
  mapping.set_map_to("department");
  const auto updated =
      directories.api().must<pb::UpdateAttributesResponse>(method("UpdateAttributes"), attributes);
  CHECK(same(updated.attribute_mappings(), attributes.attribute_mapping()));
  CHECK(same(directories.read(made).attribute_mappings(), updated.attribute_mappings()));
  mapping.set_key(std::string(33, 'a'));
  check_refused(
      directories.api().call<pb::UpdateAttributesResponse>(method("UpdateAttributes"), attributes),
      Status::invalid_argument);

  pb::AssignGroupsForDirectoryRequest groups;
  groups.set_organization_id(made.organization_id());
  groups.set_id(made.id());
  check_refused(directories.api().call<Empty>(method("AssignGroupsForDirectory"), groups),
                Status::invalid_argument);
  groups.add_external_ids("g1");
  directories.api().must<Empty>(method("AssignGroupsForDirectory"), groups);
  CHECK(directories.read(made).groups_tracked() == "SELECTED");
  groups.set_organization_id(directories.globex);
  check_refused(directories.api().call<Empty>(method("AssignGroupsForDirectory"), groups),
                Status::not_found);
}

TEST_CASE("directories: nothing is fetched on request") {
  World world;
  Directories directories(world);
  const pb::Directory made = directories.made(directories.acme);
  auto request = list_of<pb::TriggerDirectorySyncRequest>(made);
  check_refused(directories.api().call<Empty>(method("TriggerDirectorySync"), request),
                Status::failed_precondition);
  request.set_directory_id("dir_1");
  check_refused(directories.api().call<Empty>(method("TriggerDirectorySync"), request),
                Status::not_found);
}

TEST_CASE("directories: another organization or environment sees and touches nothing") {
  World world;
  Directories directories(world);
  const pb::Directory made = directories.made(directories.acme);
  const auto& globex = directories.globex;
  check_refused(directories.get(globex, made.id()), Status::not_found);
  check_refused(directories.toggle("DisableDirectory", globex, made.id()), Status::not_found);
  check_refused(directories.toggle("EnableDirectory", globex, made.id()), Status::not_found);
  check_refused(directories.remove(globex, made.id()), Status::not_found);
  check_refused(directories.get(directories.acme, "dir_1"), Status::not_found);
  check_refused(directories.get(directories.acme, "nonsense"), Status::invalid_argument);
  check_refused(directories.toggle("DisableDirectory", directories.acme, "conn_1"),
                Status::invalid_argument);
  auto secret = list_of<pb::CreateDirectorySecretRequest>(made);
  secret.set_organization_id(globex);
  check_refused(directories.api().call<pb::CreateDirectorySecretResponse>(
                    method("CreateDirectorySecret"), secret),
                Status::not_found);
  Directories strangers(world, "Portal");
  check_refused(strangers.get(directories.acme, made.id()), Status::not_found);
  check_refused(strangers.list(directories.acme), Status::not_found);
  check_refused(strangers.create(directories.acme), Status::not_found);
  CHECK(directories.read(made).enabled());
}

TEST_CASE("directories: REST has them below their organization") {
  World world;
  Directories directories(world);
  const std::string path = "/api/v1/organizations/" + directories.acme + "/directories";
  const auto made = directories.api().rest(
      http::Method::post, path, R"({"directory_type":"SCIM","directory_provider":"OKTA"})");
  REQUIRE(made.status == 200);
  const Json answer = Json::parse(made.body).take();
  const std::string own = path + "/" + std::string(*answer.find("directory")->string("id"));
  CHECK(directories.api().rest(http::Method::get, own).status == 200);
  CHECK(directories.api().rest(http::Method::get, own + "/users?page_size=10").status == 200);
  CHECK(directories.api().rest(http::Method::get, own + "/groups/summary").status == 200);
  CHECK(directories.api().rest(http::Method::get, own + ":sync").status == 400);
  CHECK(directories.api().rest(http::Method::delete_, own).status == 400);
  CHECK(directories.api().rest(http::Method::patch, own + ":disable").status == 200);
  CHECK(directories.api().rest(http::Method::delete_, own).status == 200);
}

}  // namespace gatehouse::world
