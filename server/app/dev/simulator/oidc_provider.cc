// The OpenID Connect side of the simulator [OIDC Core §3.1] [OIDC Discovery §4] [RFC 7636].

#include <thread>

#include "server/app/dev/simulator/simulated_provider.h"
#include "server/crypto/hash.h"
#include "server/encoding/base64.h"
#include "server/encoding/json.h"
#include "server/http/authorization.h"
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

constexpr auto oidc = connections::ConnectionType::oidc;
constexpr std::size_t access_token_bytes = 24;
constexpr int bad_request = 400;
constexpr int unauthorized = 401;

std::string text_of(const Form& form, std::string_view name) {
  return std::string(form.get(name).value_or(std::string_view()));
}

Response json(int status, std::string body) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

Response error_answer(int status, std::string_view error) {
  std::string body;
  JsonWriter(body).begin_object().field("error", error).end_object();
  return json(status, std::move(body));
}

std::string issuer_of(const SimulatedProvider& provider) { return provider.url + "/oidc"; }

const connections::OidcConfiguration& settings_of(const SimulatedProvider& provider) {
  return std::get<connections::OidcConfiguration>(provider.connection.configuration);
}

// What an authorization request says; carried along in the form.
struct Asked {
  std::string client_id, redirect_uri, state, nonce, code_challenge;
};
Asked read_asked(const Form& form) {
  return {text_of(form, "client_id"), text_of(form, "redirect_uri"), text_of(form, "state"),
          text_of(form, "nonce"), text_of(form, "code_challenge")};
}
std::vector<pages::HiddenField> fields_of(const Asked& asked) {
  return {{"client_id", asked.client_id},
          {"redirect_uri", asked.redirect_uri},
          {"state", asked.state},
          {"nonce", asked.nonce},
          {"code_challenge", asked.code_challenge}};
}

// Empty: nothing. Without a registered address there is none to send an error to.
std::string wrong_with(const SimulatedProvider& provider, const Asked& asked) {
  if (asked.client_id != settings_of(provider).client_id.value_or("")) {
    return "No client is called “" + asked.client_id + "” here.";
  }
  if (asked.redirect_uri != provider.server.oidc_callback) {
    return "The redirect_uri is " + asked.redirect_uri + ", and " + provider.server.oidc_callback +
           " is registered.";
  }
  return {};
}

class OidcPages {
 public:
  explicit OidcPages(const Desk& desk) : desk_(desk) {}

  Response discovery(const Context& context, const PathParameters& path) const {
    const std::string issuer = desk_.entry(context)->environment.base_url +
                               std::string(simulator_path) + "/" + path.values.at(0) + "/" +
                               path.values.at(1) + "/oidc";
    std::string body;
    JsonWriter writer(body);
    writer.begin_object().field("issuer", issuer);
    writer.field("authorization_endpoint", issuer + "/authorize");
    writer.field("token_endpoint", issuer + "/token");
    writer.field("userinfo_endpoint", issuer + "/userinfo");
    writer.field("jwks_uri", issuer + "/keys");
    writer.field("end_session_endpoint", issuer + "/end_session");
    const auto list = [&writer](std::string_view name,
                                std::initializer_list<std::string_view> values) {
      writer.key(name).begin_array();
      for (const std::string_view value : values) writer.value(value);
      writer.end_array();
    };
    list("response_types_supported", {"code"});
    list("subject_types_supported", {"public", "pairwise"});
    list("id_token_signing_alg_values_supported", {"RS256"});
    list("scopes_supported", {"openid", "profile", "email"});
    list("token_endpoint_auth_methods_supported", {"client_secret_basic", "client_secret_post"});
    list("code_challenge_methods_supported", {"S256"});
    writer.field("authorization_response_iss_parameter_supported", true);
    writer.end_object();
    return json(200, std::move(body));
  }

  Response keys() const { return json(200, published_keys(desk_.simulator.keys())); }

