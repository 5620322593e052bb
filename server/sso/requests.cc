#include "server/sso/requests.h"

#include "server/core/limits.h"
#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/encoding/hex.h"
#include "server/encoding/json.h"
#include "server/storage/one_time.h"

namespace gatehouse::sso {
namespace {

using storage::OneTimePurpose;
using storage::Transaction;

constexpr std::size_t request_bytes = 20;
constexpr std::size_t proof_bytes = 32;
constexpr Duration proof_lifetime = minutes(1);  // one redirect

std::string to_payload(const PendingRequest& request) {
  std::string out;
  JsonWriter writer(out);
  writer.begin_object().field("connection", request.connection.text());
  if (request.flow.has_value()) writer.field("flow", request.flow->text());
  if (request.test.has_value()) writer.field("test", request.test->text());
  if (request.authentication == ProviderRequest::Authentication::fresh) {
    writer.field("authentication", "fresh");
  }
  writer.end_object();
  return out;
}

PendingRequest from_payload(std::string_view payload) {
  const Json root = Json::parse(payload).value();
  const auto connection = ConnectionId::parse(root.string("connection").value_or(""));
  ENSURE(connection.has_value());  // we wrote it
  PendingRequest request{.connection = *connection};
  if (const auto flow = root.string("flow")) request.flow = FlowId::parse(*flow);
  if (const auto test = root.string("test")) request.test = ConnectionTestId::parse(*test);
  if (root.string("authentication") == "fresh") {
    request.authentication = ProviderRequest::Authentication::fresh;
  }
  return request;
}

}  // namespace

Result<std::string, Error> begin_request(Transaction& transaction, EnvironmentId environment,
                                         Random& random, const PendingRequest& request,
                                         Instant now) {
  ENSURE(request.flow.has_value() != request.test.has_value());
  // [SAML Core §1.3.4] wants an XML name, Entra ID one that begins with no digit.
  std::string id = "_" + hex_encode(random_bytes(random, request_bytes));
  TRY(storage::put_one_time(transaction, environment,
                            {.purpose = OneTimePurpose::sso_request,
                             .key_hash = crypto::sha256(id),
                             .subject = std::nullopt,
                             .payload = to_payload(request),
                             .expires_at = now + limits::flow_lifetime},
                            now));
  return id;
}

Result<std::optional<PendingRequest>, Error> look_at_request(Transaction& transaction,
                                                             EnvironmentId environment,
                                                             std::string_view id) {
  const auto sight = TRY(storage::look_at_one_time(
      transaction, environment, OneTimePurpose::sso_request, crypto::sha256(id)));
  if (!sight.has_value()) return std::optional<PendingRequest>();
  return std::optional(from_payload(sight->payload));
}

Result<std::optional<PendingRequest>, Error> take_request(Transaction& transaction,
                                                          EnvironmentId environment,
                                                          std::string_view id, Instant now) {
  const auto taken = TRY(storage::consume_one_time(
      transaction, environment, OneTimePurpose::sso_request, crypto::sha256(id), now));
  if (!taken.has_value()) return std::optional<PendingRequest>();
  return std::optional(from_payload(taken->payload));
}

Result<bool, Error> use_assertion(Transaction& transaction, EnvironmentId environment,
                                  ConnectionId connection, std::string_view assertion_id,
                                  Instant expires_at, Instant now) {
  const auto put = storage::put_one_time(
      transaction, environment,
      {.purpose = OneTimePurpose::saml_assertion,
       .key_hash = crypto::sha256(connection.text() + " " + std::string(assertion_id)),
       .subject = std::nullopt,
       .payload = {},
       .expires_at = expires_at},
      now);
  if (put.ok()) return true;
  if (put.error().code == ErrorCode::already_exists) return false;
  return put.error();
}

Result<Secret, Error> put_proof(Transaction& transaction, EnvironmentId environment, Random& random,
                                FlowId flow, const login::OutsideIdentity& identity, Instant now) {
  Secret token(base64url_encode(random_bytes(random, proof_bytes)));
  TRY(storage::put_one_time(transaction, environment,
                            {.purpose = OneTimePurpose::sso_proof,
                             .key_hash = crypto::sha256(token.reveal()),
                             .subject = flow.number(),
                             .payload = login::outside_identity_to_json(identity),
                             .expires_at = now + proof_lifetime},
                            now));
  return token;
}

Result<std::optional<login::OutsideIdentity>, Error> take_proof(Transaction& transaction,
                                                                EnvironmentId environment,
                                                                FlowId flow, std::string_view token,
                                                                Instant now) {
  using None = std::optional<login::OutsideIdentity>;
  const auto taken = TRY(storage::consume_one_time(
      transaction, environment, OneTimePurpose::sso_proof, crypto::sha256(token), now));
  if (!taken.has_value() || taken->subject != flow.number()) return None();
  auto identity = TRY(login::outside_identity_from_json(taken->payload));
  return None(std::move(identity));
}

}  // namespace gatehouse::sso
