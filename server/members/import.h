// Import: many users at once, as a migration from another system brings them. One transaction for
// some thousands of them, one audit record for each transaction, and no events: whoever imports
// knows what they import.
//
// Importing the same again changes nothing: who is there already is only counted.

#pragma once

#include <map>
#include <unordered_map>

#include "server/orgs/membership.h"

namespace gatehouse::members {

// One line of the file.
struct ImportedUser {
  std::int64_t line = 0;  // counted from 1, for errors
  users::NewUser user;
  // At most one of the two; neither: the import's own organization, if it has one.
  std::optional<OrgId> organization = std::nullopt;
  std::optional<std::string> organization_external_id = std::nullopt;
  std::vector<std::string> roles = {};  // none: the default role for members
};

struct ImportCounts {
  std::int64_t created = 0;      // users
  std::int64_t existing = 0;     // users who were there already, and were left as they are
  std::int64_t memberships = 0;  // made, of new users and of those who were there
};

// Why a line was not imported. Nothing of that line was.
struct ImportProblem {
  std::int64_t line;
  std::string reason;
};

struct ImportTarget {
  OrgId organization;
  bool is_limited;  // it has a limit of seats
};

// Remembers organizations and roles from one batch to the next: a batch that needs one that was
// deleted meanwhile fails.
class Import {
 public:
  Import(EnvironmentId environment, std::optional<OrgId> organization)
      : environment_(environment), organization_(organization) {}

  struct Outcome {
    ImportCounts counts;
    std::vector<ImportProblem> problems;
  };
  // Imports the batch in the caller's transaction, but for the lines that have problems: an address
  // or a field that cannot be, an external id of somebody else, an organization or a role that is
  // not there, no seat. May be run again for the same batch after its transaction was lost.
  Result<Outcome, Error> run(storage::Transaction& transaction, const Context& context,
                             Random& random, std::span<const ImportedUser> batch);

 private:
  // What is to be done for one line, looked up before anything is written.
  struct Plan {
    std::optional<ImportTarget> target;
    std::vector<RoleId> roles;
  };

  Result<Plan, Error> plan(storage::Transaction& transaction, const ImportedUser& wanted);
  Result<std::optional<ImportTarget>, Error> find_organization(storage::Transaction& transaction,
                                                               const ImportedUser& wanted);
  Result<bool, Error> join(storage::Transaction& transaction, const Plan& plan, UserId user,
                           Instant now);
  Result<RoleId, Error> find_role(storage::Transaction& transaction, OrgId organization,
                                  const std::string& name);
  Result<Unit, Error> import_one(storage::Transaction& transaction, const Context& context,
                                 Random& random, const ImportedUser& wanted, ImportCounts& counts);
  struct Found {
    UserId user;
    enum class How { created, existing } how;
  };
  Result<Found, Error> find_or_create(storage::Transaction& transaction, const Context& context,
                                      Random& random, const ImportedUser& wanted);

  EnvironmentId environment_;
  std::optional<OrgId> organization_;
  std::unordered_map<OrgId, ImportTarget> by_id_;
  std::unordered_map<std::string, ImportTarget> by_external_id_;
  std::map<std::pair<OrgId, std::string>, RoleId> roles_;  // "" is the default role
  std::int64_t last_user_ = 0;                             // number of the newest id given out
};

}  // namespace gatehouse::members
