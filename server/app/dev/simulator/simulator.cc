#include "server/app/dev/simulator/simulator.h"

#include <algorithm>

#include "server/app/dev/simulator/simulated_provider.h"
#include "server/http/form_body.h"
#include "server/http/redirect.h"
#include "server/orgs/organization.h"

namespace gatehouse::app::dev {
namespace {

using connections::Connection;
using http::Guard;
using http::Method;
using http::PathParameters;
using http::Request;
using http::Response;
using http::Route;
using http::RunOn;
using storage::Transaction;

struct Listed {
  Connection connection;
  std::string organization;
  std::vector<std::string> domains;
};

Result<std::vector<Listed>, Error> list(Transaction& transaction, EnvironmentId environment) {
  std::vector<Listed> all;
  for (Connection& connection : TRY(simulated_connections(transaction, environment))) {
    Listed listed{.connection = std::move(connection), .organization = {}, .domains = {}};
    const auto& owner = listed.connection.organization;
    if (owner.has_value()) {
      const auto found = TRY(orgs::find_organization(transaction, environment, *owner));
      if (found.has_value()) listed.organization = found->display_name;
      for (const auto& domain :
           TRY(orgs::list_domains(transaction, environment, *owner, {.page_size = 10}))) {
        if (domain.is_verified()) listed.domains.push_back(domain.name);
      }
      std::ranges::reverse(listed.domains);
    }
    all.push_back(std::move(listed));
  }
  return all;
}

using Facts = std::vector<pages::Simulator::Fact>;

Facts saml_facts(const Listed& listed, const Profile& profile, const std::string& url) {
  return {{"Entity id", entity_id_of(profile, listed.connection.id, url)},
          {"SSO", url + "/saml/sso"},
          {"Metadata", url + "/saml/metadata"}};
}

Facts oidc_facts(const std::string& url) {
  return {{"Issuer", url + "/oidc"}, {"Discovery", url + "/oidc/.well-known/openid-configuration"}};
}

// What happened last; the number of things it can say is small, so the address holds a word.
std::string notice_of(const Request& request) {
  const auto query = http::read_query(request);
  if (!query.ok()) return {};
  const auto name = profile_names.parse(query.value().get("changed").value_or(std::string_view()));
  if (!name.has_value()) return {};
  return "It answers as " + std::string(profile(*name).title) + " now.";
}

class SimulatorPages {
 public:
  explicit SimulatorPages(const Desk& desk) : desk_(desk) {}

  Response index(const Context& context, const Request& request) const {
    const auto all = storage::read(
        desk_.simulator.database(), context,
        [&](Transaction& transaction) { return list(transaction, context.environment); });
    if (!all.ok()) return desk_.refuse(context, "The connections could not be read.");
    pages::Simulator page{.providers = {},
                          .profiles = {},
                          .change_action = std::string(simulator_path) + "/profile",
                          .notice = notice_of(request)};
    for (int i = 0; i < profiles_count; ++i) {
      const Profile& known = profile(static_cast<ProfileName>(i));
      page.profiles.push_back(
          {std::string(profile_names.name(known.name)), std::string(known.title)});
    }
    for (const Listed& listed : all.value()) page.providers.push_back(shown(context, listed));
    return desk_.show(context, 200, pages::screen(page));
  }

  Response change(const Context& context, const Request& request) const {
    const auto form = http::read_form_body(request);
    if (!form.ok()) return desk_.refuse(context, "The form could not be read.");
    const auto field = [&](std::string_view name) {
      return form.value().get(name).value_or(std::string_view());
    };
    const auto name = profile_names.parse(field("profile"));
    const auto id = ConnectionId::parse(field("connection"));
    if (!name.has_value() || !id.has_value()) {
      return desk_.refuse(context, "There is no such provider here.");
    }
    const auto entry = desk_.entry(context);
    const Wiring wiring{entry->environment, desk_.simulator.client_secrets(),
                        desk_.simulator.keys()};
    const auto changed = storage::write(
        desk_.simulator.database(), context, [&](Transaction& transaction) -> Result<Unit, Error> {
          for (const auto& connection :
               TRY(simulated_connections(transaction, context.environment))) {
            if (connection.id != *id) continue;
            return wire_to(transaction, context, desk_.simulator.random(), wiring, connection,
                           profile(*name));
          }
          return Error(ErrorCode::not_found, "no such connection");
        });
    if (!changed.ok()) return desk_.refuse(context, "There is no such provider here.");
    return http::see_other(std::string(simulator_path) +
                           "?changed=" + std::string(profile_names.name(*name)));
  }

 private:
  pages::Simulator::Provider shown(const Context& context, const Listed& listed) const {
    using State = pages::Simulator::Provider::State;
    const Profile& kept = profile(profile_of(listed.connection));
    const std::string url =
        simulator_url(desk_.entry(context)->environment, kept, listed.connection.id);
    const bool is_saml = listed.connection.type == connections::ConnectionType::saml;
    pages::Simulator::Provider provider{
        .title = std::string(kept.title),
        .protocol = is_saml ? "SAML" : "OpenID Connect",
        .organization = listed.organization,
        .connection_id = listed.connection.id.text(),
        .state = listed.connection.is_enabled ? State::enabled : State::disabled,
        .domains = listed.domains,
        .facts = is_saml ? saml_facts(listed, kept, url) : oidc_facts(url)};
    provider.sends = sentences_of(kept, is_saml ? Protocol::saml : Protocol::oidc);
    if (is_saml) {
      provider.tile_url = url + "/saml/tile";
      const bool is_somebody_there =
          desk_.simulator.sessions().find(listed.connection.id).has_value();
      if (is_somebody_there) provider.sign_out_action = url + "/saml/sign-out";
    }
    return provider;
  }

  Desk desk_;
};

}  // namespace

Simulator::Simulator(Parts parts)
    : parts_(std::move(parts)),
      client_secrets_(parts_.master_key.sealing_key(connections::client_secret_seal_label)),
      service_provider_seal_(parts_.master_key.sealing_key(sso::provider_key_seal_label)),
      service_provider_keys_(parts_.database, parts_.random, service_provider_seal_) {}

std::vector<Route> simulator_routes(Simulator& simulator, const pages::Pages& pages,
                                    const applications::Catalog& catalog) {
  const Desk desk{simulator, pages, catalog};
  const SimulatorPages shown(desk);
  const std::string path(simulator_path);
  std::vector<Route> all = {
      {Method::get,
       path,
       RunOn::pooled,
       0,
       {Guard::page},
       [shown](const Context& context, const Request& request, const PathParameters&) {
         return shown.index(context, request);
       }},
      {Method::post,
       path + "/profile",
       RunOn::pooled,
       limits::form_body_bytes_max,
       {Guard::page, Guard::same_origin},
       [shown](const Context& context, const Request& request, const PathParameters&) {
         return shown.change(context, request);
       }},
  };
  for (auto& routes : {saml_simulator_routes(desk), oidc_simulator_routes(desk)}) {
    std::ranges::copy(routes, std::back_inserter(all));
  }
  return all;
}

}  // namespace gatehouse::app::dev