  Response authorize(const Context& context, const Request& request,
                     const PathParameters& path) const {
    const auto provider = find_provider(desk_, context, path, oidc);
    if (!provider.ok()) return desk_.refuse(context, provider.error().detail);
    const auto query = http::read_query(request);
    if (!query.ok()) return desk_.refuse(context, "The request could not be read.");
    const Asked asked = read_asked(query.value());
    const std::string wrong = wrong_with(provider.value(), asked);
    if (!wrong.empty()) return desk_.refuse(context, wrong);
    if (text_of(query.value(), "response_type") != "code") {
      return go_back(provider.value(), asked, {{"error", "unsupported_response_type"}});
    }
    if (text_of(query.value(), "prompt") == "none") {
      return go_back(provider.value(), asked, {{"error", "login_required"}});
    }
    return ask_who(
        desk_, context,
        {.provider = provider.value(),
         .protocol = Protocol::oidc,
         .typed = suggested(provider.value().profile, text_of(query.value(), "login_hint")),
         .fields = fields_of(asked),
         .asked = {{"client_id", asked.client_id},
                   {"redirect_uri", asked.redirect_uri},
                   {"scope", text_of(query.value(), "scope")},
                   {"PKCE", asked.code_challenge.empty() ? "no" : "S256"}}});
  }

  Response answer(const Context& context, const Request& request,
                  const PathParameters& path) const {
    const auto provider = find_provider(desk_, context, path, oidc);
    if (!provider.ok()) return desk_.refuse(context, provider.error().detail);
    const auto form = http::read_form_body(request);
    if (!form.ok()) return desk_.refuse(context, "The form could not be read.");
    const Asked asked = read_asked(form.value());
    const std::string wrong = wrong_with(provider.value(), asked);
    if (!wrong.empty()) return desk_.refuse(context, wrong);
    const Outcome outcome = chosen_outcome(form.value(), Protocol::oidc);
    const TypedPerson typed = read_typed(form.value());
    const TypedProblem problem = problem_of(typed);
    if (problem != TypedProblem::none) {
      return ask_who(desk_, context,
                     {.provider = provider.value(),
                      .protocol = Protocol::oidc,
                      .typed = typed,
                      .outcome = outcome,
                      .problem = problem,
                      .fields = fields_of(asked)});
    }
    if (outcome == Outcome::refused) {
      return go_back(provider.value(), asked,
                     {{"error", "access_denied"},
                      {"error_description", "The simulated provider refused to sign in."}});
    }
    OidcOrder order{.profile = provider.value().profile.name,
                    .issuer = issuer_of(provider.value()),
                    .tenant = provider.value().tenant,
                    .client_id = asked.client_id,
                    .nonce = asked.nonce,
                    .person = person_of(typed),
                    .outcome = outcome,
                    .now = context.now};
    const std::string code = desk_.simulator.grants().add_code(
        desk_.simulator.random(), {.order = std::move(order),
                                   .connection = provider.value().connection.id,
                                   .redirect_uri = asked.redirect_uri,
                                   .code_challenge = asked.code_challenge});
    return go_back(provider.value(), asked, {{"code", code}});
  }

  Response token(const Context& context, const Request& request, const PathParameters& path) const {
    const auto provider = find_provider(desk_, context, path, oidc);
    if (!provider.ok()) return error_answer(404, "not_found");
    const auto form = http::read_form_body(request);
    if (!form.ok()) return error_answer(bad_request, "invalid_request");
    if (!is_client(provider.value(), request, form.value())) {
      return error_answer(unauthorized, "invalid_client");
    }
    if (text_of(form.value(), "grant_type") != "authorization_code") {
      return error_answer(bad_request, "unsupported_grant_type");
    }
    const auto grant =
        desk_.simulator.grants().consume_code(text_of(form.value(), "code"), context.now);
    const bool is_good = grant.has_value() && grant->connection == provider.value().connection.id &&
                         grant->redirect_uri == text_of(form.value(), "redirect_uri") &&
                         proves(text_of(form.value(), "code_verifier"), grant->code_challenge);
    if (!is_good) return error_answer(bad_request, "invalid_grant");
    // Only whoever asked for it waits: one worker of a development server.
    if (grant->order.outcome == Outcome::slow) std::this_thread::sleep_for(slowness);
    return tokens_for(grant->order);
  }

  Response userinfo(const Context& context, const Request& request) const {
    const http::BearerRead bearer = http::read_bearer(request);
    std::optional<OidcOrder> order;
    for (const Secret& token : bearer.tokens) {
      order = desk_.simulator.grants().find_access_token(token.reveal(), context.now);
      if (order.has_value()) break;
    }
    if (!order.has_value()) {
      Response refused = error_answer(unauthorized, "invalid_token");
      refused.headers.add("WWW-Authenticate", "Bearer error=\"invalid_token\"");
      return refused;
    }
    return json(200, user_info(*order));
  }

