#include "server/login/route.h"

#include <algorithm>

#include "server/orgs/domain_name.h"
#include "server/users/email.h"

namespace gatehouse::login {
namespace {

using connections::ConnectionType;
using connections::Provider;
using Reach = RouteCandidate::Reach;
using State = RouteCandidate::State;

// Others are ways to sign in on our own page.
bool leads_away(const RouteCandidate& candidate) {
  return candidate.type == ConnectionType::oidc || candidate.type == ConnectionType::saml ||
         candidate.type == ConnectionType::oauth;
}

// The newest one that is enabled, leads away and has that reach.
const RouteCandidate* newest(const std::vector<RouteCandidate>& candidates, Reach reach) {
  const auto found = std::ranges::find_if(candidates, [&](const RouteCandidate& candidate) {
    return candidate.state == State::enabled && candidate.reach == reach && leads_away(candidate);
  });
  return found == candidates.end() ? nullptr : &*found;
}

RouteChoice use(const RouteCandidate& candidate) {
  return UseConnection{candidate.id, candidate.organization};
}

RouteChoice by_provider(const RouteFacts& facts) {
  if (const RouteCandidate* found = newest(facts.candidates, Reach::all_domains)) {
    return use(*found);
  }
  return std::ranges::any_of(facts.candidates, leads_away)
             ? RouteRefusal::no_active_connections
             : RouteRefusal::no_configured_connections;
}

RouteChoice by_connection(const RouteFacts& facts) {
  if (facts.candidates.empty()) return RouteRefusal::invalid_connection_id;
  const RouteCandidate& named = facts.candidates.front();
  if (named.state != State::enabled) return RouteRefusal::connection_not_active;
  if (!leads_away(named)) return ShowSignInPage{};
  return use(named);
}

// A connection for the person's own domain is the best guess; that there is none for it is no
// reason to keep somebody out whom the application sends to this very organization.
RouteChoice by_organization(const RouteFacts& facts) {
  if (facts.organization == RouteFacts::Organization::absent) {
    return RouteRefusal::invalid_organization_id;
  }
  for (const Reach reach : {Reach::this_domain, Reach::all_domains, Reach::other_domains}) {
    if (const RouteCandidate* found = newest(facts.candidates, reach)) return use(*found);
  }
  return ShowSignInPage{};
}

RouteChoice by_domain(const RouteFacts& facts) {
  for (const Reach reach : {Reach::this_domain, Reach::all_domains}) {
    if (const RouteCandidate* found = newest(facts.candidates, reach)) return use(*found);
  }
  return ShowSignInPage{};
}

}  // namespace

RouteSelector selector_of(const RouteHints& hints) {
  if (!hints.provider.empty()) return RouteSelector::provider;
  if (!hints.connection.empty()) return RouteSelector::connection;
  if (!hints.organization.empty()) return RouteSelector::organization;
  if (!hints.domain.empty() || !hints.address.empty()) return RouteSelector::domain;
  return RouteSelector::none;
}

std::string domain_of(const RouteHints& hints) {
  if (!hints.domain.empty()) {
    const auto domain = orgs::DomainName::parse(hints.domain);
    return domain.has_value() ? domain->text() : std::string();
  }
  const auto address = users::Email::parse(hints.address);
  return address.has_value() ? std::string(address->domain()) : std::string();
}

std::string_view route_refusal_name(RouteRefusal refusal) {
  switch (refusal) {
    case RouteRefusal::no_configured_connections: return "no_configured_connections";
    case RouteRefusal::no_active_connections: return "no_active_connections";
    case RouteRefusal::invalid_connection_id: return "invalid_connection_id";
    case RouteRefusal::connection_not_active: return "connection_not_active";
    case RouteRefusal::invalid_organization_id: return "invalid_organization_id";
  }
  ensure_failed("route_refusal_name: not a RouteRefusal");
}

std::string_view route_refusal_sentence(RouteRefusal refusal) {
  switch (refusal) {
    case RouteRefusal::no_configured_connections:
      return "No connection is set up for this provider.";
    case RouteRefusal::no_active_connections:
      return "The connections for this provider are all switched off.";
    case RouteRefusal::invalid_connection_id: return "There is no such connection.";
    case RouteRefusal::connection_not_active: return "This connection is switched off.";
    case RouteRefusal::invalid_organization_id: return "There is no such organization.";
  }
  ensure_failed("route_refusal_sentence: not a RouteRefusal");
}

RouteChoice route(const RouteHints& hints, const RouteFacts& facts) {
  switch (selector_of(hints)) {
    case RouteSelector::none: return ShowSignInPage{};
    case RouteSelector::provider: return by_provider(facts);
    case RouteSelector::connection: return by_connection(facts);
    case RouteSelector::organization: return by_organization(facts);
    case RouteSelector::domain: return by_domain(facts);
  }
  ensure_failed("route: not a RouteSelector");
}

std::string provider_title(Provider provider, std::string_view provider_key) {
  switch (provider) {
    case Provider::okta: return "Okta";
    case Provider::google: return "Google";
    case Provider::microsoft_ad: return "Microsoft Entra ID";
    case Provider::auth0: return "Auth0";
    case Provider::onelogin: return "OneLogin";
    case Provider::ping_identity: return "Ping Identity";
    case Provider::jumpcloud: return "JumpCloud";
    case Provider::custom:
      return std::string(provider_key == "CUSTOM" ? std::string_view() : provider_key);
    case Provider::github: return "GitHub";
    case Provider::gitlab: return "GitLab";
    case Provider::linkedin: return "LinkedIn";
    case Provider::salesforce: return "Salesforce";
    case Provider::microsoft: return "Microsoft";
    case Provider::idp_simulator: return "Simulator";
    case Provider::scalekit: return "Scalekit";
    case Provider::adfs: return "AD FS";
  }
  ensure_failed("provider_title: not a Provider");
}

}  // namespace gatehouse::login
