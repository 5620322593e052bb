// What hangs on a directory: secrets, role assignments, attributes, the choice of groups; and its
// wire form.

#include "server/api/enum_convert.h"
#include "server/api/services/directories.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::directories;
using directories::Directory;
using google::protobuf::Empty;
using storage::Transaction;

void encode_secret(const directories::DirectorySecret& secret, pb::Secret& message) {
  message.set_id(secret.id.text());
  *message.mutable_create_time() = to_timestamp(secret.created_at);
  message.set_secret_suffix(secret.suffix);
  message.set_status(pb::ACTIVE);
  if (secret.last_used_at.has_value()) {
    *message.mutable_last_used_time() = to_timestamp(*secret.last_used_at);
  }
  message.set_directory_id(secret.directory.text());
}

void encode_roles(const std::vector<directories::RoleAssignment>& assignments,
                  pb::RoleAssignments& message) {
  for (const directories::RoleAssignment& assignment : assignments) {
    pb::RoleAssignment& encoded = *message.add_assignments();
    encoded.set_group_id(assignment.group.text());
    encoded.set_role_name(assignment.role_name);
    encoded.set_role_id(assignment.role.text());
  }
}

void encode_mappings(const std::vector<directories::AttributeMapping>& mappings,
                     pb::AttributeMappings& message) {
  for (const directories::AttributeMapping& mapping : mappings) {
    pb::AttributeMapping& encoded = *message.add_attributes();
    encoded.set_key(mapping.key);
    encoded.set_map_to(mapping.map_to);
  }
}

void encode_stats(const directories::Stats& stats, pb::Stats& message) {
  message.set_total_users(static_cast<std::int32_t>(stats.users));
  message.set_total_groups(static_cast<std::int32_t>(stats.groups));
  if (stats.user_updated_at.has_value()) {
    *message.mutable_user_updated_at() = to_timestamp(*stats.user_updated_at);
  }
  if (stats.group_updated_at.has_value()) {
    *message.mutable_group_updated_at() = to_timestamp(*stats.group_updated_at);
  }
}

using IssueSecret = Result<directories::IssuedSecret, Error> (*)(Transaction&, EnvironmentId, OrgId,
                                                                 const Context&, Random&,
                                                                 DirectoryId);

template <class Response>
Result<Response, Error> issue(const Call& call, const DirectoryTarget& target, IssueSecret act) {
  const auto issued = TRY(call.write([&](Transaction& transaction) {
    return act(transaction, call.environment(), target.organization, call.context, call.deps.random,
               target.id);
  }));
  Response response;
  response.set_plain_secret(std::string(issued.plain.reveal()));
  encode_secret(issued.record, *response.mutable_secret());
  return response;
}

Result<pb::CreateDirectorySecretResponse, Error> create_secret(
    const Call& call, const pb::CreateDirectorySecretRequest& request) {
  return issue<pb::CreateDirectorySecretResponse>(call, TRY(target_of(request)),
                                                  directories::create_secret);
}

Result<pb::RegenerateDirectorySecretResponse, Error> regenerate_secret(
    const Call& call, const pb::RegenerateDirectorySecretRequest& request) {
  return issue<pb::RegenerateDirectorySecretResponse>(call, TRY(target_of(request)),
                                                      directories::regenerate_secret);
}

Result<std::vector<directories::WantedRole>, Error> decode_roles(
    const pb::RoleAssignments& message) {
  std::vector<directories::WantedRole> wanted;
  for (const pb::RoleAssignment& assignment : message.assignments()) {
    const auto group = TRY(
        parse_id<DirectoryGroupId>(assignment.group_id(), "role_assignments.assignments.group_id"));
    std::optional<RoleId> role;
    if (!assignment.role_id().empty()) {
      role = TRY(parse_id<RoleId>(assignment.role_id(), "role_assignments.assignments.role_id"));
    }
    wanted.push_back({.group = group, .role_name = assignment.role_name(), .role = role});
  }
  return wanted;
}

Result<pb::AssignRolesResponse, Error> assign_roles(const Call& call,
                                                    const pb::AssignRolesRequest& request) {
  const DirectoryTarget target = TRY(target_of(request));
  const auto wanted = TRY(decode_roles(request.role_assignments()));
  const Directory assigned =
      TRY(call.write([&](Transaction& transaction) -> Result<Directory, Error> {
        TRY(directories::assign_roles(transaction, call.environment(), target.organization,
                                      call.context, call.deps.random, target.id, wanted));
        return directories::get(transaction, call.environment(), target.organization, target.id);
      }));
  pb::AssignRolesResponse response;
  encode_roles(assigned.role_assignments, *response.mutable_role_assignments());
  return response;
}

