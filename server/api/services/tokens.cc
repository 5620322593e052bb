// ApiTokenService: opaque keys of organizations and their members. FetchToken stays unimplemented:
// what was issued is stored nowhere.

#include "scalekit/v1/tokens/tokens.pb.h"
#include "server/api/convert.h"
#include "server/api/services/all.h"
#include "server/api_tokens/api_token.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::tokens;
using api_tokens::ApiToken;
using google::protobuf::Empty;
using storage::Transaction;

constexpr PageLimits list_limits{.standard = 10, .max = 30};

void encode_token(const ApiToken& token, pb::Token& message) {
  message.set_token_id(token.id.text());
  message.set_organization_id(token.organization.text());
  message.set_organization_external_id(token.organization_external_id.value_or(std::string()));
  if (token.user.has_value()) message.set_user_id(token.user->text());
  if (token.user_external_id.has_value()) message.set_user_external_id(*token.user_external_id);
  if (token.email.has_value()) message.set_email(*token.email);
  for (const std::string& role : token.roles) message.add_roles(role);
  set_metadata(*message.mutable_custom_claims(), token.claims);
  if (token.description.has_value()) message.set_description(*token.description);
  message.set_token_suffix(token.suffix);
  *message.mutable_created_at() = to_timestamp(token.created_at);
  if (token.expires_at.has_value()) *message.mutable_expiry() = to_timestamp(*token.expires_at);
}

// A field of the new token goes by that name to the caller.
Error within_token(Error error) {
  if (!error.field.empty()) error.field = "token." + error.field;
  return error;
}

Result<pb::CreateTokenResponse, Error> create(const Call& call,
                                              const pb::CreateTokenRequest& request) {
  const pb::CreateToken& given = request.token();
  const auto organization = TRY(parse_id<OrgId>(given.organization_id(), "token.organization_id"));
  api_tokens::NewApiToken wanted{.organization = organization,
                                 .claims = to_metadata(given.custom_claims())};
  // Of what may be absent, clients send an empty text where they have nothing.
  if (!given.user_id().empty()) {
    wanted.user = TRY(parse_id<UserId>(given.user_id(), "token.user_id"));
  }
  if (!given.description().empty()) wanted.description = given.description();
  if (given.has_expiry()) wanted.expires_at = TRY(to_instant(given.expiry(), "token.expiry"));
  const auto made = call.write([&](Transaction& transaction) {
    return api_tokens::create(transaction, call.environment(), call.context, call.deps.random,
                              wanted);
  });
  if (!made.ok()) return within_token(made.error());
  pb::CreateTokenResponse response;
  response.set_token(std::string(made.value().token.reveal()));
  response.set_token_id(made.value().info.id.text());
  encode_token(made.value().info, *response.mutable_token_info());
  return response;
}

Result<pb::ValidateTokenResponse, Error> validate(const Call& call,
                                                  const pb::ValidateTokenRequest& request) {
  const ApiToken token = TRY(call.read([&](Transaction& transaction) {
    return api_tokens::validate(transaction, call.environment(), request.token(), call.context.now);
  }));
  pb::ValidateTokenResponse response;
  encode_token(token, *response.mutable_token_info());
  return response;
}

Result<Empty, Error> invalidate(const Call& call, const pb::InvalidateTokenRequest& request) {
  TRY(call.write([&](Transaction& transaction) {
    return api_tokens::invalidate(transaction, call.environment(), call.context, call.deps.random,
                                  request.token());
  }));
  return Empty();
}

Result<pb::UpdateTokenResponse, Error> update(const Call& call,
                                              const pb::UpdateTokenRequest& request) {
  api_tokens::ApiTokenChange change{.claims = to_metadata(request.custom_claims())};
  if (request.has_description()) change.description = request.description();
  const ApiToken token = TRY(call.write([&](Transaction& transaction) {
    return api_tokens::update(transaction, call.environment(), call.context, call.deps.random,
                              request.token(), change);
  }));
  pb::UpdateTokenResponse response;
  encode_token(token, *response.mutable_token_info());
  return response;
}

Result<pb::ListTokensResponse, Error> list(const Call& call, const pb::ListTokensRequest& request) {
  const auto organization = TRY(parse_id<OrgId>(request.organization_id(), "organization_id"));
  api_tokens::ApiTokenFilter filter{.organization = organization};
  if (!request.user_id().empty()) {
    filter.user = TRY(parse_id<UserId>(request.user_id(), "user_id"));
  }
  const PageQuery query = TRY(page_query(static_cast<std::uint32_t>(request.page_size()),
                                         request.page_token(), list_limits));
  const auto page = TRY(call.read([&](Transaction& transaction) {
    return api_tokens::list(transaction, call.environment(), filter, query, call.context.now);
  }));
  pb::ListTokensResponse response;
  for (const ApiToken& token : page.items) encode_token(token, *response.add_tokens());
  set_page_tokens(response, page);
  response.set_total_count(static_cast<std::int32_t>(page.total));
  return response;
}

}  // namespace

void add_api_token_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.tokens.ApiTokenService");
  service.write("CreateToken", create);
  service.read("ValidateToken", validate);
  service.write("InvalidateToken", invalidate);
  service.read("ListTokens", list);
  service.write("UpdateToken", update);
}

}  // namespace gatehouse::api
