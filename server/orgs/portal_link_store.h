// The statements behind portal_link.h.

#pragma once

#include "server/orgs/portal_link.h"

namespace gatehouse::orgs {

// Everything but the ids is of the link itself.
Result<Unit, Error> insert_portal_link(storage::Transaction& transaction, EnvironmentId environment,
                                       const PortalLink& link, std::string_view token_hash);
Result<std::vector<PortalLink>, Error> load_portal_links(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         OrgId organization, Instant now);
// Whether there was such a link.
Result<bool, Error> delete_portal_link_row(storage::Transaction& transaction,
                                           EnvironmentId environment, OrgId organization,
                                           PortalLinkId link);
Result<std::int64_t, Error> delete_portal_link_rows(storage::Transaction& transaction,
                                                    EnvironmentId environment, OrgId organization);

struct PortalSessionStart {
  std::string session_hash;
  Instant now;
  Instant expires_at;
};
struct PortalLinkKey {
  PortalLinkId link;
  OrgId organization;
};
// Nothing if the link is unknown, expired or opened before.
Result<std::optional<PortalLinkKey>, Error> update_opened(storage::Transaction& transaction,
                                                          EnvironmentId environment,
                                                          std::string_view token_hash,
                                                          const PortalSessionStart& start);

}  // namespace gatehouse::orgs
