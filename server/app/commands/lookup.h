// What operators type, turned into what the acts take: ids, addresses, numbers, key=value. The
// errors say what was expected.

#pragma once

#include "server/app/commands/verb.h"
#include "server/applications/application.h"
#include "server/orgs/organization.h"
#include "server/users/user.h"

namespace gatehouse::app::commands {

template <class AnyId>
Result<AnyId, Error> parse_id(std::string_view text, std::string_view what) {
  const auto id = AnyId::parse(text);
  if (id.has_value()) return *id;
  return Error(ErrorCode::invalid_argument, "'" + std::string(text) + "' is not the id of " +
                                                std::string(what) + ", which begins with " +
                                                std::string(AnyId::prefix));
}

// By id or e-mail address. Errors: invalid_argument, not_found.
Result<users::User, Error> find_user(storage::Transaction& transaction, EnvironmentId environment,
                                     std::string_view text);
Result<orgs::Organization, Error> find_organization(storage::Transaction& transaction,
                                                    EnvironmentId environment,
                                                    std::string_view text);
// By client_id.
Result<applications::Application, Error> find_application(storage::Transaction& transaction,
                                                          EnvironmentId environment,
                                                          std::string_view client_id);

// A whole number from 0 on. Errors: invalid_argument, naming `what`.
Result<std::int64_t, Error> parse_count(std::string_view text, std::string_view what);
// The option --limit of lists: 1 to 500, 100 if it is absent.
Result<int, Error> parse_limit(const Values& values);
[[nodiscard]] Argument limit_option();

struct Assignment {
  std::string key;
  std::string value;
};
// "key=value". Errors: invalid_argument.
Result<Assignment, Error> parse_assignment(std::string_view text);

// "a b" or "a,b" to its parts.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text);

}  // namespace gatehouse::app::commands
