// SimulatedProvider: the provider that a path names, and what its pages have in common.

#pragma once

#include "server/app/dev/simulator/simulator.h"
#include "server/pages/simulator_screens.h"
#include "server/sso/addresses.h"

namespace gatehouse::app::dev {

// What every handler of the simulator is given. A value of references.
struct Desk {
  Simulator& simulator;
  const pages::Pages& pages;
  const applications::Catalog& catalog;

  [[nodiscard]] std::shared_ptr<const applications::CatalogEntry> entry(
      const Context& context) const;
  [[nodiscard]] http::Response show(const Context& context, int status,
                                    const pages::Screen& screen) const;
  // A page that says what was wrong with a request.
  [[nodiscard]] http::Response refuse(const Context& context, std::string_view sentence) const;
};

struct SimulatedProvider {
  const Profile& profile;
  environments::Environment environment;
  connections::Connection connection;
  std::string url;        // ends with the connection
  std::string entity_id;  // of SAML
  std::string tenant;
  sso::ConnectionUrls server;  // where this server is for the provider

  // Where answers go to, and what the server calls itself, as the connection says.
  [[nodiscard]] std::string acs_url() const;
  [[nodiscard]] std::string server_entity_id() const;
};

// Of "{profile}" and "{connection}" in the path. Errors: not_found (no such profile, no connection
// of that type to the simulator), the database's.
Result<SimulatedProvider, Error> find_provider(const Desk& desk, const Context& context,
                                               const http::PathParameters& path,
                                               connections::ConnectionType type);

// The page that asks who comes back: what was typed, or what a request suggests.
struct Choice {
  const SimulatedProvider& provider;
  Protocol protocol;
  TypedPerson typed;
  Outcome outcome = Outcome::success;
  TypedProblem problem = TypedProblem::none;
  std::vector<pages::HiddenField> fields;          // carried along
  std::vector<pages::Simulator::Fact> asked = {};  // of the request
};
[[nodiscard]] http::Response ask_who(const Desk& desk, const Context& context,
                                     const Choice& choice);
// What the provider does, in sentences for people.
[[nodiscard]] std::vector<std::string> sentences_of(const Profile& profile, Protocol protocol);
// The person that a request suggests: `hint` is an address, or says nothing.
[[nodiscard]] TypedPerson suggested(const Profile& profile, std::string_view hint);
// The outcome chosen on the page; success where it is none of the protocol's.
[[nodiscard]] Outcome chosen_outcome(const Form& form, Protocol protocol);

[[nodiscard]] std::vector<http::Route> saml_simulator_routes(const Desk& desk);
[[nodiscard]] std::vector<http::Route> oidc_simulator_routes(const Desk& desk);

}  // namespace gatehouse::app::dev
