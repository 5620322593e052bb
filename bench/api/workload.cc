#include "bench/api/workload.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

#include "scalekit/v1/users/users.pb.h"

namespace gatehouse::bench {

namespace users = scalekit::v1::users;

void give_up(const std::string& why) {
  std::fprintf(stderr, "api_load: %s\n", why.c_str());
  std::exit(1);
}

namespace {

std::string framed(const google::protobuf::Message& message) {
  const std::string bytes = message.SerializeAsString();
  std::string out(1, '\0');
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(bytes.size() >> shift);
  return out + bytes;
}

}  // namespace

Workload::Workload(const Options& options) : options_(options) {
  std::ifstream file(options.ids_file);
  for (std::string line; std::getline(file, line);) ids_.push_back(line);
  if (ids_.empty()) give_up("no ids in " + options.ids_file);
  const std::map<std::string, std::string> names = {{"get_user", "GetUser"},
                                                    {"list_members", "ListOrganizationUsers"},
                                                    {"create_user", "CreateUserAndMembership"},
                                                    {"search", "SearchUsers"}};
  const auto name = names.find(options.method);
  if (name == names.end()) give_up("unknown method " + options.method);
  path_ = "/scalekit.v1.users.UserService/" + name->second;
}

// Steps through the list in leaps: neighbours do not share a page of the database.
const std::string& Workload::id(std::size_t number) const {
  return ids_[number * 7919 % ids_.size()];
}

std::string Workload::request(std::size_t number) const {
  if (options_.method == "get_user") {
    users::GetUserRequest request;
    request.set_id(id(number));
    return framed(request);
  }
  if (options_.method == "list_members") {
    users::ListOrganizationUsersRequest request;
    request.set_organization_id(id(number));
    request.set_page_size(100);
    return framed(request);
  }
  if (options_.method == "search") {
    users::SearchUsersRequest request;
    request.set_query(id(number));
    request.set_page_size(30);
    return framed(request);
  }
  users::CreateUserAndMembershipRequest request;
  request.set_organization_id(id(number));
  request.set_send_invitation_email(false);
  request.mutable_user()->set_email(email(number));
  request.mutable_user()->mutable_user_profile()->set_given_name("Grace");
  request.mutable_user()->mutable_user_profile()->set_family_name("Hopper");
  return framed(request);
}

void Workload::check(std::size_t number, std::string_view body) const {
  if (body.size() < 5) give_up("an answer without a message");
  const std::string bytes(body.substr(5));
  if (options_.method == "get_user") {
    users::GetUserResponse answer;
    const bool is_right = answer.ParseFromString(bytes) && answer.user().id() == id(number) &&
                          answer.user().memberships_size() > 0;
    if (!is_right) give_up("GetUser answered with another user");
  } else if (options_.method == "list_members") {
    users::ListOrganizationUsersResponse answer;
    if (!answer.ParseFromString(bytes) || answer.users_size() != options_.answers) {
      give_up("a page of members has " + std::to_string(answer.users_size()));
    }
  } else if (options_.method == "search") {
    users::SearchUsersResponse answer;
    const bool is_right = answer.ParseFromString(bytes) && answer.users_size() > 0 &&
                          answer.users(0).email().starts_with(id(number));
    if (!is_right) give_up("the search for " + id(number) + " found something else");
  } else {
    users::CreateUserAndMembershipResponse answer;
    const bool is_right = answer.ParseFromString(bytes) && answer.user().email() == email(number) &&
                          answer.user().memberships_size() == 1;
    if (!is_right) give_up("another user was made than the one asked for");
  }
}

std::string Workload::email(std::size_t number) const {
  return "made" + std::to_string(number) + "." + std::to_string(::getpid()) + "@bench.test";
}

}  // namespace gatehouse::bench