  // [OIDC RP-Initiated Logout §2]
  Response end_session(const Context& context, const Request& request,
                       const PathParameters& path) const {
    const auto provider = find_provider(desk_, context, path, oidc);
    if (!provider.ok()) return desk_.refuse(context, provider.error().detail);
    const auto query = http::read_query(request);
    const std::string target =
        query.ok() ? text_of(query.value(), "post_logout_redirect_uri") : std::string();
    if (target == provider.value().server.oidc_logout) {
      const std::string state = text_of(query.value(), "state");
      if (state.empty()) return http::see_other(target);
      return http::see_other(http::with_query(target, {{"state", state}}));
    }
    const std::string name(provider.value().profile.title);
    return desk_.show(context, 200,
                      pages::screen(pages::SimulatorNotice{
                          .heading = "Signed out of " + name,
                          .sentence = "You are signed out at the simulated provider.",
                          .advice = "You can close this page.",
                          .kind = pages::SimulatorNotice::Kind::farewell,
                          .all_url = std::string(simulator_path)}));
  }

 private:
  static bool proves(std::string_view verifier, std::string_view challenge) {
    return challenge.empty() || base64url_encode(crypto::sha256(verifier)) == challenge;
  }

  static Response go_back(const SimulatedProvider& provider, const Asked& asked,
                          std::vector<http::QueryParameter> parameters) {
    if (!asked.state.empty()) parameters.push_back({"state", asked.state});
    parameters.push_back({"iss", issuer_of(provider)});
    return http::see_other(http::with_query(asked.redirect_uri, parameters));
  }

  bool is_client(const SimulatedProvider& provider, const Request& request,
                 const Form& form) const {
    const http::BasicRead basic = http::read_basic(request);
    const bool is_basic = basic.state == http::BasicRead::State::found;
    const std::string id = is_basic ? basic.client_id : text_of(form, "client_id");
    const Secret secret = is_basic ? basic.client_secret : Secret(text_of(form, "client_secret"));
    const auto known =
        connections::open_client_secret(desk_.simulator.client_secrets(), provider.connection);
    return known.ok() && id == settings_of(provider).client_id.value_or("") &&
           equal_in_constant_time(secret.reveal(), known.value().reveal());
  }

  Response tokens_for(const OidcOrder& order) const {
    const std::string access_token =
        base64url_encode(random_bytes(desk_.simulator.random(), access_token_bytes));
    desk_.simulator.grants().add_access_token(access_token, order);
    std::string body;
    JsonWriter(body)
        .begin_object()
        .field("access_token", access_token)
        .field("token_type", "Bearer")
        .field("expires_in", std::chrono::duration_cast<seconds>(simulated_token_lifetime).count())
        .field("id_token", id_token(order, access_token, desk_.simulator.keys()))
        .end_object();
    return json(200, std::move(body));
  }

  Desk desk_;
};

}  // namespace

std::vector<Route> oidc_simulator_routes(const Desk& desk) {
  const OidcPages shown(desk);
  const std::string base = std::string(simulator_path) + "/{profile}/{connection}/oidc";
  const std::vector<Guard> page = {Guard::page};
  const std::vector<Guard> api = {Guard::api};
  const auto body = limits::form_body_bytes_max;
  return {
      {Method::get, base + "/.well-known/openid-configuration", RunOn::inline_, 0, api,
       [shown](const Context& context, const Request&, const PathParameters& path) {
         return shown.discovery(context, path);
       }},
      {Method::get, base + "/keys", RunOn::inline_, 0, api,
       [shown](const Context&, const Request&, const PathParameters&) { return shown.keys(); }},
      {Method::get, base + "/authorize", RunOn::pooled, 0, page,
       [shown](const Context& context, const Request& request, const PathParameters& path) {
         return shown.authorize(context, request, path);
       }},
      {Method::post,
       base + "/answer",
       RunOn::pooled,
       body,
       {Guard::page, Guard::same_origin},
       [shown](const Context& context, const Request& request, const PathParameters& path) {
         return shown.answer(context, request, path);
       }},
      {Method::post, base + "/token", RunOn::pooled, body, api,
       [shown](const Context& context, const Request& request, const PathParameters& path) {
         return shown.token(context, request, path);
       }},
      {Method::get, base + "/userinfo", RunOn::inline_, 0, api,
       [shown](const Context& context, const Request& request, const PathParameters&) {
         return shown.userinfo(context, request);
       }},
      {Method::get, base + "/end_session", RunOn::pooled, 0, page,
       [shown](const Context& context, const Request& request, const PathParameters& path) {
         return shown.end_session(context, request, path);
       }},
  };
}

}  // namespace gatehouse::app::dev
