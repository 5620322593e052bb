#include "tests/world/foreign_ids.h"

#include <algorithm>
#include <regex>

#include "buf/validate/validate.pb.h"
#include "scalekit/v1/clients/clients.pb.h"
#include "scalekit/v1/connections/connections.pb.h"
#include "scalekit/v1/directories/directories.pb.h"
#include "scalekit/v1/domains/domains.pb.h"
#include "scalekit/v1/organizations/organizations.pb.h"
#include "scalekit/v1/roles/roles.pb.h"
#include "scalekit/v1/tokens/tokens.pb.h"
#include "scalekit/v1/users/users.pb.h"

namespace gatehouse::world {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
namespace wire = scalekit::v1;

constexpr const char* name_of_everything = "TopSecretName";
constexpr const char* role = "top_secret_role";
constexpr const char* permission = "top:secret";
constexpr const char* external = "top-secret-external-id";

// Which prefix a field of that name takes, where its rules do not say so.
struct NamedField {
  std::string_view name, prefix;
};
constexpr NamedField named_fields[] = {
    {"organization_id", "org_"}, {"user_id", "usr_"},
    {"session_id", "ses_"},      {"connection_id", "conn_"},
    {"directory_id", "dir_"},    {"secret_id", "sks_"},
    {"token_id", "apit_"},       {"link_id", "lnk_"},
    {"domain_id", "dom_"},       {"directory_group_id", "dirgroup_"},
    {"resource_id", "res_"},
};
constexpr NamedField ids_of_services[] = {
    {"UserService", "usr_"},      {"OrganizationService", "org_"}, {"ConnectionService", "conn_"},
    {"DirectoryService", "dir_"}, {"DomainService", "dom_"},       {"SessionService", "ses_"},
    {"ApiTokenService", "apit_"}, {"RolesService", "role_"},       {"ClientService", "res_"},
};

const buf::validate::StringRules& rules_of(const FieldDescriptor& field) {
  return field.options().GetExtension(buf::validate::field).string();
}

bool is_well_known(const google::protobuf::Descriptor& type) {
  return type.file()->package() == "google.protobuf";
}

bool wants_entries(const FieldDescriptor& field) {
  const auto& constraints = field.options().GetExtension(buf::validate::field);
  return constraints.required() || constraints.repeated().min_items() > 0;
}

// A text that meets the rules of a field which takes no id.
std::string plain_value(const FieldDescriptor& field) {
  const auto& rules = rules_of(field);
  const std::string& name = field.name();
  if (rules.email() || name == "email") return "somebody@elsewhere.test";
  if (rules.in_size() > 0) return rules.in(rules.in_size() - 1);
  if (name.ends_with("role_name") || name == "role") return role;
  if (name.ends_with("permission_name")) return permission;
  if (name.ends_with("token")) return "";
  if (rules.uri() || name.ends_with("_uri") || name.ends_with("_url")) {
    return rules.min_len() > 0 ? "https://elsewhere.test/" : "";
  }
  if (!rules.has_min_len() && !field.options().GetExtension(buf::validate::field).required()) {
    return "";
  }
  if (name == "domain") return "elsewhere-domain.com";
  return std::string(std::max<std::size_t>(rules.min_len(), 5), 'a');
}

}  // namespace

