// Seed: what `gatehouse dev` finds in its environment from the first start on: applications,
// organizations, people. Applying a seed again changes nothing that is there already.

#pragma once

#include "server/app/setup.h"
#include "server/connections/connection.h"
#include "server/crypto/master_key.h"
#include "server/orgs/organization.h"

namespace gatehouse::app::dev {

struct SeedMember {
  std::string email;
  std::string role = "member";
};
// A connection of an organization to the identity provider simulator.
struct SeedConnection {
  connections::ConnectionType type = connections::ConnectionType::saml;  // or oidc
  std::string profile = "plain";                                         // simulator/profile.h
  enum class State { enabled, disabled } state = State::enabled;
};
struct SeedOrganization {
  std::string name;
  std::optional<std::string> external_id = std::nullopt;
  std::vector<SeedMember> members = {};
  std::vector<std::string> domains = {};
  std::vector<SeedConnection> connections = {};  // told apart by type and profile
};
struct SeedUser {
  std::string email;
  std::string given_name = {};
  std::string family_name = {};
};
struct SeedApplication {
  applications::NewApplication wanted;
  std::optional<std::string> client_secret = std::nullopt;  // absent: derived, the same each time
};

struct Seed {
  std::string product_name = "Acme Console";
  SeedApplication main;                       // the environment's default application
  std::vector<SeedApplication> applications;  // further ones, told apart by their names
  std::vector<SeedOrganization> organizations;
  std::vector<SeedUser> users;
};

// Acme with its admin Ada Lovelace, an example application on localhost:4321, and Example Corp,
// whose people sign in at the identity provider simulator.
[[nodiscard]] Seed default_seed();
// Reads a TOML file. Errors: invalid_argument with line and reason, not_found, unavailable.
Result<Seed, Error> read_seed(const std::string& path);

// What a seed came to, for the ready file.
struct Seeded {
  struct App {
    std::string name, type, client_id;
    std::optional<Secret> client_secret;  // absent for public clients
  };
  EnvironmentId environment;
  // The issuer before, if this seed moved it: what was issued under it counts no more.
  std::optional<std::string> moved_from = std::nullopt;
  std::vector<App> applications;  // the default application first
  std::vector<orgs::Organization> organizations;
  std::vector<users::User> users;
  // An address that signs in at the simulator, if there is one.
  std::optional<std::string> simulated_address = std::nullopt;
};

struct SeedOrder {
  std::string environment_name;
  std::string base_url;
  std::optional<Duration> access_token_lifetime = std::nullopt;
};
// In the caller's transaction: makes what is missing and sets the environment's base URL.
Result<Seeded, Error> apply_seed(storage::Transaction& transaction, const Context& context,
                                 Random& random, const crypto::MasterKey& master_key,
                                 const Seed& seed, const SeedOrder& order);

// One application of it: made, given the redirect URIs that it lacks, and a secret that stays the
// same over restarts. Errors: as applications::create and add_secret.
Result<Seeded::App, Error> ensure_application(storage::Transaction& transaction,
                                              const environments::Environment& environment,
                                              const Context& context, Random& random,
                                              const crypto::MasterKey& master_key,
                                              const SeedApplication& wanted);

}  // namespace gatehouse::app::dev
