// ClientService: scopes of the environment, and what people consented to.

#include "server/api/services/clients_encode.h"

namespace gatehouse::api {
namespace {

using applications::Consent;
using applications::ScopeChange;
using google::protobuf::Empty;
using storage::Transaction;

// Some requests name the environment: it can only be the one that they were sent to.
Result<Unit, Error> check_environment(const Call& call, const std::string& env_id) {
  if (env_id.empty() || env_id == call.environment().text()) return Unit{};
  return not_found("environment");
}

Result<ScopeId, Error> scope_id(const std::string& text) {
  const auto id = ScopeId::parse(text);
  if (!id.has_value()) return not_found("scope");
  return *id;
}

Result<clients::CreateScopeResponse, Error> create_scope(
    const Call& call, const clients::CreateScopeRequest& request) {
  TRY(check_environment(call, request.env_id()));
  const auto made = TRY(within("scope", call.write([&](Transaction& transaction) {
    return applications::create_scope(
        transaction, call.environment(), call.context, call.deps.random,
        {.name = request.scope().name(), .description = request.scope().description()});
  })));
  clients::CreateScopeResponse response;
  encode_scope(made, *response.mutable_scope());
  return response;
}

Result<clients::ListScopesResponse, Error> list_scopes(const Call& call,
                                                       const clients::ListScopesRequest& request) {
  TRY(check_environment(call, request.env_id()));
  const auto scopes = TRY(call.read([&](Transaction& transaction) {
    return applications::list_scopes(transaction, call.environment());
  }));
  clients::ListScopesResponse response;
  for (const applications::Scope& scope : scopes) encode_scope(scope, *response.add_scopes());
  return response;
}

Result<clients::UpdateScopeResponse, Error> update_scope(
    const Call& call, const clients::UpdateScopeRequest& request) {
  const auto id = TRY(scope_id(request.id()));
  ScopeChange change;
  if (!request.scope().description().empty()) change.description = request.scope().description();
  if (request.scope().has_enabled()) {
    change.state = request.scope().enabled().value() ? ScopeChange::State::enabled
                                                     : ScopeChange::State::disabled;
  }
  const auto updated = TRY(within("scope", call.write([&](Transaction& transaction) {
    return applications::update_scope(transaction, call.environment(), call.context,
                                      call.deps.random, id, change);
  })));
  clients::UpdateScopeResponse response;
  encode_scope(updated, *response.mutable_scope());
  return response;
}

Result<Empty, Error> delete_scope(const Call& call, const clients::DeleteScopeRequest& request) {
  const auto id = TRY(scope_id(request.id()));
  TRY(call.write([&](Transaction& transaction) {
    return applications::delete_scope(transaction, call.environment(), call.context,
                                      call.deps.random, id);
  }));
  return Empty();
}

template <class Response>
Response encode_page(const Page<Consent>& page) {
  Response response;
  for (const Consent& consent : page.items) encode_consent(consent, *response.add_consents());
  set_page_tokens(response, page);
  response.set_total_size(static_cast<std::uint32_t>(page.total));
  return response;
}

Result<clients::ListResourceUserConsentsResponse, Error> list_of_resource(
    const Call& call, const clients::ListResourceUserConsentsRequest& request) {
  const auto resource = ResourceId::parse(request.resource_id());
  if (!resource.has_value()) return not_found("resource");
  const auto query = TRY(page_query(request.page_size(), request.page_token()));
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return applications::list_resource_consents(transaction, call.environment(), *resource,
                                                request.search(), query);
  }));
  return encode_page<clients::ListResourceUserConsentsResponse>(page);
}

// The person who calls; the dispatcher lets nobody else through.
UserId person(const Call& call) {
  ENSURE(call.caller.user.has_value());
  return *call.caller.user;
}

Result<clients::ListCurrentAgentConsentsResponse, Error> list_own(
    const Call& call, const clients::ListCurrentAgentConsentsRequest& request) {
  const auto query = TRY(page_query(request.page_size(), request.page_token()));
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return applications::list_user_consents(transaction, call.environment(), person(call), query);
  }));
  return encode_page<clients::ListCurrentAgentConsentsResponse>(page);
}

Result<ConsentId, Error> consent_id(const std::string& text) {
  const auto id = ConsentId::parse(text);
  if (!id.has_value()) return not_found("consent");
  return *id;
}

Result<Unit, Error> revoke(const Call& call, const applications::ConsentKey& key) {
  return call.write([&](Transaction& transaction) {
    return applications::revoke_consent(transaction, call.environment(), call.context,
                                        call.deps.random, key);
  });
}

Result<clients::RevokeCurrentAgentConsentResponse, Error> revoke_own(
    const Call& call, const clients::RevokeCurrentAgentConsentRequest& request) {
  const auto id = TRY(consent_id(request.consent_id()));
  TRY(revoke(call, {.id = id, .user = person(call)}));
  return clients::RevokeCurrentAgentConsentResponse();
}

Result<clients::RevokeUserConsentResponse, Error> revoke_of_user(
    const Call& call, const clients::RevokeUserConsentRequest& request) {
  const auto client = Id<applications::ResourceClientTag>::parse(request.client_id());
  if (!client.has_value()) return not_found("client");
  const auto id = TRY(consent_id(request.consent_id()));
  TRY(revoke(call, {.id = id, .client = applications::MachineClientId(client->number())}));
  return clients::RevokeUserConsentResponse();
}

}  // namespace

void add_scopes_and_consents(Methods::Service& service) {
  service.write("CreateScope", create_scope);
  service.read("ListScopes", list_scopes);
  service.write("UpdateScope", update_scope);
  service.write("DeleteScope", delete_scope);
  service.read("ListResourceUserConsents", list_of_resource);
  service.read("ListCurrentAgentConsents", list_own);
  service.people_too("ListCurrentAgentConsents");
  service.write("RevokeCurrentAgentConsent", revoke_own);
  service.people_too("RevokeCurrentAgentConsent");
  service.write("RevokeUserConsent", revoke_of_user);
}

}  // namespace gatehouse::api
