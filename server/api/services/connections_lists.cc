#include "server/api/convert.h"
#include "server/api/enum_convert.h"
#include "server/api/services/connections.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::connections;
using connections::ConnectionFilter;
using connections::ConnectionSummary;
using connections::Include;
using storage::Transaction;

constexpr PageLimits list_limits{.standard = 10, .max = 30};
// Of a list without pages.
constexpr int connections_max = 1000;

Include include_of(const pb::ListConnectionsRequest& request) {
  return request.include() == "all" ? Include::all : Include::active;
}

Result<std::vector<ConnectionSummary>, Error> list_all(const Call& call, Transaction& transaction,
                                                       Include include) {
  ConnectionFilter filter;
  if (include == Include::active) filter.is_enabled = true;
  auto page =
      TRY(connections::search(transaction, call.environment(), filter, {.limit = connections_max}));
  return std::move(page.items);
}

Result<pb::ListConnectionsResponse, Error> list(const Call& call,
                                                const pb::ListConnectionsRequest& request) {
  std::optional<OrgId> organization;
  if (request.has_organization_id()) {
    organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  }
  const Include include = include_of(request);
  auto found =
      TRY(call.read([&](Transaction& transaction) -> Result<std::vector<ConnectionSummary>, Error> {
        if (request.has_domain()) {
          return connections::list_of_domain(transaction, call.environment(), request.domain(),
                                             include);
        }
        if (!organization.has_value()) return list_all(call, transaction, include);
        return connections::list_of_organization(transaction, call.environment(), *organization,
                                                 include);
      }));
  if (organization.has_value()) {
    std::erase_if(found, [&](const ConnectionSummary& summary) {
      return summary.organization != organization;
    });
  }
  pb::ListConnectionsResponse response;
  for (const ConnectionSummary& summary : found) {
    encode_summary(summary, *response.add_connections());
  }
  return response;
}

template <class Response, class Request>
Result<Response, Error> search_page(const Call& call, const Request& request,
                                    const ConnectionFilter& filter) {
  const PageQuery query = TRY(page_query(request.page_size(), request.page_token(), list_limits));
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return connections::search(transaction, call.environment(), filter, query);
  }));
  Response response;
  for (const ConnectionSummary& summary : page.items) {
    encode_summary(summary, *response.add_connections());
  }
  set_page_tokens(response, page);
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

Result<pb::ListOrganizationConnectionsResponse, Error> list_of_organizations(
    const Call& call, const pb::ListOrganizationConnectionsRequest& request) {
  return search_page<pb::ListOrganizationConnectionsResponse>(
      call, request, {.whose = ConnectionFilter::Whose::organizations});
}

Result<pb::SearchOrganizationConnectionsResponse, Error> search_organizations(
    const Call& call, const pb::SearchOrganizationConnectionsRequest& request) {
  ConnectionFilter filter{.whose = ConnectionFilter::Whose::organizations,
                          .text = request.query(),
                          .provider = request.provider()};
  filter.status = TRY(from_wire(connections::status_names, request.status(), "status"));
  filter.type =
      TRY(from_wire(connections::connection_types, request.connection_type(), "connection_type"));
  if (request.has_enabled()) filter.is_enabled = request.enabled();
  return search_page<pb::SearchOrganizationConnectionsResponse>(call, request, filter);
}

Result<pb::ListAppConnectionsResponse, Error> list_apps(
    const Call& call, const pb::ListAppConnectionsRequest& request) {
  return search_page<pb::ListAppConnectionsResponse>(call, request,
                                                     {.whose = ConnectionFilter::Whose::apps,
                                                      .text = request.query(),
                                                      .provider = request.provider()});
}

}  // namespace

void add_connection_lists(Methods::Service& service) {
  service.slow_read("ListConnections", list);
  service.slow_read("ListOrganizationConnections", list_of_organizations);
  service.slow_read("SearchOrganizationConnections", search_organizations);
  service.slow_read("ListAppConnections", list_apps);
}

}  // namespace gatehouse::api