Result<pb::UpdateAttributesResponse, Error> update_attributes(
    const Call& call, const pb::UpdateAttributesRequest& request) {
  const DirectoryTarget target = TRY(target_of(request));
  std::vector<directories::AttributeMapping> mappings;
  for (const pb::AttributeMapping& mapping : request.attribute_mapping().attributes()) {
    mappings.push_back({.key = mapping.key(), .map_to = mapping.map_to()});
  }
  TRY(call.write([&](Transaction& transaction) {
    return directories::update(transaction, call.environment(), target.organization, call.context,
                               call.deps.random, target.id, {.attribute_mappings = mappings});
  }));
  pb::UpdateAttributesResponse response;
  encode_mappings(mappings, *response.mutable_attribute_mappings());
  return response;
}

// What is known of a group that stays chosen is kept.
std::vector<directories::TrackedGroup> chosen_groups(
    const pb::AssignGroupsForDirectoryRequest& request, const Directory& directory) {
  std::vector<directories::TrackedGroup> groups;
  for (const std::string& external_id : request.external_ids()) {
    directories::TrackedGroup chosen{.external_id = external_id};
    for (const directories::TrackedGroup& known : directory.tracked_groups) {
      if (known.external_id == external_id) chosen = known;
    }
    groups.push_back(std::move(chosen));
  }
  return groups;
}

Result<Empty, Error> assign_groups(const Call& call,
                                   const pb::AssignGroupsForDirectoryRequest& request) {
  const DirectoryTarget target = TRY(target_of(request));
  TRY(call.write([&](Transaction& transaction) -> Result<Unit, Error> {
    const Directory directory =
        TRY(directories::get(transaction, call.environment(), target.organization, target.id));
    return directories::update(transaction, call.environment(), target.organization, call.context,
                               call.deps.random, target.id,
                               {.tracked_groups = chosen_groups(request, directory)});
  }));
  return Empty();
}

Result<Empty, Error> trigger_sync(const Call& call,
                                  const pb::TriggerDirectorySyncRequest& request) {
  const DirectoryTarget target = TRY(target_of(request));
  TRY(call.read([&](Transaction& transaction) {
    return directories::trigger_sync(transaction, call.environment(), target.organization,
                                     target.id);
  }));
  return Empty();
}

}  // namespace

void encode_directory(const Call& call, const Directory& directory, pb::Directory& message) {
  message.set_id(directory.id.text());
  message.set_name(directory.name);
  message.set_directory_type(
      to_wire<pb::DirectoryType>(directories::directory_types.name(directory.type)));
  message.set_organization_id(directory.organization.text());
  message.set_enabled(directory.is_enabled);
  message.set_directory_provider(
      to_wire<pb::DirectoryProvider>(directories::provider_names.name(directory.provider)));
  if (directory.last_synced_at.has_value()) {
    *message.mutable_last_synced_at() = to_timestamp(*directory.last_synced_at);
  }
  message.set_directory_endpoint(call.base_url() + "/directory/" + directory.id.text() +
                                 "/scim/v2");
  message.set_total_users(static_cast<std::int32_t>(directory.stats.users));
  message.set_total_groups(static_cast<std::int32_t>(directory.stats.groups));
  for (const directories::DirectorySecret& secret : directory.secrets) {
    encode_secret(secret, *message.add_secrets());
  }
  encode_stats(directory.stats, *message.mutable_stats());
  encode_roles(directory.role_assignments, *message.mutable_role_assignments());
  encode_mappings(directory.attribute_mappings, *message.mutable_attribute_mappings());
  message.set_status(std::string(directories::status_names.name(directory.status)));
  message.set_groups_tracked(directory.tracked_groups.empty() ? "ALL" : "SELECTED");
}

void add_directory_parts(Methods::Service& service) {
  service.write("CreateDirectorySecret", create_secret);
  service.write("RegenerateDirectorySecret", regenerate_secret);
  service.write("AssignRoles", assign_roles);
  service.write("UpdateAttributes", update_attributes);
  service.write("AssignGroupsForDirectory", assign_groups);
  service.write("TriggerDirectorySync", trigger_sync);
}

}  // namespace gatehouse::api
