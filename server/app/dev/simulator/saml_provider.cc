// The SAML side of the simulator: sso, tile, answer, slo, sign-out and metadata [SAML Bindings
// §3.4, §3.5].

#include "server/app/dev/simulator/authn_request.h"
#include "server/app/dev/simulator/provider_session.h"
#include "server/app/dev/simulator/saml_metadata.h"
#include "server/app/dev/simulator/simulated_provider.h"
#include "server/encoding/base64.h"
#include "server/http/form_body.h"
#include "server/http/redirect.h"

namespace gatehouse::app::dev {
namespace {

using http::Guard;
using http::Method;
using http::PathParameters;
using http::Request;
using http::Response;
using http::Route;
using http::RunOn;

constexpr auto saml = connections::ConnectionType::saml;

using Facts = std::vector<pages::Simulator::Fact>;

Facts facts_of(const SimulatedProvider& provider, const AuthnRequest& asked) {
  Facts facts = {
      {"Issuer", asked.issuer}, {"Answer goes to", provider.acs_url()}, {"Request", asked.id}};
  if (!asked.name_id_format.empty()) facts.push_back({"NameIDPolicy", asked.name_id_format});
  facts.push_back({"Signed", asked.signature == AuthnRequest::Signature::present ? "yes" : "no"});
  return facts;
}

// What providers that were set up for one application refuse; empty: nothing.
std::string wrong_with(const SimulatedProvider& provider, const AuthnRequest& asked) {
  if (asked.issuer != provider.server_entity_id()) {
    return "The request comes from “" + asked.issuer + "”, and this provider knows “" +
           provider.server_entity_id() + "” alone.";
  }
  if (!asked.acs_url.empty() && asked.acs_url != provider.acs_url()) {
    return "The request wants its answer at " + asked.acs_url + ", and " + provider.acs_url() +
           " is registered.";
  }
  return {};
}

class SamlPages {
 public:
  explicit SamlPages(const Desk& desk) : desk_(desk) {}

  Response sso(const Context& context, const Request& request, const PathParameters& path) const {
    const auto provider = find_provider(desk_, context, path, saml);
    if (!provider.ok()) return not_found(context);
    const auto asked = read_authn_request(request);
    if (!asked.ok()) return desk_.refuse(context, asked.error().detail);
    const std::string wrong = wrong_with(provider.value(), asked.value());
    if (!wrong.empty()) return desk_.refuse(context, wrong);
    const auto known = who_is_here(request, provider.value(), asked.value());
    if (known.has_value()) {
      Response response = answer_with(context, provider.value(),
                                      {.person = *known,
                                       .outcome = Outcome::success,
                                       .request = asked.value().id,
                                       .relay_state = asked.value().relay_state});
      // Once: the next sign-in may want another person, or another outcome.
      forget(response, scheme_of(provider.value()));
      return response;
    }
    if (asked.value().page == AuthnRequest::Page::refused) {
      SamlOrder order = order_for(context, provider.value(), asked.value().id, {});
      const auto xml = no_passive_response(order, desk_.simulator.keys(), desk_.simulator.random());
      if (!xml.ok()) return desk_.refuse(context, "The answer could not be made.");
      return deliver(context, order, xml.value(), asked.value().relay_state);
    }
    return ask_who(
        desk_, context,
        {.provider = provider.value(),
         .protocol = Protocol::saml,
         .typed = suggested(provider.value().profile, asked.value().login_hint),
         .fields = {{"request", asked.value().id}, {"RelayState", asked.value().relay_state}},
         .asked = facts_of(provider.value(), asked.value())});
  }

  Response tile(const Context& context, const PathParameters& path) const {
    const auto provider = find_provider(desk_, context, path, saml);
    if (!provider.ok()) return not_found(context);
    return ask_who(desk_, context,
                   {.provider = provider.value(),
                    .protocol = Protocol::saml,
                    .typed = suggested(provider.value().profile, {}),
                    .outcome = Outcome::idp_initiated,
                    .fields = {{"request", ""}, {"RelayState", ""}}});
  }

