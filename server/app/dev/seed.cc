#include "server/app/dev/seed.h"

#include <algorithm>

#include "server/connections/list.h"
#include "server/core/limits.h"
#include "server/crypto/hmac.h"
#include "server/encoding/base64.h"
#include "server/rbac/role.h"

namespace gatehouse::app::dev {
namespace {

using applications::Application;
using environments::Environment;
using storage::Transaction;

// Development secrets are derived from the folder's master key: the same after every start, though
// stored nowhere in plain.
Secret development_secret(const crypto::MasterKey& master_key, std::string_view client_id) {
  const Secret key = master_key.derive("development client secrets");
  return Secret("test_" + base64url_encode(crypto::hmac_sha256(key.reveal(), client_id)));
}

// As it was before, or as it was made.
Result<Environment, Error> ensure_environment(Transaction& transaction, const Context& context,
                                              Random& random, const Seed& seed,
                                              const SeedOrder& order) {
  for (const Environment& found : TRY(environments::list_environments(transaction))) {
    if (found.name != order.environment_name) continue;
    const Context there = in_environment(context, found.id);
    if (found.base_url != order.base_url) {
      TRY(environments::set_base_url(transaction, found.id, there, random, order.base_url));
    }
    return found;
  }
  environments::NewEnvironment wanted{.name = order.environment_name,
                                      .kind = environments::Kind::development,
                                      .base_url = order.base_url};
  wanted.settings.product_name = seed.product_name;
  return TRY(create_whole_environment(transaction, context, random, wanted, seed.main.wanted))
      .environment;
}

Result<Unit, Error> ensure_redirects(Transaction& transaction, const Environment& environment,
                                     const Context& context, Random& random,
                                     const Application& found,
                                     const applications::NewApplication& wanted) {
  using applications::RedirectKind;
  const std::pair<RedirectKind, const std::vector<std::string>&> lists[] = {
      {RedirectKind::callback, wanted.callback_uris},
      {RedirectKind::post_logout, wanted.post_logout_uris},
      {RedirectKind::back_channel_logout, wanted.back_channel_logout_uris}};
  for (const auto& [kind, uris] : lists) {
    const auto& there = found.redirects(kind);
    for (const std::string& uri : uris) {
      if (std::ranges::find(there, uri) != there.end()) continue;
      TRY(applications::add_redirect(transaction, environment, context, random, found.id, kind,
                                     uri));
    }
  }
  return Unit{};
}

Result<users::User, Error> ensure_user(Transaction& transaction, EnvironmentId environment,
                                       const Context& context, Random& random,
                                       const SeedUser& wanted) {
  const auto email = users::Email::parse(wanted.email);
  if (!email.has_value()) {
    return Error(ErrorCode::invalid_argument, "seed: not an e-mail address: " + wanted.email);
  }
  auto found = TRY(users::find_user_by_email(transaction, environment, *email));
  if (found.has_value()) return std::move(*found);
  return users::create(transaction, environment, context, random,
                       {.email = *email,
                        .email_verified = users::NewUser::Verified::yes,
                        .given_name = wanted.given_name,
                        .family_name = wanted.family_name});
}

Result<orgs::Organization, Error> ensure_organization(Transaction& transaction,
                                                      EnvironmentId environment,
                                                      const Context& context, Random& random,
                                                      const SeedOrganization& wanted) {
  constexpr int organizations_max = 500;
  std::optional<orgs::Organization> found;
  for (auto& candidate :
       TRY(orgs::list_organizations(transaction, environment, std::nullopt, organizations_max))) {
    if (candidate.display_name == wanted.name) found = std::move(candidate);
  }
  if (!found.has_value()) {
    found = TRY(orgs::create(transaction, environment, context, random,
                             {.display_name = wanted.name, .external_id = wanted.external_id}));
  }
  for (const SeedMember& member : wanted.members) {
    const auto user =
        TRY(ensure_user(transaction, environment, context, random, {.email = member.email}));
    const auto there = TRY(orgs::find_membership(transaction, environment, found->id, user.id));
    if (there.has_value()) continue;
    TRY(orgs::add_member(transaction, environment, found->id, context, random, user.id,
                         orgs::Provisioning::direct_provision));
    TRY(rbac::assign_role(transaction, environment, found->id, context, random, user.id,
                          member.role));
  }
  return std::move(*found);
}

Result<Unit, Error> ensure_domains(Transaction& transaction, EnvironmentId environment,
                                   const Context& context, Random& random, OrgId organization,
                                   const std::vector<std::string>& wanted) {
  if (wanted.empty()) return Unit{};
  const auto there = TRY(orgs::list_domains(transaction, environment, organization,
                                            {.page_size = limits::domains_per_organization_max}));
  for (const std::string& name : wanted) {
    const auto is_it = [&](const orgs::Domain& domain) { return domain.name == name; };
    if (std::ranges::any_of(there, is_it)) continue;
    TRY(orgs::create_domain(transaction, environment, organization, context, random,
                            {.name = name}));
  }
  return Unit{};
}

// Where they lead to is written down at each start, see simulator/wiring.h.
Result<Unit, Error> ensure_connections(Transaction& transaction, const Environment& environment,
                                       const Context& context, Random& random, OrgId organization,
                                       const std::vector<SeedConnection>& wanted) {
  if (wanted.empty()) return Unit{};
  constexpr auto simulator = connections::Provider::idp_simulator;
  const auto there = TRY(connections::list_of_organization(
      transaction, environment.id, organization, connections::Include::all));
  for (const SeedConnection& each : wanted) {
    const auto is_it = [&](const connections::ConnectionSummary& connection) {
      return connection.provider == simulator && connection.type == each.type &&
             connection.provider_key == each.profile;
    };
    if (std::ranges::any_of(there, is_it)) continue;
    const auto made = TRY(connections::create(
        transaction, environment.id, organization, context, random,
        {.type = each.type, .provider = simulator, .provider_key = each.profile}));
    if (each.state == SeedConnection::State::disabled) continue;
    TRY(connections::enable(transaction, environment, organization, context, random, made.id));
  }
  return Unit{};
}

}  // namespace

Seed default_seed() {
  Seed seed;
  seed.main.wanted = {.type = applications::Type::env,
                      .name = "Acme Console",
                      .api_access = applications::NewApplication::ApiAccess::allowed,
                      .callback_uris = {"http://localhost:4321/api/auth/callback",
                                        "http://localhost:4321/auth/callback"},
                      .post_logout_uris = {"http://localhost:4321"},
                      .initiate_login_uri = "http://localhost:4321/api/auth/login"};
  seed.applications.push_back(
      {.wanted = {.type = applications::Type::spa,
                  .name = "Acme Docs",
                  .callback_uris = {"http://localhost:4322/auth/callback"},
                  .post_logout_uris = {"http://localhost:4322"},
                  .initiate_login_uri = "http://localhost:4322/auth/login"}});
  seed.users.push_back({"ada@acme.test", "Ada", "Lovelace"});
  seed.organizations.push_back({.name = "Acme", .members = {{"ada@acme.test", "admin"}}});
  seed.organizations.push_back(
      {.name = "Example Corp",
       .external_id = "example",
       .domains = {"example.com", "example.org"},
       .connections = {{.type = connections::ConnectionType::saml, .profile = "okta"},
                       {.type = connections::ConnectionType::oidc,
                        .profile = "plain",
                        .state = SeedConnection::State::disabled}}});
  return seed;
}

Result<Seeded::App, Error> ensure_application(Transaction& transaction,
                                              const Environment& environment,
                                              const Context& context, Random& random,
                                              const crypto::MasterKey& master_key,
                                              const SeedApplication& wanted) {
  const bool is_main = wanted.wanted.type == applications::Type::env;
  std::optional<Application> found;
  for (Application& candidate : TRY(applications::list_applications(transaction, environment.id))) {
    const bool is_it =
        is_main ? candidate.type == applications::Type::env : candidate.name == wanted.wanted.name;
    if (is_it) found = std::move(candidate);
  }
  if (!found.has_value()) {
    found = TRY(applications::create(transaction, environment, context, random, wanted.wanted));
  }
  TRY(ensure_redirects(transaction, environment, context, random, *found, wanted.wanted));
  Seeded::App seeded{found->name, std::string(applications::type_name(found->type)),
                     found->client_id, std::nullopt};
  if (!found->is_confidential()) return seeded;
  seeded.client_secret = wanted.client_secret.has_value()
                             ? Secret(*wanted.client_secret)
                             : development_secret(master_key, found->client_id);
  if (!applications::secret_matches(*found, seeded.client_secret->reveal(), context.now)) {
    TRY(applications::add_secret(transaction, environment, context, random, found->id,
                                 seeded.client_secret));
  }
  return seeded;
}

Result<Seeded, Error> apply_seed(Transaction& transaction, const Context& context, Random& random,
                                 const crypto::MasterKey& master_key, const Seed& seed,
                                 const SeedOrder& order) {
  const Environment before = TRY(ensure_environment(transaction, context, random, seed, order));
  const EnvironmentId id = before.id;
  const Context there = in_environment(context, id);
  if (order.access_token_lifetime.has_value()) {
    auto settings = TRY(environments::find_environment(transaction, id))->settings;
    settings.access_token_lifetime = *order.access_token_lifetime;
    TRY(environments::set_settings(transaction, id, there, random, settings));
  }
  const auto environment = TRY(environments::find_environment(transaction, id));
  ENSURE(environment.has_value());

  Seeded seeded{.environment = id, .applications = {}, .organizations = {}, .users = {}};
  if (before.base_url != environment->base_url) seeded.moved_from = before.base_url;
  seeded.applications.push_back(
      TRY(ensure_application(transaction, *environment, there, random, master_key, seed.main)));
  for (const SeedApplication& wanted : seed.applications) {
    seeded.applications.push_back(
        TRY(ensure_application(transaction, *environment, there, random, master_key, wanted)));
  }
  for (const SeedUser& wanted : seed.users) {
    seeded.users.push_back(TRY(ensure_user(transaction, id, there, random, wanted)));
  }
  for (const SeedOrganization& wanted : seed.organizations) {
    auto found = TRY(ensure_organization(transaction, id, there, random, wanted));
    TRY(ensure_domains(transaction, id, there, random, found.id, wanted.domains));
    TRY(ensure_connections(transaction, *environment, there, random, found.id, wanted.connections));
    seeded.organizations.push_back(std::move(found));
    const bool signs_in_there = !wanted.domains.empty() && !wanted.connections.empty() &&
                                wanted.connections.front().state == SeedConnection::State::enabled;
    if (signs_in_there && !seeded.simulated_address.has_value()) {
      seeded.simulated_address = "ada@" + wanted.domains.front();
    }
  }
  return seeded;
}

}  // namespace gatehouse::app::dev
