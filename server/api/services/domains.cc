#include "server/api/services/domains.h"

#include "server/api/convert.h"
#include "server/api/enum_convert.h"
#include "server/api/services/all.h"
#include "server/connections/connection.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::domains;
using google::protobuf::Empty;
using orgs::Domain;
using storage::Transaction;

constexpr int page_size_standard = 30;
constexpr int page_size_max = 100;
constexpr int page_number_max = 1'000'000;

// The organization of a request that has its id or its external id.
template <class Request>
Result<OrgId, Error> find_organization(const Call& call, Transaction& transaction,
                                       const Request& request) {
  switch (request.identities_case()) {
    case Request::kOrganizationId:
      return parse_id<OrgId>(request.organization_id(), "organization_id");
    case Request::kExternalId: {
      const auto found = TRY(orgs::find_organization_by_external_id(transaction, call.environment(),
                                                                    request.external_id()));
      if (!found.has_value()) return not_found("organization");
      return found->id;
    }
    case Request::IDENTITIES_NOT_SET: break;
  }
  return refusal(ErrorCode::invalid_argument, "organization_id or external_id must be given",
                 "organization_id");
}

template <class Response>
Result<Response, Error> encode(const Domain& domain) {
  Response response;
  encode_domain(domain, *response.mutable_domain());
  return response;
}

template <class Request>
Result<Domain, Error> find_domain(const Call& call, const Request& request) {
  const auto id = TRY(parse_id<DomainId>(request.id(), "id"));
  return call.read([&](Transaction& transaction) -> Result<Domain, Error> {
    const OrgId organization = TRY(find_organization(call, transaction, request));
    return orgs::get_domain(transaction, call.environment(), organization, id);
  });
}

template <class Request>
Result<std::optional<ConnectionId>, Error> connection_of(const Request& request) {
  if (request.connection_id().empty()) return std::optional<ConnectionId>();
  return std::optional(TRY(parse_id<ConnectionId>(request.connection_id(), "connection_id")));
}

Result<pb::CreateDomainResponse, Error> create(const Call& call,
                                               const pb::CreateDomainRequest& request) {
  const auto type =
      TRY(from_wire(orgs::domain_types, request.domain().domain_type(), "domain.domain_type"));
  const orgs::NewDomain wanted{.name = request.domain().domain(),
                               .type = type.value_or(orgs::DomainType::organization),
                               .claim = orgs::DomainClaim::by_environment};
  const auto connection = TRY(connection_of(request));
  const Domain made = TRY(call.write([&](Transaction& transaction) -> Result<Domain, Error> {
    const OrgId organization = TRY(find_organization(call, transaction, request));
    Domain domain = TRY(orgs::create_domain(transaction, call.environment(), organization,
                                            call.context, call.deps.random, wanted));
    if (connection.has_value()) {
      TRY(connections::add_domain(transaction, call.environment(), organization, call.context,
                                  call.deps.random, *connection, domain.id));
    }
    return domain;
  }));
  return encode<pb::CreateDomainResponse>(made);
}

Result<pb::GetDomainResponse, Error> get(const Call& call, const pb::GetDomainRequest& request) {
  return encode<pb::GetDomainResponse>(TRY(find_domain(call, request)));
}

// The contract has nothing yet that could be changed.
Result<pb::UpdateDomainResponse, Error> update(const Call& call,
                                               const pb::UpdateDomainRequest& request) {
  TRY(connection_of(request));
  return encode<pb::UpdateDomainResponse>(TRY(find_domain(call, request)));
}

// Looks for the proof at once where there is none yet.
Result<pb::VerifyDomainResponse, Error> verify(const Call& call,
                                               const pb::VerifyDomainRequest& request) {
  Domain domain = TRY(find_domain(call, request));
  if (domain.status == orgs::DomainStatus::pending) {
    const auto evidence = orgs::look_up(call.deps.txt_lookup, domain);
    domain = TRY(call.write([&](Transaction& transaction) {
      return orgs::note_evidence(transaction, call.environment(), domain.organization, call.context,
                                 call.deps.random, domain.id, evidence);
    }));
  }
  pb::VerifyDomainResponse response;
  response.set_verified(domain.is_verified());
  return response;
}

