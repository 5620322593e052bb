// Lists of connections: what of each fits into a line, with the domains that lead to it.

#pragma once

#include "server/connections/connection.h"

namespace gatehouse::connections {

struct ConnectionSummary {
  ConnectionId id;
  std::optional<OrgId> organization;
  std::string organization_name;  // empty for the environment's own
  ConnectionType type;
  Provider provider;
  std::string provider_key;
  std::string key_id;
  Status status;
  bool is_enabled;
  std::string ui_button_title;
  Instant created_at;
  std::vector<std::string> domains;  // verified ones, oldest first
};

enum class Include { active, all };

// Of one organization, newest first. not_found if it is not there.
Result<std::vector<ConnectionSummary>, Error> list_of_organization(
    storage::Transaction& transaction, EnvironmentId environment, OrgId organization,
    Include include);
// Those that people with an address of that domain sign in by: of the organization that has
// verified it, unless a connection is for other domains of it. Newest first.
Result<std::vector<ConnectionSummary>, Error> list_of_domain(storage::Transaction& transaction,
                                                             EnvironmentId environment,
                                                             std::string_view domain,
                                                             Include include);

struct ConnectionFilter {
  enum class Whose { anybodys, organizations, apps };
  Whose whose = Whose::anybodys;
  std::string text = {};      // in names, titles and ids; empty: any
  std::string provider = {};  // the provider's name or a provider key; empty: any
  std::optional<Status> status = std::nullopt;
  std::optional<ConnectionType> type = std::nullopt;
  std::optional<bool> is_enabled = std::nullopt;
};
Result<Page<ConnectionSummary>, Error> search(storage::Transaction& transaction,
                                              EnvironmentId environment,
                                              const ConnectionFilter& filter,
                                              const PageQuery& query);

}  // namespace gatehouse::connections
