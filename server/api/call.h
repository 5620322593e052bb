// What a handler of the management API is given: who calls, in which environment, and the parts of
// the server that it acts on.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/applications/catalog.h"
#include "server/crypto/master_key.h"
#include "server/login/deps.h"
#include "server/oidc/access_token.h"
#include "server/oidc/deps.h"
#include "server/orgs/domain_check.h"

namespace gatehouse::api {

// Everything outlives the API.
struct Deps {
  storage::Database& database;
  const applications::Catalog& catalog;
  audit::RefusalLog& refusals;
  Random& random;
  const crypto::MasterKey& master_key;
  const oidc::Deps& oidc;
  oidc::AccessTokens& access_tokens;
  const login::Deps& login;
  // Called after a change of applications or of the environment was committed, so that this process
  // follows it at once.
  std::function<void()> configuration_changed;
  // Reads the metadata that a connection names, and takes it over.
  std::function<Result<Unit, Error>(const Context&, ConnectionId)> read_metadata;
  // Whether the process takes requests now.
  std::function<bool()> is_ready;
  orgs::TxtLookup txt_lookup;
};

// Who calls. Only authenticate() (caller.h) makes one that is not anonymous.
struct Caller {
  enum class Kind {
    anonymous,
    client,   // an application with access to this API, by client_credentials
    session,  // a signed-in person, by an access token of theirs
  };
  Kind kind = Kind::anonymous;
  std::string client_id = {};  // of a client, or of the application that a person uses
  // Of a person:
  std::optional<UserId> user = std::nullopt;
  std::optional<SessionId> session = std::nullopt;
  std::optional<OrgId> organization = std::nullopt;
};

struct Call {
  const Context& context;  // its actor is the caller
  const Deps& deps;
  const Caller& caller;
  const applications::CatalogEntry& entry;  // of the snapshot that the call works on

  [[nodiscard]] EnvironmentId environment() const { return context.environment; }
  [[nodiscard]] const std::string& base_url() const { return entry.environment.base_url; }

  // One snapshot for what the handler reads; one durable transaction for what it changes.
  template <class Work>
  auto read(Work&& work) const {
    return storage::read(deps.database, context, std::forward<Work>(work));
  }
  template <class Work>
  auto write(Work&& work) const {
    return storage::write(deps.database, context, std::forward<Work>(work));
  }
  template <class Work>
  auto write_by_row(Work&& work) const {
    return storage::write_by_row(deps.database, context, std::forward<Work>(work));
  }
};

}  // namespace gatehouse::api