ForeignIds::ForeignIds(ApiClient& owner) {
  const auto keep = [this](const auto& made) {
    learn(made.DebugString());
    return made;
  };
  wire::organizations::CreateOrganizationRequest organization;
  organization.mutable_organization()->set_display_name(name_of_everything);
  organization.mutable_organization()->set_external_id(external);
  const auto org = keep(owner.must<wire::organizations::CreateOrganizationResponse>(
      "organizations.OrganizationService/CreateOrganization", organization));
  const std::string org_id = org.organization().id();

  wire::users::CreateUserAndMembershipRequest user;
  user.set_organization_id(org_id);
  user.set_send_invitation_email(false);
  user.mutable_user()->set_email("top.secret@person.test");
  user.mutable_user()->set_external_id(external);
  keep(owner.must<wire::users::CreateUserAndMembershipResponse>(
      "users.UserService/CreateUserAndMembership", user));

  wire::roles::CreatePermissionRequest allowed;
  allowed.mutable_permission()->set_name(permission);
  allowed.mutable_permission()->set_description(name_of_everything);
  keep(owner.must<wire::roles::CreatePermissionResponse>("roles.RolesService/CreatePermission",
                                                         allowed));
  wire::roles::CreateRoleRequest named;
  named.mutable_role()->set_name(role);
  named.mutable_role()->set_display_name(name_of_everything);
  named.mutable_role()->add_permissions(permission);
  keep(owner.must<wire::roles::CreateRoleResponse>("roles.RolesService/CreateRole", named));

  wire::domains::CreateDomainRequest domain;
  domain.set_organization_id(org_id);
  domain.mutable_domain()->set_domain("top-secret-domain.com");
  keep(owner.must<wire::domains::CreateDomainResponse>("domains.DomainService/CreateDomain",
                                                       domain));
  wire::connections::CreateConnectionRequest connection;
  connection.set_organization_id(org_id);
  connection.mutable_connection()->set_provider(wire::connections::OKTA);
  connection.mutable_connection()->set_type(wire::connections::OIDC);
  keep(owner.must<wire::connections::CreateConnectionResponse>(
      "connections.ConnectionService/CreateConnection", connection));
  wire::directories::CreateDirectoryRequest directory;
  directory.set_organization_id(org_id);
  directory.mutable_directory()->set_directory_type(wire::directories::SCIM);
  directory.mutable_directory()->set_directory_provider(wire::directories::OKTA);
  keep(owner.must<wire::directories::CreateDirectoryResponse>(
      "directories.DirectoryService/CreateDirectory", directory));
  wire::clients::CreateOrganizationClientRequest client;
  client.set_organization_id(org_id);
  client.mutable_client()->set_name(name_of_everything);
  keep(owner.must<wire::clients::CreateOrganizationClientResponse>(
      "clients.ClientService/CreateOrganizationClient", client));
  wire::clients::CreateResourceRequest resource;
  resource.mutable_resource()->set_resource_type(wire::clients::MCP_SERVER);
  resource.mutable_resource()->set_name(name_of_everything);
  const auto made = keep(owner.must<wire::clients::CreateResourceResponse>(
      "clients.ClientService/CreateResource", resource));
  wire::clients::CreateResourceClientRequest resource_client;
  resource_client.set_resource_id(made.resource().id());
  resource_client.mutable_client()->set_name(name_of_everything);
  keep(owner.must<wire::clients::CreateResourceClientResponse>(
      "clients.ClientService/CreateResourceClient", resource_client));
  wire::tokens::CreateTokenRequest token;
  token.mutable_token()->set_organization_id(org_id);
  keep(owner.must<wire::tokens::CreateTokenResponse>("tokens.ApiTokenService/CreateToken", token));
  secrets_.insert({name_of_everything, "top.secret@person.test"});
}

void ForeignIds::learn(const std::string& text) {
  static const std::regex id("([a-z0-9]+_)[0-9]{15,19}");
  for (std::sregex_iterator at(text.begin(), text.end(), id), end; at != end; ++at) {
    by_prefix_.emplace((*at)[1].str(), at->str());
    secrets_.insert(at->str());
  }
}

std::string ForeignIds::of(std::string_view prefix) const {
  const auto found = by_prefix_.find(prefix);
  return found == by_prefix_.end() ? std::string() : found->second;
}

std::string ForeignIds::value_for(const FieldDescriptor& field, std::string_view service,
                                  std::string_view method) const {
  const std::string& name = field.name();
  if (rules_of(field).has_prefix()) {
    for (const auto& [prefix, id] : by_prefix_) {
      if (prefix.starts_with(rules_of(field).prefix())) return id;
    }
    return rules_of(field).prefix() + "123456789012345678";
  }
  if (name == "external_id") return external;
  // What a new resource is called by its owner, and echoed as.
  if (name == "resource_id" && method == "CreateResource") return plain_value(field);
  if (name == "client_id") {
    if (method.find("Resource") != std::string_view::npos) return of("m2m_");
    return of(method.find("Organization") != std::string_view::npos ? "m2morg_" : "skc_");
  }
  for (const NamedField& named : named_fields) {
    if (name == named.name) return of(named.prefix);
  }
  if (name == "id") {
    for (const NamedField& named : ids_of_services) {
      if (service.ends_with(named.name)) return of(named.prefix);
    }
  }
  return plain_value(field);
}

int ForeignIds::fill(Message& message, std::string_view service, std::string_view method,
                     int depth) const {
  const auto& reflection = *message.GetReflection();
  const auto& type = *message.GetDescriptor();
  int named = 0;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const auto* oneof = field.real_containing_oneof();
    if (oneof != nullptr && reflection.HasOneof(message, oneof)) continue;
    if (field.is_map()) continue;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      const std::string value = value_for(field, service, method);
      if (value.empty()) continue;
      if (field.is_repeated()) {
        if (wants_entries(field)) reflection.AddString(&message, &field, value);
      } else {
        reflection.SetString(&message, &field, value);
      }
      named += secrets_.contains(value) || value == role || value == permission || value == external
                   ? 1
                   : 0;
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
               !is_well_known(*field.message_type()) && depth > 0) {
      if (field.is_repeated() && !wants_entries(field)) continue;
      Message& inside = field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                            : *reflection.MutableMessage(&message, &field);
      named += fill(inside, service, method, depth - 1);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM && !field.is_repeated()) {
      reflection.SetEnumValue(&message, &field, field.enum_type()->value(1)->number());
    }
  }
  return named;
}

int ForeignIds::name_in(Message& request, std::string_view service, std::string_view method) const {
  constexpr int depth = 2;
  return fill(request, service, method, depth);
}

}  // namespace gatehouse::world
