// Consents: what people allowed a resource's client to do in their name. One for each person and
// client; allowing it again replaces what was allowed before.

#pragma once

#include "server/applications/machine_client.h"

namespace gatehouse::applications {

struct Consent {
  ConsentId id;
  UserId user;
  std::optional<std::string> user_external_id;
  std::string client_id;
  std::string client_name;
  std::vector<std::string> scopes;
  Instant granted_at;

  // How the administrator of the resource knows the person.
  [[nodiscard]] std::string external_user_id() const {
    return user_external_id.has_value() ? *user_external_id : user.text();
  }
};

// Acts, each audited.
struct NewConsent {
  UserId user;
  MachineClientId client;
  std::vector<std::string> scopes;
};
// Errors: not_found: the person, or a client of a resource.
Result<ConsentId, Error> record_consent(storage::Transaction& transaction,
                                        EnvironmentId environment, const Context& context,
                                        Random& random, const NewConsent& wanted);
// Which consent; where they are given it must be of that person, or to that client.
struct ConsentKey {
  ConsentId id;
  std::optional<UserId> user = std::nullopt;
  std::optional<MachineClientId> client = std::nullopt;
};
// Errors: not_found.
Result<Unit, Error> revoke_consent(storage::Transaction& transaction, EnvironmentId environment,
                                   const Context& context, Random& random, const ConsentKey& key);

// Newest first. `search` is part of a client's name or a person's e-mail address or external id, in
// letters of either case; empty: all. Errors: not_found: the resource.
Result<Page<Consent>, Error> list_resource_consents(storage::Transaction& transaction,
                                                    EnvironmentId environment, ResourceId resource,
                                                    std::string_view search,
                                                    const PageQuery& query);
Result<Page<Consent>, Error> list_user_consents(storage::Transaction& transaction,
                                                EnvironmentId environment, UserId user,
                                                const PageQuery& query);
// Newest first, at most 1,000.
Result<std::vector<Consent>, Error> list_client_consents(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         MachineClientId client);

}  // namespace gatehouse::applications
