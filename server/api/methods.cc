#include "server/api/methods.h"

#include "google/api/annotations.pb.h"
#include "scalekit/v1/auditlogs/auditlogs.pb.h"
#include "scalekit/v1/auth/auth.pb.h"
#include "scalekit/v1/auth/passwordless.pb.h"
#include "scalekit/v1/auth/webauthn.pb.h"
#include "scalekit/v1/clients/clients.pb.h"
#include "scalekit/v1/connections/connections.pb.h"
#include "scalekit/v1/directories/directories.pb.h"
#include "scalekit/v1/domains/domains.pb.h"
#include "scalekit/v1/events/events.pb.h"
#include "scalekit/v1/options/options.pb.h"
#include "scalekit/v1/organizations/organizations.pb.h"
#include "scalekit/v1/roles/roles.pb.h"
#include "scalekit/v1/sessions/sessions.pb.h"
#include "scalekit/v1/tokens/tokens.pb.h"
#include "scalekit/v1/users/users.pb.h"

namespace gatehouse::api {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

// The files with services, each by a message of its own: naming it also keeps the linker from
// leaving the file out.
std::vector<const FileDescriptor*> service_files() {
  namespace wire = scalekit::v1;
  return {
      wire::auditlogs::ListAuthLogRequest::descriptor()->file(),
      wire::auth::GetAuthErrorRequest::descriptor()->file(),
      wire::auth::passwordless::SendPasswordlessRequest::descriptor()->file(),
      wire::auth::webauthn::ListCredentialsRequest::descriptor()->file(),
      wire::clients::GetClientRequest::descriptor()->file(),
      wire::connections::GetConnectionRequest::descriptor()->file(),
      wire::directories::GetDirectoryRequest::descriptor()->file(),
      wire::domains::GetDomainRequest::descriptor()->file(),
      wire::events::ListEventsRequest::descriptor()->file(),
      wire::organizations::GetOrganizationRequest::descriptor()->file(),
      wire::roles::GetRoleRequest::descriptor()->file(),
      wire::sessions::UserSessionDetailsRequest::descriptor()->file(),
      wire::tokens::ValidateTokenRequest::descriptor()->file(),
      wire::users::ListUserRolesRequest::descriptor()->file(),
  };
}

Method make_method(const MethodDescriptor& descriptor) {
  const auto& option = descriptor.options().GetExtension(scalekit::v1::options::auth_option);
  Method method;
  method.descriptor = &descriptor;
  method.path = "/" + descriptor.service()->full_name() + "/" + descriptor.name();
  method.callers = static_cast<std::uint32_t>(option.authentication_type());
  // Where the contract names nobody, as for FetchToken, it is a call like those beside it.
  if (method.callers == 0) method.callers = scalekit::v1::options::CLIENT;
  method.permissions = {option.permissions().begin(), option.permissions().end()};
  return method;
}

}  // namespace

Methods::Methods(const Contract& contract) {
  MessageFactory& factory = *MessageFactory::generated_factory();
  for (const FileDescriptor* file : service_files()) {
    for (int i = 0; i < file->service_count(); ++i) {
      const auto& service = *file->service(i);
      for (int j = 0; j < service.method_count(); ++j) {
        Method method = make_method(*service.method(j));
        method.request = factory.GetPrototype(method.descriptor->input_type());
        method.response = factory.GetPrototype(method.descriptor->output_type());
        const std::string path = method.path;
        by_path_.emplace(path, std::move(method));
      }
    }
  }
  for (const auto* service : contract.not_generated()) {
    for (int i = 0; i < service->method_count(); ++i) {
      Method method = make_method(*service->method(i));
      const std::string path = method.path;
      by_path_.try_emplace(path, std::move(method));
    }
  }
}

Methods::Service Methods::service(std::string_view full_name) { return {*this, full_name}; }

const Method* Methods::find(std::string_view path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : &found->second;
}

std::vector<const Method*> Methods::all() const {
  std::vector<const Method*> all;
  for (const auto& [path, method] : by_path_) all.push_back(&method);
  return all;
}

Method& Methods::find_own(std::string_view service, std::string_view method) {
  const auto found = by_path_.find("/" + std::string(service) + "/" + std::string(method));
  ENSURE(found != by_path_.end());
  return found->second;
}

}  // namespace gatehouse::api
