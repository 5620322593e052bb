// Portal links: how an organization's own administrator gets into the portal without an account.
//
// A link works once and not for long. Showing it changes nothing; opening it makes a portal session
// that lives some hours in the browser that opened it. Of both secrets only the hash is stored.

#pragma once

#include "server/core/secret.h"
#include "server/orgs/organization.h"

namespace gatehouse::orgs {

inline constexpr Duration portal_link_lifetime = minutes(1);
inline constexpr Duration portal_session_lifetime = hours(6);

struct PortalLink {
  PortalLinkId id;
  OrgId organization;
  FeatureSet features;  // what it is limited to; empty: nothing
  Instant created_at;
  Instant expires_at;                         // until when it can be opened
  std::optional<Instant> session_expires_at;  // absent: nobody has opened it
};

struct CreatedPortalLink {
  PortalLink link;
  Secret token;  // the last segment of its address; stored nowhere
};

// Audited. Errors: not_found, invalid_argument (a feature that the organization does not have).
Result<CreatedPortalLink, Error> create_portal_link(storage::Transaction& transaction,
                                                    EnvironmentId environment, OrgId organization,
                                                    const Context& context, Random& random,
                                                    FeatureSet features);

// Those that can be opened, or whose session lives; newest first, at most 100. Errors: not_found
// (the organization).
Result<std::vector<PortalLink>, Error> list_portal_links(storage::Transaction& transaction,
                                                         EnvironmentId environment,
                                                         OrgId organization, Instant now);

// With the session that it opened. Audited. Errors: not_found.
Result<Unit, Error> delete_portal_link(storage::Transaction& transaction, EnvironmentId environment,
                                       OrgId organization, const Context& context, Random& random,
                                       PortalLinkId link);
// All of the organization, however many there are. Audited. Errors: not_found (the organization).
Result<Unit, Error> delete_portal_links(storage::Transaction& transaction,
                                        EnvironmentId environment, OrgId organization,
                                        const Context& context, Random& random);

// A link that would open now, with its organization. Changes nothing.
struct FoundPortalLink {
  PortalLink link;
  Organization organization;

  // Those that the organization has at this moment and the link is not kept from.
  [[nodiscard]] FeatureSet visible_features() const;
};
Result<std::optional<FoundPortalLink>, Error> find_portal_link(storage::Transaction& transaction,
                                                               EnvironmentId environment,
                                                               std::string_view token, Instant now);

// Opens it, once: of any number of concurrent calls one gets the session. nullopt: unknown,
// expired, revoked or opened before. Audited.
struct OpenedPortal {
  Secret session_token;  // for the cookie; stored nowhere
  Instant expires_at;
};
Result<std::optional<OpenedPortal>, Error> open_portal_link(storage::Transaction& transaction,
                                                            EnvironmentId environment,
                                                            const Context& context, Random& random,
                                                            std::string_view token);

// The link whose session this is, if it lives.
Result<std::optional<FoundPortalLink>, Error> check_portal_session(
    storage::Transaction& transaction, EnvironmentId environment, std::string_view session_token,
    Instant now);

// Deletes links that neither open nor hold a session any more. A job.
Result<std::int64_t, Error> reclaim_portal_links(storage::Transaction& transaction, Instant now,
                                                 std::int64_t rows_max);

}  // namespace gatehouse::orgs