  Response answer(const Context& context, const Request& request,
                  const PathParameters& path) const {
    const auto provider = find_provider(desk_, context, path, saml);
    if (!provider.ok()) return not_found(context);
    const auto form = http::read_form_body(request);
    if (!form.ok()) return desk_.refuse(context, "The form could not be read.");
    const std::string asked(form.value().get("request").value_or(std::string_view()));
    const std::string relay_state(form.value().get("RelayState").value_or(std::string_view()));
    const Outcome outcome = chosen_outcome(form.value(), Protocol::saml);
    const TypedPerson typed = read_typed(form.value());
    const TypedProblem problem = problem_of(typed);
    if (problem != TypedProblem::none) {
      return ask_who(desk_, context,
                     {.provider = provider.value(),
                      .protocol = Protocol::saml,
                      .typed = typed,
                      .outcome = outcome,
                      .problem = problem,
                      .fields = {{"request", asked}, {"RelayState", relay_state}}});
    }
    return answer_with(
        context, provider.value(),
        {.person = typed, .outcome = outcome, .request = asked, .relay_state = relay_state});
  }

  // Somebody has left at the server, or the server has heard that somebody left here.
  Response logout(const Context& context, const Request& request,
                  const PathParameters& path) const {
    const auto provider = find_provider(desk_, context, path, saml);
    if (!provider.ok()) return not_found(context);
    desk_.simulator.sessions().forget(provider.value().connection.id);
    const auto parameters =
        request.method == Method::post ? http::read_form_body(request) : http::read_query(request);
    if (parameters.ok() && parameters.value().get_given("SAMLResponse").has_value()) {
      return farewell(context, provider.value());
    }
    const auto id = read_logout_request_id(request);
    if (!id.ok()) return desk_.refuse(context, id.error().detail);
    LogoutMessage message = message_for(context, provider.value());
    message.relay_state = parameters.value().get("RelayState").value_or(std::string_view());
    return http::see_other(
        logout_response_url(message, id.value(), desk_.simulator.keys(), desk_.simulator.random()));
  }

  // Somebody leaves here first.
  Response sign_out(const Context& context, const PathParameters& path) const {
    const auto provider = find_provider(desk_, context, path, saml);
    if (!provider.ok()) return not_found(context);
    const auto session = desk_.simulator.sessions().find(provider.value().connection.id);
    if (!session.has_value()) return farewell(context, provider.value());
    desk_.simulator.sessions().forget(provider.value().connection.id);
    return http::see_other(logout_request_url(message_for(context, provider.value()), *session,
                                              desk_.simulator.keys(), desk_.simulator.random()));
  }

  Response metadata(const Context& context, const PathParameters& path) const {
    const auto provider = find_provider(desk_, context, path, saml);
    if (!provider.ok()) return http::plain_text(404, "There is no such provider.\n");
    Response response;
    response.headers.add("Content-Type", "application/samlmetadata+xml");
    response.body = saml_metadata({.entity_id = provider.value().entity_id,
                                   .url = provider.value().url,
                                   .certificate = desk_.simulator.keys().current.certificate});
    return response;
  }

 private:
  Response not_found(const Context& context) const {
    return desk_.refuse(context, "There is no such provider here.");
  }

  Response farewell(const Context& context, const SimulatedProvider& provider) const {
    return desk_.show(context, 200,
                      pages::screen(pages::SimulatorNotice{
                          .heading = "Signed out of " + std::string(provider.profile.title),
                          .sentence = "You are signed out at the simulated provider.",
                          .advice = "You can close this page.",
                          .kind = pages::SimulatorNotice::Kind::farewell,
                          .all_url = std::string(simulator_path)}));
  }

  static LogoutMessage message_for(const Context& context, const SimulatedProvider& provider) {
    const auto& settings =
        std::get<connections::SamlConfiguration>(provider.connection.configuration);
    const bool has_own = !settings.sp_slo_url.value_or("").empty();
    return {.profile = provider.profile,
            .entity_id = provider.entity_id,
            .target = has_own ? *settings.sp_slo_url : provider.server.saml_logout,
            .now = context.now};
  }

  static http::Scheme scheme_of(const SimulatedProvider& provider) {
    return provider.environment.is_https() ? http::Scheme::https : http::Scheme::http;
  }

  static std::optional<TypedPerson> who_is_here(const Request& request,
                                                const SimulatedProvider& provider,
                                                const AuthnRequest& asked) {
    if (asked.authentication == AuthnRequest::Authentication::fresh) return std::nullopt;
    return remembered(request, provider.connection.id, scheme_of(provider));
  }

