#include "server/app/dev/simulator/simulated_provider.h"

#include "server/connections/connection_store.h"
#include "server/http/headers.h"
#include "server/login/brand.h"

namespace gatehouse::app::dev {
namespace {

constexpr int refused_status = 400;

pages::SimulatedSignIn::Problem shown_problem(TypedProblem problem) {
  using Problem = pages::SimulatedSignIn::Problem;
  switch (problem) {
    case TypedProblem::none: return Problem::none;
    case TypedProblem::email_missing: return Problem::email_missing;
    case TypedProblem::email_malformed: return Problem::email_malformed;
    case TypedProblem::more_malformed: return Problem::more_malformed;
  }
  ensure_failed("shown_problem: not a TypedProblem");
}

std::string name_of(const KnownPerson& person) {
  return std::string(person.given_name).append(" ").append(person.family_name);
}

}  // namespace

std::shared_ptr<const applications::CatalogEntry> Desk::entry(const Context& context) const {
  return catalog.current()->by_id(context.environment);
}

http::Response Desk::show(const Context& context, int status, const pages::Screen& screen) const {
  return pages.page(status, screen, login::brand_of(entry(context)->environment));
}

http::Response Desk::refuse(const Context& context, std::string_view sentence) const {
  return show(context, refused_status,
              pages::screen(pages::SimulatorNotice{
                  .heading = "The provider does not understand",
                  .sentence = std::string(sentence),
                  .advice = "Begin again at your application, or look at the addresses that the "
                            "provider has.",
                  .all_url = std::string(simulator_path)}));
}

std::string SimulatedProvider::acs_url() const {
  const auto* saml = std::get_if<connections::SamlConfiguration>(&connection.configuration);
  const bool has_own = saml != nullptr && !saml->sp_assertion_url.value_or("").empty();
  return has_own ? *saml->sp_assertion_url : server.saml_acs;
}

std::string SimulatedProvider::server_entity_id() const {
  const auto* saml = std::get_if<connections::SamlConfiguration>(&connection.configuration);
  const bool has_own = saml != nullptr && !saml->sp_entity_id.value_or("").empty();
  return has_own ? *saml->sp_entity_id : server.saml_entity_id;
}

Result<SimulatedProvider, Error> find_provider(const Desk& desk, const Context& context,
                                               const http::PathParameters& path,
                                               connections::ConnectionType type) {
  const auto name = profile_names.parse(path.values.at(0));
  const auto id = ConnectionId::parse(path.values.at(1));
  const Error unknown(ErrorCode::not_found, "There is no such provider here.");
  if (!name.has_value() || !id.has_value()) return unknown;
  auto found =
      TRY(storage::read(desk.simulator.database(), context, [&](storage::Transaction& transaction) {
        return connections::find_by_id(transaction, context.environment, *id);
      }));
  const bool is_ours = found.has_value() && found->type == type &&
                       found->provider == connections::Provider::idp_simulator;
  if (!is_ours) return unknown;
  const environments::Environment& environment = desk.entry(context)->environment;
  const Profile& kept = profile(*name);
  std::string url = simulator_url(environment, kept, *id);
  std::string entity_id = entity_id_of(kept, *id, url);
  sso::ConnectionUrls server = sso::connection_urls(environment, *found);
  return SimulatedProvider{
      kept,           environment,      *std::move(found), std::move(url), std::move(entity_id),
      tenant_of(*id), std::move(server)};
}

// What OpenID providers have in common is said here; of SAML the profile's table speaks.
std::vector<std::string> sentences_of(const Profile& profile, Protocol protocol) {
  if (protocol == Protocol::saml) return {profile.sends.begin(), profile.sends.end()};
  std::vector<std::string> all = {"Codes are good once and for a minute; PKCE is checked.",
                                  "ID tokens are signed with RS256."};
  if (profile.name == ProfileName::entra) {
    all.emplace_back("There is no email_verified; groups are GUIDs, and in ID tokens alone.");
    all.emplace_back("sub is another one for each application; oid and tid stay.");
  }
  if (profile.name == ProfileName::google) all.emplace_back("hd holds the domain.");
  return all;
}

TypedPerson suggested(const Profile& profile, std::string_view hint) {
  TypedPerson typed;
  typed.email = std::string(http::trim_blanks(hint));
  if (typed.email.empty()) typed.email = std::string(known_people().front().email);
  if (profile.statement == Profile::Statement::always) typed.groups = "Everyone, Engineering";
  return typed;
}

Outcome chosen_outcome(const Form& form, Protocol protocol) {
  const auto named = outcome_names.parse(form.get("outcome").value_or(std::string_view()));
  for (const OutcomeText& known : outcomes_of(protocol)) {
    if (known.outcome == named) return known.outcome;
  }
  return Outcome::success;
}

http::Response ask_who(const Desk& desk, const Context& context, const Choice& choice) {
  using Chosen = pages::SimulatedSignIn::Outcome::Choice;
  const SimulatedProvider& provider = choice.provider;
  pages::SimulatedSignIn page{
      .action = std::string(simulator_path) + "/" +
                std::string(profile_names.name(provider.profile.name)) + "/" +
                provider.connection.id.text() +
                (choice.protocol == Protocol::saml ? "/saml/answer" : "/oidc/answer"),
      .fields = choice.fields,
      .provider = std::string(provider.profile.title),
      .application = provider.environment.settings.product_name,
      .email = choice.typed.email,
      .given_name = choice.typed.given_name,
      .family_name = choice.typed.family_name,
      .groups = choice.typed.groups,
      .more = choice.typed.more,
      .problem = shown_problem(choice.problem),
      .people = {},
      .outcomes = {},
      .asked = choice.asked,
      .sends = sentences_of(provider.profile, choice.protocol),
      .all_url = std::string(simulator_path)};
  for (const KnownPerson& person : known_people()) {
    page.people.push_back({std::string(person.email), name_of(person)});
  }
  for (const OutcomeText& outcome : outcomes_of(choice.protocol)) {
    page.outcomes.push_back({std::string(outcome_names.name(outcome.outcome)),
                             std::string(outcome.title), std::string(outcome.text),
                             outcome.outcome == choice.outcome ? Chosen::chosen : Chosen::other});
  }
  return desk.show(context, choice.problem == TypedProblem::none ? 200 : refused_status,
                   pages::screen(page));
}

}  // namespace gatehouse::app::dev
