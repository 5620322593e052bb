// Scopes of an environment [RFC 6749 §3.3]: what may be asked for at its resources. Applications
// and organization clients name scopes freely; those of resources stand here, with a text that
// people read before they consent.

#pragma once

#include <string>
#include <vector>

#include "server/storage/database.h"

namespace gatehouse::applications {

struct Scope {
  ScopeId id;
  std::string name;  // 1 to 64 letters, digits and colons
  std::string description;
  bool is_enabled;
};

inline constexpr std::int64_t scopes_per_environment_max = 1000;

struct NewScope {
  std::string name;
  std::string description = {};
};
// Acts, each audited. Errors: invalid_argument, already_exists (the name), not_found,
// resource_exhausted.
Result<Scope, Error> create_scope(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, const NewScope& wanted);
struct ScopeChange {
  std::optional<std::string> description = std::nullopt;
  enum class State { enabled, disabled };
  std::optional<State> state = std::nullopt;
};
Result<Scope, Error> update_scope(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, ScopeId scope,
                                  const ScopeChange& change);
Result<Unit, Error> delete_scope(storage::Transaction& transaction, EnvironmentId environment,
                                 const Context& context, Random& random, ScopeId scope);
// Of that name; made, enabled, where there is none.
Result<Scope, Error> ensure_scope(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random, std::string_view name);

// By name.
Result<std::vector<Scope>, Error> list_scopes(storage::Transaction& transaction,
                                              EnvironmentId environment);

}  // namespace gatehouse::applications
