// ClientService: the secrets of applications, and of machine clients by their client_id alone.

#include "server/api/services/clients_encode.h"

namespace gatehouse::api {
namespace {

using applications::Application;
using applications::IssuedSecret;
using applications::MachineClient;
using applications::MachineClientKey;
using applications::SecretRecord;
using google::protobuf::Empty;
using storage::Transaction;

constexpr std::string_view updatable[] = {"status"};

Result<Application, Error> find(const Call& call, Transaction& transaction,
                                const std::string& client_id) {
  auto found = TRY(applications::find_application(transaction, call.environment(), client_id));
  if (!found.has_value()) return not_found("client");
  return *std::move(found);
}

Result<MachineClient, Error> find_machine(const Call& call, Transaction& transaction,
                                          const std::string& client_id) {
  auto found = TRY(applications::find_machine_client(transaction, call.environment(), client_id));
  if (!found.has_value()) return not_found("client");
  return *std::move(found);
}

Result<MachineClientKey, Error> find_machine_key(const Call& call, Transaction& transaction,
                                                 const std::string& client_id) {
  const MachineClient found = TRY(find_machine(call, transaction, client_id));
  return MachineClientKey{.owner = found.owner, .id = found.id};
}

Result<IssuedSecret, Error> issue(const Call& call, Transaction& transaction,
                                  const std::string& client_id) {
  if (applications::looks_like_machine_client(client_id)) {
    const MachineClientKey key = TRY(find_machine_key(call, transaction, client_id));
    return applications::add_machine_secret(transaction, call.entry.environment, call.context,
                                            call.deps.random, key);
  }
  const Application found = TRY(find(call, transaction, client_id));
  return applications::add_secret(transaction, call.entry.environment, call.context,
                                  call.deps.random, found.id);
}

Result<Unit, Error> take_away(const Call& call, Transaction& transaction,
                              const std::string& client_id, ClientSecretId secret) {
  if (applications::looks_like_machine_client(client_id)) {
    const MachineClientKey key = TRY(find_machine_key(call, transaction, client_id));
    return applications::delete_machine_secret(transaction, call.environment(), call.context,
                                               call.deps.random, key, secret);
  }
  const Application found = TRY(find(call, transaction, client_id));
  return applications::delete_secret(transaction, call.environment(), call.context,
                                     call.deps.random, found.id, secret);
}

// The one that has that id.
Result<SecretRecord, Error> among(const std::vector<SecretRecord>& secrets, ClientSecretId id) {
  for (const SecretRecord& secret : secrets) {
    if (secret.id == id) return secret;
  }
  return not_found("secret");
}

// Secrets of machine clients are good for as long as they exist.
Result<SecretRecord, Error> set_machine_status(const Call& call, Transaction& transaction,
                                               const clients::UpdateClientSecretRequest& request,
                                               ClientSecretId id) {
  const MachineClient found = TRY(find_machine(call, transaction, request.client_id()));
  const SecretRecord secret = TRY(among(found.secrets, id));
  if (request.secret().status() == clients::ACTIVE) return secret;
  return refusal(ErrorCode::failed_precondition,
                 "a secret of this client cannot be inactive: delete it", "secret.status");
}

// An id that is none at all is no secret of anybody.
Result<ClientSecretId, Error> secret_id(const std::string& text) {
  const auto id = ClientSecretId::parse(text);
  if (!id.has_value()) return not_found("secret");
  return *id;
}

Result<clients::CreateClientSecretResponse, Error> create_secret(
    const Call& call, const clients::CreateClientSecretRequest& request) {
  const auto issued = TRY(call.write(
      [&](Transaction& transaction) { return issue(call, transaction, request.client_id()); }));
  call.deps.configuration_changed();
  clients::CreateClientSecretResponse response;
  response.set_plain_secret(std::string(issued.plain.reveal()));
  encode_secret(issued.record, *response.mutable_secret());
  return response;
}

Result<clients::UpdateClientSecretResponse, Error> update_secret(
    const Call& call, const clients::UpdateClientSecretRequest& request) {
  const auto id = TRY(secret_id(request.secret_id()));
  TRY(Wanted::of(request.mask(), "mask", updatable));
  const auto status = request.secret().status();
  if (status != clients::ACTIVE && status != clients::INACTIVE) {
    return refusal(ErrorCode::invalid_argument, "status is ACTIVE or INACTIVE", "secret.status");
  }
  const auto act =
      status == clients::ACTIVE ? applications::activate_secret : applications::deactivate_secret;
  const auto after = TRY(call.write([&](Transaction& transaction) -> Result<SecretRecord, Error> {
    if (applications::looks_like_machine_client(request.client_id())) {
      return set_machine_status(call, transaction, request, id);
    }
    const Application before = TRY(find(call, transaction, request.client_id()));
    TRY(act(transaction, call.environment(), call.context, call.deps.random, before.id, id));
    const Application changed = TRY(find(call, transaction, request.client_id()));
    return among(changed.secrets, id);
  }));
  call.deps.configuration_changed();
  clients::UpdateClientSecretResponse response;
  encode_secret(after, *response.mutable_secret());
  return response;
}

Result<Empty, Error> delete_secret(const Call& call,
                                   const clients::DeleteClientSecretRequest& request) {
  const auto id = TRY(secret_id(request.secret_id()));
  TRY(call.write([&](Transaction& transaction) {
    return take_away(call, transaction, request.client_id(), id);
  }));
  call.deps.configuration_changed();
  return Empty();
}

}  // namespace

void add_application_secrets(Methods::Service& service) {
  service.write("CreateClientSecret", create_secret);
  service.write("UpdateClientSecret", update_secret);
  service.write("DeleteClientSecret", delete_secret);
}

}  // namespace gatehouse::api
