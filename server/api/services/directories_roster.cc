// The people and groups that came with a directory.

#include <google/protobuf/util/json_util.h>

#include "server/api/services/directories.h"
#include "server/directories/roster.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::directories;
using directories::DirectoryGroup;
using directories::DirectoryUser;
using storage::Transaction;

constexpr PageLimits list_limits{.standard = 10, .max = 30};
// Of a list without pages.
constexpr int groups_max = 1000;

template <class Request>
Result<std::optional<Instant>, Error> updated_after(const Request& request) {
  if (!request.has_updated_after()) return std::optional<Instant>();
  return std::optional(TRY(to_instant(request.updated_after(), "updated_after")));
}

Result<Unit, Error> set_detail(const std::string& json, google::protobuf::Struct& message) {
  if (google::protobuf::util::JsonStringToMessage(json, &message).ok()) return Unit{};
  return Error(ErrorCode::internal, "the detail of a directory's user or group is damaged");
}

void encode_group(const DirectoryGroup& group, pb::DirectoryGroup& message) {
  message.set_id(group.id.text());
  message.set_display_name(group.display_name);
  message.set_total_users(static_cast<std::int32_t>(group.members));
  *message.mutable_updated_at() = to_timestamp(group.updated_at);
}

void encode_user(const DirectoryUser& user, pb::DirectoryUser& message) {
  message.set_id(user.id.text());
  message.set_email(user.email);
  message.set_preferred_username(user.preferred_username);
  message.set_given_name(user.given_name);
  message.set_family_name(user.family_name);
  *message.mutable_updated_at() = to_timestamp(user.updated_at);
  for (const std::string& email : user.emails) message.add_emails(email);
  for (const directories::GroupName& group : user.groups) {
    pb::DirectoryGroup& encoded = *message.add_groups();
    encoded.set_id(group.id.text());
    encoded.set_display_name(group.display_name);
  }
}

Result<pb::ListDirectoryUsersResponse, Error> list_users(
    const Call& call, const pb::ListDirectoryUsersRequest& request) {
  const DirectoryTarget target = TRY(target_of(request));
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token(), list_limits));
  directories::UserFilter filter;
  filter.updated_after = TRY(updated_after(request));
  if (request.has_directory_group_id()) {
    filter.group =
        TRY(parse_id<DirectoryGroupId>(request.directory_group_id(), "directory_group_id"));
  }
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return directories::list_users(transaction, call.environment(), target.organization, target.id,
                                   filter, query);
  }));
  pb::ListDirectoryUsersResponse response;
  for (const DirectoryUser& user : page.items) {
    pb::DirectoryUser& encoded = *response.add_users();
    encode_user(user, encoded);
    if (request.include_detail()) {
      TRY(set_detail(directories::user_detail(user), *encoded.mutable_user_detail()));
    }
  }
  set_page_tokens(response, page);
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

Result<pb::ListDirectoryGroupsResponse, Error> list_groups(
    const Call& call, const pb::ListDirectoryGroupsRequest& request) {
  const DirectoryTarget target = TRY(target_of(request));
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token(), list_limits));
  const auto after = TRY(updated_after(request));
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return directories::list_groups(transaction, call.environment(), target.organization, target.id,
                                    {.updated_after = after}, query);
  }));
  pb::ListDirectoryGroupsResponse response;
  for (const DirectoryGroup& group : page.items) {
    pb::DirectoryGroup& encoded = *response.add_groups();
    encode_group(group, encoded);
    if (request.include_detail()) {
      TRY(set_detail(directories::group_detail(group), *encoded.mutable_group_detail()));
    }
  }
  set_page_tokens(response, page);
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

Result<pb::ListDirectoryGroupsResponse, Error> list_groups_summary(
    const Call& call, const pb::ListDirectoryGroupsSummaryRequest& request) {
  const DirectoryTarget target = TRY(target_of(request));
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return directories::list_groups(transaction, call.environment(), target.organization, target.id,
                                    {}, {.limit = groups_max});
  }));
  pb::ListDirectoryGroupsResponse response;
  for (const DirectoryGroup& group : page.items) encode_group(group, *response.add_groups());
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

}  // namespace

void add_directory_roster(Methods::Service& service) {
  service.slow_read("ListDirectoryUsers", list_users);
  service.slow_read("ListDirectoryGroups", list_groups);
  service.slow_read("ListDirectoryGroupsSummary", list_groups_summary);
}

}  // namespace gatehouse::api
