#include "server/api/services/directories.h"

#include "server/api/enum_convert.h"
#include "server/api/services/all.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::directories;
using directories::Directory;
using google::protobuf::Empty;
using storage::Transaction;

Result<pb::CreateDirectoryResponse, Error> create(const Call& call,
                                                  const pb::CreateDirectoryRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto type =
      TRY(from_wire(directories::directory_types, request.directory().directory_type(),
                    "directory.directory_type"));
  const auto provider =
      TRY(from_wire(directories::provider_names, request.directory().directory_provider(),
                    "directory.directory_provider"));
  const directories::NewDirectory wanted{
      .type = type.value_or(directories::DirectoryType::scim),
      .provider = provider.value_or(directories::Provider::unspecified)};
  const Directory made = TRY(call.write([&](Transaction& transaction) {
    return directories::create(transaction, call.environment(), organization, call.context,
                               call.deps.random, wanted);
  }));
  pb::CreateDirectoryResponse response;
  encode_directory(call, made, *response.mutable_directory());
  return response;
}

Result<pb::GetDirectoryResponse, Error> get(const Call& call,
                                            const pb::GetDirectoryRequest& request) {
  const DirectoryTarget target = TRY(target_of(request));
  const Directory found = TRY(call.read([&](Transaction& transaction) {
    return directories::get(transaction, call.environment(), target.organization, target.id);
  }));
  pb::GetDirectoryResponse response;
  encode_directory(call, found, *response.mutable_directory());
  return response;
}

Result<pb::ListDirectoriesResponse, Error> list(const Call& call,
                                                const pb::ListDirectoriesRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  const auto found = TRY(call.read([&](Transaction& transaction) {
    return directories::list(transaction, call.environment(), organization);
  }));
  pb::ListDirectoriesResponse response;
  for (const Directory& directory : found) {
    encode_directory(call, directory, *response.add_directories());
  }
  return response;
}

Result<directories::DirectoryChange, Error> decode_change(const pb::UpdateDirectory& given) {
  directories::DirectoryChange change;
  if (!given.name().empty()) change.name = given.name();
  change.provider = TRY(from_wire(directories::provider_names, given.directory_provider(),
                                  "directory.directory_provider"));
  // Empty lists look like none, so they change nothing.
  for (const pb::DirectoryMapping& mapping : given.mappings()) {
    if (!change.attribute_mappings.has_value()) change.attribute_mappings.emplace();
    change.attribute_mappings->push_back(
        {.key = mapping.key(), .map_to = mapping.map_to(), .display_name = mapping.display_name()});
  }
  for (const pb::ExternalGroup& group : given.groups()) {
    if (!change.tracked_groups.has_value()) change.tracked_groups.emplace();
    change.tracked_groups->push_back({.external_id = group.external_id(),
                                      .display_name = group.display_name(),
                                      .email = group.email()});
  }
  return change;
}

// What the message may repeat, but not change.
Result<Unit, Error> check_unchanged(const pb::UpdateDirectory& given, const Directory& directory) {
  const auto type = TRY(
      from_wire(directories::directory_types, given.directory_type(), "directory.directory_type"));
  if (type.value_or(directory.type) != directory.type) {
    return refusal(ErrorCode::invalid_argument, "the type of a directory cannot change",
                   "directory.directory_type");
  }
  const auto status = TRY(from_wire(directories::status_names, given.status(), "directory.status"));
  if (status.value_or(directory.status) != directory.status) {
    return refusal(ErrorCode::invalid_argument, "the status of a directory follows its set-up",
                   "directory.status");
  }
  return Unit{};
}

Result<pb::UpdateDirectoryResponse, Error> update(const Call& call,
                                                  const pb::UpdateDirectoryRequest& request) {
  const DirectoryTarget target = TRY(target_of(request));
  const auto change = TRY(decode_change(request.directory()));
  const Directory updated =
      TRY(call.write([&](Transaction& transaction) -> Result<Directory, Error> {
        const Directory before =
            TRY(directories::get(transaction, call.environment(), target.organization, target.id));
        TRY(check_unchanged(request.directory(), before));
        TRY(directories::update(transaction, call.environment(), target.organization, call.context,
                                call.deps.random, target.id, change));
        // `enabled` has no presence: false is what every message without it says.
        if (request.directory().enabled()) {
          TRY(directories::enable(transaction, call.environment(), target.organization,
                                  call.context, call.deps.random, target.id));
        }
        return directories::get(transaction, call.environment(), target.organization, target.id);
      }));
  pb::UpdateDirectoryResponse response;
  encode_directory(call, updated, *response.mutable_directory());
  return response;
}

Result<Empty, Error> remove(const Call& call, const pb::DeleteDirectoryRequest& request) {
  const DirectoryTarget target = TRY(target_of(request));
  TRY(call.write([&](Transaction& transaction) {
    return directories::delete_directory(transaction, call.environment(), target.organization,
                                         call.context, call.deps.random, target.id);
  }));
  return Empty();
}

Result<pb::ToggleDirectoryResponse, Error> enable(const Call& call,
                                                  const pb::ToggleDirectoryRequest& request) {
  const DirectoryTarget target = TRY(target_of(request));
  TRY(call.write([&](Transaction& transaction) {
    return directories::enable(transaction, call.environment(), target.organization, call.context,
                               call.deps.random, target.id);
  }));
  pb::ToggleDirectoryResponse response;
  response.set_enabled(true);
  return response;
}

Result<pb::ToggleDirectoryResponse, Error> disable(const Call& call,
                                                   const pb::ToggleDirectoryRequest& request) {
  const DirectoryTarget target = TRY(target_of(request));
  TRY(call.write([&](Transaction& transaction) {
    return directories::disable(transaction, call.environment(), target.organization, call.context,
                                call.deps.random, target.id);
  }));
  return pb::ToggleDirectoryResponse();
}

}  // namespace

void add_directory_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.directories.DirectoryService");
  service.write("CreateDirectory", create);
  // A directory's numbers are counted.
  service.slow_read("GetDirectory", get);
  service.slow_read("ListDirectories", list);
  service.write("UpdateDirectory", update);
  service.write("DeleteDirectory", remove);
  service.write("EnableDirectory", enable);
  service.write("DisableDirectory", disable);
  add_directory_parts(service);
  add_directory_roster(service);
}

}  // namespace gatehouse::api
