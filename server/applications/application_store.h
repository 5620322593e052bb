// The SQL of applications, for the files of this module alone.

#pragma once

#include <span>

#include "server/applications/application.h"
#include "server/storage/invariant.h"

namespace gatehouse::applications {

// The row alone, without redirects and secrets. False if the client_id is taken, or this is an ENV
// application and there is one.
Result<bool, Error> insert_application(storage::Transaction& transaction, EnvironmentId environment,
                                       const Application& application);
// The settings of the row: name, algorithm, flags, initiate-login URI, lifetime, scopes, audience,
// updated_at. False if there is no such application.
Result<bool, Error> update_application(storage::Transaction& transaction, EnvironmentId environment,
                                       const Application& application);
// Takes the row for this transaction, too: what is counted after it stays counted. False if there
// is no such application.
Result<bool, Error> touch_application(storage::Transaction& transaction, EnvironmentId environment,
                                      ApplicationId application, Instant now);
// False if there is no such application, or it is the ENV one.
Result<bool, Error> remove_application(storage::Transaction& transaction, EnvironmentId environment,
                                       ApplicationId application);

struct RedirectKey {
  ApplicationId application;
  RedirectKind kind;
  std::string_view uri;  // lent for the length of a call
};
// Behind those that are there. False if it is there already, or the list is full.
Result<bool, Error> insert_redirect(storage::Transaction& transaction, EnvironmentId environment,
                                    const RedirectKey& key, Instant now);
Result<bool, Error> remove_redirect_row(storage::Transaction& transaction,
                                        EnvironmentId environment, const RedirectKey& key);
// All of that kind.
Result<Unit, Error> remove_redirects(storage::Transaction& transaction, EnvironmentId environment,
                                     ApplicationId application, RedirectKind kind);
// Every redirect URI of every environment, as it is stored, and those of kind "initiate_login".
struct StoredRedirect {
  std::string client_id;
  std::string environment_kind;
  std::string application_type;
  std::string kind;
  std::string uri;
};
// tidy: allow store-parameters: fsck looks at all environments
Result<std::vector<StoredRedirect>, Error> list_stored_redirects(storage::Transaction& transaction);

// Inserts an active secret. False if active_secrets_max are active, or secrets_max are there.
Result<bool, Error> insert_secret(storage::Transaction& transaction, EnvironmentId environment,
                                  ApplicationId application, const SecretRecord& secret);
// False if it is not there, not inactive, or as many are active as may be.
Result<bool, Error> set_secret_active(storage::Transaction& transaction, EnvironmentId environment,
                                      ApplicationId application, ClientSecretId secret,
                                      Instant now);
// False if it is not there, or not active.
Result<bool, Error> set_secret_inactive(storage::Transaction& transaction,
                                        EnvironmentId environment, ApplicationId application,
                                        ClientSecretId secret, Instant now);
Result<bool, Error> remove_secret(storage::Transaction& transaction, EnvironmentId environment,
                                  ApplicationId application, ClientSecretId secret);

[[nodiscard]] std::span<const storage::Invariant> stored_invariants();

}  // namespace gatehouse::applications
