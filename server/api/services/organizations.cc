#include "server/api/services/organizations.h"

#include <algorithm>

#include "server/api/services/all.h"
#include "server/members/organization_deletion.h"
#include "server/rbac/role.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::organizations;
namespace commons = scalekit::v1::commons;
using google::protobuf::Empty;
using orgs::Organization;
using storage::Transaction;

constexpr PageLimits list_limits{.standard = 10, .max = 100};
constexpr PageLimits search_limits{.standard = 10, .max = 30};

Result<std::optional<orgs::Region>, Error> to_region(commons::RegionCode code) {
  switch (code) {
    case commons::REGION_CODE_UNSPECIFIED: return std::optional<orgs::Region>();
    case commons::US: return std::optional(orgs::Region::us);
    case commons::EU: return std::optional(orgs::Region::eu);
    default: break;
  }
  return refusal(ErrorCode::invalid_argument, "region_code is no region",
                 "organization.region_code");
}

commons::RegionCode from_region(const std::optional<orgs::Region>& region) {
  if (!region.has_value()) return commons::REGION_CODE_UNSPECIFIED;
  return *region == orgs::Region::us ? commons::US : commons::EU;
}

// Of a request that has the organization's id or its external id.
template <class Request>
Result<Organization, Error> find_named(const Call& call, Transaction& transaction,
                                       const Request& request) {
  std::optional<Organization> found;
  switch (request.identities_case()) {
    case Request::kId: {
      const auto id = TRY(parse_id<OrgId>(request.id(), "id"));
      found = TRY(orgs::find_organization(transaction, call.environment(), id));
      break;
    }
    case Request::kExternalId:
      found = TRY(orgs::find_organization_by_external_id(transaction, call.environment(),
                                                         request.external_id()));
      break;
    case Request::IDENTITIES_NOT_SET:
      return refusal(ErrorCode::invalid_argument, "id or external_id must be given", "id");
  }
  if (!found.has_value()) return not_found("organization");
  return *std::move(found);
}

std::string_view permission_for(OrganizationRight right) {
  switch (right) {
    case OrganizationRight::see: return "sk_org_settings_read";
    case OrganizationRight::change: return "sk_org_settings_manage";
    case OrganizationRight::see_session_policy: return "sk_org_session_policy_read";
    case OrganizationRight::change_session_policy: return "sk_org_session_policy_manage";
  }
  ensure_failed("api: not an OrganizationRight");
}

// A field of the request's organization goes by that name to the caller.
Error within_organization(Error error) {
  if (!error.field.empty()) error.field = "organization." + error.field;
  return error;
}

Result<pb::CreateOrganizationResponse, Error> create(const Call& call,
                                                     const pb::CreateOrganizationRequest& request) {
  const pb::CreateOrganization& given = request.organization();
  orgs::NewOrganization wanted{.display_name = given.display_name(),
                               .metadata = to_metadata(given.metadata())};
  wanted.region = TRY(to_region(given.region_code()));
  // Of what may be absent, clients send an empty text where they have nothing.
  if (!given.external_id().empty()) wanted.external_id = given.external_id();
  if (!given.slug().empty()) wanted.slug = given.slug();
  if (!given.logo_url().empty()) wanted.logo_url = given.logo_url();
  const auto made = call.write([&](Transaction& transaction) {
    return orgs::create(transaction, call.environment(), call.context, call.deps.random, wanted);
  });
  if (!made.ok()) return within_organization(made.error());
  pb::CreateOrganizationResponse response;
  encode_organization(made.value(), *response.mutable_organization());
  return response;
}

// Without a mask: what the message has. An empty map looks like none, so it changes nothing.
orgs::OrganizationChange change_by_presence(const pb::UpdateOrganization& given) {
  orgs::OrganizationChange change;
  if (given.has_display_name()) change.display_name = given.display_name();
  if (given.has_external_id()) change.external_id = given.external_id();
  if (given.has_slug()) change.slug = given.slug();
  if (given.has_logo_url()) change.logo_url = given.logo_url();
  if (given.metadata_size() > 0) change.metadata = to_metadata(given.metadata());
  return change;
}

// With a mask: what it names, and nothing else; what it names and the message lacks is taken away.
Result<orgs::OrganizationChange, Error> change_by_mask(const pb::UpdateOrganization& given,
                                                       const google::protobuf::FieldMask& mask) {
  orgs::OrganizationChange change;
  for (const std::string& path : mask.paths()) {
    if (path == "display_name") {
      change.display_name = given.display_name();
    } else if (path == "external_id") {
      change.external_id = given.external_id();
    } else if (path == "slug") {
      change.slug = given.slug();
    } else if (path == "logo_url") {
      change.logo_url = given.logo_url();
    } else if (path == "metadata") {
      change.metadata = to_metadata(given.metadata());
    } else {
      return refusal(ErrorCode::invalid_argument,
                     "update_mask names a field that cannot be updated", "update_mask");
    }
  }
  return change;
}

// External ids, slugs and metadata are how applications tell their customers apart: what a customer
// changed there could make it pass for another one.
Result<Unit, Error> check_is_theirs_to_change(const Call& call,
                                              const orgs::OrganizationChange& change) {
  if (call.caller.kind != Caller::Kind::session) return Unit{};
  if (change.external_id.has_value() || change.slug.has_value() || change.metadata.has_value()) {
    return refusal(ErrorCode::permission_denied,
                   "members may change display_name and logo_url only");
  }
  return Unit{};
}