Result<Empty, Error> remove(const Call& call, const pb::DeleteDomainRequest& request) {
  const auto id = TRY(parse_id<DomainId>(request.id(), "id"));
  const auto connection = TRY(connection_of(request));
  TRY(call.write([&](Transaction& transaction) -> Result<Unit, Error> {
    const OrgId organization = TRY(find_organization(call, transaction, request));
    if (connection.has_value()) {
      TRY(connections::get(transaction, call.environment(), organization, *connection));
    }
    return orgs::delete_domain(transaction, call.environment(), organization, call.context,
                               call.deps.random, id);
  }));
  return Empty();
}

Result<orgs::DomainQuery, Error> decode_query(const pb::ListDomainRequest& request) {
  const int size = request.page_size().value();
  if (size < 0) {
    return refusal(ErrorCode::invalid_argument, "page_size must not be negative", "page_size");
  }
  const int number = request.page_number().value();
  if (number < 0 || number > page_number_max) {
    return refusal(ErrorCode::invalid_argument, "page_number counts from 0 to 1000000",
                   "page_number");
  }
  const auto type = TRY(from_wire(orgs::domain_types, request.domain_type(), "domain_type"));
  return orgs::DomainQuery{
      .type = type,
      .page_size = size == 0 ? page_size_standard : std::min(size, page_size_max),
      .page_number = number};
}

// Those that lead to one connection; a handful, so the page is cut here.
Result<std::vector<Domain>, Error> list_of_connection(const Call& call, Transaction& transaction,
                                                      OrgId organization, ConnectionId id,
                                                      const orgs::DomainQuery& query) {
  const auto connection = TRY(connections::get(transaction, call.environment(), organization, id));
  auto all = TRY(connections::list_domains(transaction, call.environment(), connection));
  std::erase_if(all, [&](const Domain& domain) {
    return query.type.has_value() && domain.type != *query.type;
  });
  std::reverse(all.begin(), all.end());
  const auto begin = std::min(all.size(), static_cast<std::size_t>(query.page_number) *
                                              static_cast<std::size_t>(query.page_size));
  const auto end = std::min(all.size(), begin + static_cast<std::size_t>(query.page_size));
  return std::vector<Domain>(all.begin() + static_cast<std::ptrdiff_t>(begin),
                             all.begin() + static_cast<std::ptrdiff_t>(end));
}

Result<pb::ListDomainResponse, Error> list(const Call& call, const pb::ListDomainRequest& request) {
  const orgs::DomainQuery query = TRY(decode_query(request));
  const auto connection = TRY(connection_of(request));
  const auto found =
      TRY(call.read([&](Transaction& transaction) -> Result<std::vector<Domain>, Error> {
        const OrgId organization = TRY(find_organization(call, transaction, request));
        if (connection.has_value()) {
          return list_of_connection(call, transaction, organization, *connection, query);
        }
        return orgs::list_domains(transaction, call.environment(), organization, query);
      }));
  pb::ListDomainResponse response;
  response.set_page_size(query.page_size);
  response.set_page_number(query.page_number);
  for (const Domain& domain : found) encode_domain(domain, *response.add_domains());
  return response;
}

// Anybody may ask, so the answer tells no more than whether the origin they know of is one.
Result<pb::ListAuthorizedDomainResponse, Error> list_authorized(
    const Call& call, const pb::ListAuthorizedDomainRequest& request) {
  pb::ListAuthorizedDomainResponse response;
  if (call.entry.allows_origin(request.origin())) response.add_domains(request.origin());
  return response;
}

}  // namespace

void encode_domain(const Domain& domain, pb::Domain& message) {
  message.set_id(domain.id.text());
  message.set_domain(domain.name);
  message.set_environment_id(domain.environment.text());
  message.set_organization_id(domain.organization.text());
  message.set_txt_record_key(std::string(orgs::txt_record_key));
  message.set_txt_record_secret(domain.txt_record_secret);
  message.set_verification_status(
      to_wire<pb::VerificationStatus>(orgs::domain_statuses.name(domain.status)));
  message.set_verification_method(
      to_wire<pb::VerificationMethod>(orgs::verification_methods.name(domain.method)));
  message.set_domain_type(to_wire<pb::DomainType>(orgs::domain_types.name(domain.type)));
  *message.mutable_create_time() = to_timestamp(domain.created_at);
  *message.mutable_update_time() = to_timestamp(domain.updated_at);
}

void add_domain_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.domains.DomainService");
  service.write("CreateDomain", create);
  service.write("UpdateDomain", update);
  service.write("VerifyDomain", verify);
  service.read("GetDomain", get);
  service.write("DeleteDomain", remove);
  service.read("ListDomains", list);
  service.read("ListAuthorizedDomains", list_authorized);
}

}  // namespace gatehouse::api
