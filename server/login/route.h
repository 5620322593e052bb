// route: who shall do the signing in, by what a request names. Pure; what it needs to know is
// loaded first.
//
// The first of these that is given decides: provider, connection, organization, domain, the domain
// of an address (login_hint, or typed). A provider or connection that is named is a demand: what
// cannot be had is refused. An organization without single sign-on, and a domain that nobody has
// verified, lead to the sign-in page.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/connections/connection.h"

namespace gatehouse::login {

// As sent or typed; empty: not given.
struct RouteHints {
  std::string provider = {};  // its name, or a connection's provider key; in any case
  std::string connection = {};
  std::string organization = {};
  std::string domain = {};  // `domain` or `domain_hint`
  std::string address = {};
};

enum class RouteSelector { none, provider, connection, organization, domain };
// The hint that decides. An address, whether it has a domain or not, is a domain.
[[nodiscard]] RouteSelector selector_of(const RouteHints& hints);
// The domain that the hints name, in lower case: beside an organization it chooses among its
// connections. Empty: none, or no domain.
[[nodiscard]] std::string domain_of(const RouteHints& hints);

// A connection that could be it.
struct RouteCandidate {
  ConnectionId id;
  std::optional<OrgId> organization = std::nullopt;  // absent: the environment's own
  connections::ConnectionType type = connections::ConnectionType::oidc;
  enum class State { disabled, enabled } state = State::enabled;
  // Whom it is for, seen from the domain that the hints name.
  enum class Reach { all_domains, this_domain, other_domains } reach = Reach::all_domains;
};

// What is known of the hint that decides, and of no other.
struct RouteFacts {
  // Named by the provider, by the id, of the organization, or led to by the domain. Newest first.
  std::vector<RouteCandidate> candidates = {};
  enum class Organization { absent, present } organization = Organization::absent;
};

struct ShowSignInPage {
  friend bool operator==(const ShowSignInPage&, const ShowSignInPage&) = default;
};
struct UseConnection {
  ConnectionId connection;
  std::optional<OrgId> organization;  // that it belongs to; absent: the environment's own
  friend bool operator==(const UseConnection&, const UseConnection&) = default;
};
enum class RouteRefusal {
  no_configured_connections,  // no connection is made for the provider
  no_active_connections,      // some are, none is enabled
  invalid_connection_id,
  connection_not_active,
  invalid_organization_id,
};
// As the contract names it on an application's callback.
[[nodiscard]] std::string_view route_refusal_name(RouteRefusal refusal);
[[nodiscard]] std::string_view route_refusal_sentence(RouteRefusal refusal);

using RouteChoice = std::variant<ShowSignInPage, UseConnection, RouteRefusal>;

[[nodiscard]] RouteChoice route(const RouteHints& hints, const RouteFacts& facts);

// At most one statement.
Result<RouteFacts, Error> load_route_facts(storage::Transaction& transaction,
                                           EnvironmentId environment, const RouteHints& hints);

// One of the environment's own connections that everybody may sign in by.
struct SocialConnection {
  ConnectionId id;
  connections::Provider provider;
  std::string title;  // of its button
};
// Enabled ones in the order in which the page shows them: the well-known providers, then others by
// age.
Result<std::vector<SocialConnection>, Error> social_connections(storage::Transaction& transaction,
                                                                EnvironmentId environment);
// "Google". One of the operator's own is called by its key; empty if it has none.
[[nodiscard]] std::string provider_title(connections::Provider provider,
                                         std::string_view provider_key);

}  // namespace gatehouse::login