Result<pb::UpdateOrganizationResponse, Error> update(const Call& call,
                                                     const pb::UpdateOrganizationRequest& request) {
  const pb::UpdateOrganization& given = request.organization();
  orgs::OrganizationChange change = change_by_presence(given);
  if (request.update_mask().paths_size() > 0) {
    change = TRY(change_by_mask(given, request.update_mask()));
  }
  TRY(check_is_theirs_to_change(call, change));
  const auto updated = call.write([&](Transaction& transaction) -> Result<Organization, Error> {
    const Organization before = TRY(find_named(call, transaction, request));
    TRY(check_right(call, transaction, before.id, OrganizationRight::change));
    auto after = orgs::update(transaction, call.environment(), before.id, call.context,
                              call.deps.random, change);
    if (!after.ok()) return within_organization(after.error());
    return after;
  });
  if (!updated.ok()) return updated.error();
  pb::UpdateOrganizationResponse response;
  encode_organization(updated.value(), *response.mutable_organization());
  return response;
}

Result<pb::GetOrganizationResponse, Error> get(const Call& call,
                                               const pb::GetOrganizationRequest& request) {
  const Organization found =
      TRY(call.read([&](Transaction& transaction) -> Result<Organization, Error> {
        Organization named = TRY(find_named(call, transaction, request));
        TRY(check_right(call, transaction, named.id, OrganizationRight::see));
        return named;
      }));
  pb::GetOrganizationResponse response;
  encode_organization(found, *response.mutable_organization());
  return response;
}

Result<pb::GetOrganizationResponse, Error> get_by_external_id(
    const Call& call, const pb::GetOrganizationRequest& request) {
  if (!request.has_external_id()) {
    return refusal(ErrorCode::invalid_argument, "external_id must be given", "external_id");
  }
  return get(call, request);
}

template <class Response>
Response encode_page(const Page<Organization>& page) {
  Response response;
  for (const Organization& organization : page.items) {
    encode_organization(organization, *response.add_organizations());
  }
  set_page_tokens(response, page);
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

// A list of one or none.
Result<Page<Organization>, Error> page_by_external_id(const Call& call, Transaction& transaction,
                                                      std::string_view external_id) {
  Page<Organization> page;
  auto found =
      TRY(orgs::find_organization_by_external_id(transaction, call.environment(), external_id));
  if (found.has_value()) page.items.push_back(*std::move(found));
  page.total = static_cast<std::int64_t>(page.items.size());
  return page;
}

Result<pb::ListOrganizationsResponse, Error> list(const Call& call,
                                                  const pb::ListOrganizationsRequest& request) {
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token(), list_limits));
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return request.external_id().empty()
               ? orgs::list_organizations(transaction, call.environment(), query)
               : page_by_external_id(call, transaction, request.external_id());
  }));
  return encode_page<pb::ListOrganizationsResponse>(page);
}

Result<pb::SearchOrganizationsResponse, Error> search(
    const Call& call, const pb::SearchOrganizationsRequest& request) {
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token(), search_limits));
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return orgs::search_organizations(transaction, call.environment(), request.query(), query);
  }));
  return encode_page<pb::SearchOrganizationsResponse>(page);
}

Result<Empty, Error> remove(const Call& call, const pb::DeleteOrganizationRequest& request) {
  TRY(call.write([&](Transaction& transaction) -> Result<Unit, Error> {
    const Organization found = TRY(find_named(call, transaction, request));
    return members::delete_organization(transaction, call.environment(), found.id, call.context,
                                        call.deps.random);
  }));
  return Empty();
}

}  // namespace

Result<Unit, Error> check_right(const Call& call, Transaction& transaction, OrgId organization,
                                OrganizationRight right) {
  if (call.caller.kind == Caller::Kind::client) return Unit{};
  // Said of every other one, so that nobody learns which there are.
  if (!call.caller.user.has_value() || call.caller.organization != organization) {
    return not_found("organization");
  }
  const auto grants =
      TRY(rbac::load_grants(transaction, call.environment(), organization, *call.caller.user));
  const std::string_view permission = permission_for(right);
  if (std::ranges::find(grants.permissions, permission) != grants.permissions.end()) return Unit{};
  return refusal(ErrorCode::permission_denied,
                 "this needs the permission " + std::string(permission));
}

void encode_organization(const Organization& organization, pb::Organization& message) {
  message.set_id(organization.id.text());
  *message.mutable_create_time() = to_timestamp(organization.created_at);
  *message.mutable_update_time() = to_timestamp(organization.updated_at);
  message.set_display_name(organization.display_name);
  message.set_region_code(from_region(organization.region));
  if (organization.external_id.has_value()) message.set_external_id(*organization.external_id);
  if (organization.slug.has_value()) message.set_slug(*organization.slug);
  if (organization.logo_url.has_value()) message.set_logo_url(*organization.logo_url);
  set_metadata(*message.mutable_metadata(), organization.metadata);
  for (const orgs::Feature feature : orgs::all_features) {
    auto& encoded = *message.mutable_settings()->add_features();
    encoded.set_name(std::string(orgs::feature_name(feature)));
    encoded.set_enabled(organization.features.has(feature));
  }
}

void add_organization_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.organizations.OrganizationService");
  service.write("CreateOrganization", create);
  service.write("UpdateOrganization", update);
  service.read("GetOrganization", get);
  service.read("GetOrganizationByExternalId", get_by_external_id);
  service.read("ListOrganization", list);
  service.slow_read("SearchOrganization", search);
  service.write("DeleteOrganization", remove);
  for (const char* name : {"GetOrganization", "UpdateOrganization"}) service.people_too(name);
  add_organization_settings(service);
}

}  // namespace gatehouse::api
