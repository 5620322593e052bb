// DirectoryService: the wire form of directories, and the parts that stand in files of their own.

#pragma once

#include "scalekit/v1/directories/directories.pb.h"
#include "server/api/call.h"
#include "server/api/convert.h"
#include "server/api/methods.h"
#include "server/directories/directory.h"

namespace gatehouse::api {

// Which directory a request is about; requests have two names for its id.
struct DirectoryTarget {
  OrgId organization;
  DirectoryId id;
};
template <class Request>
Result<DirectoryTarget, Error> target_of(const Request& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  if constexpr (requires { request.directory_id(); }) {
    const auto id = TRY(parse_id<DirectoryId>(request.directory_id(), "directory_id"));
    return DirectoryTarget{.organization = organization, .id = id};
  } else {
    const auto id = TRY(parse_id<DirectoryId>(request.id(), "id"));
    return DirectoryTarget{.organization = organization, .id = id};
  }
}

void encode_directory(const Call& call, const directories::Directory& directory,
                      scalekit::v1::directories::Directory& message);

// Users and groups: directories_roster.cc. Secrets, roles, attributes: directories_parts.cc.
void add_directory_roster(Methods::Service& service);
void add_directory_parts(Methods::Service& service);

}  // namespace gatehouse::api