  struct Decided {
    TypedPerson person;
    Outcome outcome;
    std::string request;
    std::string relay_state;
  };
  Response answer_with(const Context& context, const SimulatedProvider& provider,
                       const Decided& decided) const {
    const bool is_unasked = decided.outcome == Outcome::idp_initiated;
    SamlOrder order = order_for(context, provider, decided.request, person_of(decided.person));
    order.outcome = decided.outcome;
    add_encryption(context, provider, order);
    auto made = saml_response(order, desk_.simulator.keys(), desk_.simulator.random());
    if (!made.ok()) return desk_.refuse(context, "The answer could not be made.");
    if (provider.profile.logout == Profile::Logout::single) {
      desk_.simulator.sessions().put(provider.connection.id, made.value().session);
    }
    // A state is of the request that nobody has made.
    Response response =
        deliver(context, order, made.value().xml, is_unasked ? std::string() : decided.relay_state);
    if (is_unasked) {
      remember(response, {provider.connection.id, decided.person}, scheme_of(provider));
    }
    return response;
  }

  SamlOrder order_for(const Context& context, const SimulatedProvider& provider,
                      const std::string& request, Person person) const {
    return {.profile = provider.profile,
            .entity_id = provider.entity_id,
            .tenant = provider.tenant,
            .audience = {.entity_id = provider.server_entity_id(),
                         .acs_url = provider.acs_url(),
                         .in_response_to = request},
            .person = std::move(person),
            .now = context.now};
  }

  // As if this server's metadata had been read.
  void add_encryption(const Context& context, const SimulatedProvider& provider,
                      SamlOrder& order) const {
    if (order.profile.encryption == Profile::Encryption::none) return;
    const auto key = desk_.simulator.service_provider_keys().get(context, provider.environment);
    if (key.ok()) order.audience.encryption_certificate = key.value()->certificate;
  }

  Response deliver(const Context& context, const SamlOrder& order, const std::string& xml,
                   const std::string& relay_state) const {
    constexpr auto wait = std::chrono::duration_cast<seconds>(slowness).count();
    pages::SimulatedAnswer page{
        .provider = std::string(order.profile.title),
        .target = order.audience.acs_url,
        .fields = {{"SAMLResponse", base64_encode(xml)}},
        .wait_seconds = order.outcome == Outcome::slow ? static_cast<int>(wait) : 0};
    // Some send it empty, some leave it out.
    const bool sends_empty = order.profile.name == ProfileName::okta;
    if (!relay_state.empty() || sends_empty) page.fields.push_back({"RelayState", relay_state});
    return desk_.show(context, 200, pages::screen(page));
  }

  Desk desk_;
};

}  // namespace

std::vector<Route> saml_simulator_routes(const Desk& desk) {
  const SamlPages shown(desk);
  const std::string base = std::string(simulator_path) + "/{profile}/{connection}/saml";
  const std::vector<Guard> page = {Guard::page};
  const auto sso = [shown](const Context& context, const Request& request,
                           const PathParameters& path) {
    return shown.sso(context, request, path);
  };
  const auto logout = [shown](const Context& context, const Request& request,
                              const PathParameters& path) {
    return shown.logout(context, request, path);
  };
  return {
      {Method::get, base + "/sso", RunOn::pooled, 0, page, sso},
      {Method::post, base + "/sso", RunOn::pooled, limits::form_body_bytes_max, page, sso},
      {Method::get, base + "/tile", RunOn::pooled, 0, page,
       [shown](const Context& context, const Request&, const PathParameters& path) {
         return shown.tile(context, path);
       }},
      {Method::post,
       base + "/answer",
       RunOn::pooled,
       limits::form_body_bytes_max,
       {Guard::page, Guard::same_origin},
       [shown](const Context& context, const Request& request, const PathParameters& path) {
         return shown.answer(context, request, path);
       }},
      {Method::get, base + "/slo", RunOn::pooled, 0, page, logout},
      {Method::post, base + "/slo", RunOn::pooled, limits::form_body_bytes_max, page, logout},
      {Method::post,
       base + "/sign-out",
       RunOn::pooled,
       limits::form_body_bytes_max,
       {Guard::page, Guard::same_origin},
       [shown](const Context& context, const Request&, const PathParameters& path) {
         return shown.sign_out(context, path);
       }},
      {Method::get,
       base + "/metadata",
       RunOn::pooled,
       0,
       {Guard::api},
       [shown](const Context& context, const Request&, const PathParameters& path) {
         return shown.metadata(context, path);
       }},
  };
}

}  // namespace gatehouse::app::dev
