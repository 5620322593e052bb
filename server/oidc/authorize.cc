#include "server/oidc/authorize.h"

#include "server/core/limits.h"
#include "server/http/form_body.h"
#include "server/http/redirect.h"
#include "server/jose/jwt.h"
#include "server/login/pages.h"
#include "server/login/session_cookie.h"
#include "server/login/start.h"
#include "server/oidc/authorize_decision.h"
#include "server/oidc/authorize_response.h"
#include "server/oidc/code.h"

namespace gatehouse::oidc {
namespace {

using applications::CatalogEntry;
using sessions::LiveSession;
using storage::Transaction;

// One request on its way: what every step below needs to know.
struct Act {
  const Deps& deps;
  const Context& context;
  const http::Request& http_request;
  std::shared_ptr<const CatalogEntry> entry;
  const applications::Application* application = nullptr;

  [[nodiscard]] const environments::Environment& environment() const { return entry->environment; }
};

void note_refusal(const Act& act, std::string client_id, OAuthCode code, std::string_view cause) {
  std::string detail(oauth_code_name(code));
  if (!cause.empty()) detail.append(": ").append(cause);
  act.deps.refusals.note(act.context, {.event = audit::Event::authorize_refused,
                                       .outcome = audit::Outcome::refused,
                                       .subject_type = "application",
                                       .subject_id = client_id,
                                       .client_id = client_id,
                                       .detail = std::move(detail)});
}

http::Response refused_on_page(const Act& act, const PageRefusal& refusal) {
  note_refusal(act, refusal.client_id, refusal.code, refusal.cause);
  return authorize_refusal_page(act.deps.pages, {.context = act.context,
                                                 .environment = act.environment(),
                                                 .refusal = refusal,
                                                 .admin_command = act.deps.admin_command});
}

http::Response refused_by_redirect(const Act& act, const RedirectRefusal& refusal) {
  note_refusal(act, refusal.back.client_id, refusal.error.code, refusal.error.detail);
  return authorize_failure(act.deps.pages, act.environment(), refusal.back, refusal.error);
}

http::Response failed(const Act& act, const OAuthError& error) {
  return authorize_error_page(act.deps.pages, act.context, act.environment(), error);
}

// The subject that a hint names; an error if the hint is not one of our ID tokens for this client.
// Expired ones are fine: they say who was here before [OIDC Core §3.1.2.1].
Result<HintedSubject, OAuthError> read_hint(const Act& act, const AuthorizeRequest& request) {
  if (request.id_token_hint.empty()) return HintedSubject{};
  const auto ring = act.deps.keys.snapshot(act.context.environment);
  const auto token = jose::VerifiedJwt::verify(request.id_token_hint, ring->published(),
                                               {.issuer = act.environment().base_url,
                                                .audience = request.back.client_id,
                                                .type = jose::TokenType::jwt,
                                                .now = act.context.now,
                                                .expiry = jose::Expiry::ignored});
  if (!token.ok()) {
    return OAuthError(OAuthCode::invalid_request, "id_token_hint is not an ID token of ours.",
                      token.error().detail);
  }
  return HintedSubject{std::string(token.value().subject().value_or(std::string_view()))};
}

Result<bool, Error> belongs(Transaction& transaction, const Act& act, const LiveSession& live,
                            std::optional<OrgId> organization) {
  if (!organization.has_value()) return false;
  const auto membership =
      TRY(orgs::find_membership(transaction, act.context.environment, *organization, live.user.id));
  return membership.has_value() && membership->is_active();
}

Result<Unit, Error> load_live(Transaction& transaction, const Act& act,
                              const AuthorizeRequest& request, const Secret& cookie,
                              Presence& presence) {
  presence.live = TRY(sessions::check_cookie(transaction, act.context.environment, cookie.reveal(),
                                             act.context.now));
  if (!presence.live.has_value()) return Unit{};
  presence.belongs_to_current =
      TRY(belongs(transaction, act, *presence.live, presence.live->session.organization));
  if (request.organization.has_value()) {
    presence.belongs_to_requested =
        TRY(belongs(transaction, act, *presence.live, request.organization));
  }
  return Unit{};
}

Result<Presence, Error> read_presence(const Act& act, const AuthorizeRequest& request) {
  const auto cookie = login::read_session_cookie(act.http_request, act.environment());
  const login::RouteHints hints = route_hints(request);
  if (!cookie.has_value() && login::selector_of(hints) == login::RouteSelector::none) {
    return Presence{};
  }
  return storage::read(
      act.deps.database, act.context, [&](Transaction& transaction) -> Result<Presence, Error> {
        Presence presence;
        if (cookie.has_value()) TRY(load_live(transaction, act, request, *cookie, presence));
        const auto facts =
            TRY(login::load_route_facts(transaction, act.context.environment, hints));
        presence.route = login::route(hints, facts);
        return presence;
      });
}

CodeGrant grant_of(const Act& act, const AuthorizeRequest& request, const LiveSession& live,
                   std::optional<OrgId> organization) {
  return {.application = act.application->id,
          .redirect_uri = request.back.redirect_uri,
          .scope = request.scope.text(),
          .nonce = request.nonce,
          .code_challenge = request.code_challenge,
          .session = live.session.id,
          .user = live.user.id,
          .organization = organization,
          .token = TokenId::make(act.deps.random, act.context.now)};
}

// In the caller's transaction: code, slide of the idle limit and audit record are one.
Result<Secret, Error> issue_for(Transaction& transaction, const Act& act,
                                const AuthorizeRequest& request, const LiveSession& live,
                                std::optional<OrgId> organization) {
  const EnvironmentId environment = act.context.environment;
  Secret code = TRY(issue_code(transaction, environment, act.deps.random,
                               grant_of(act, request, live, organization), act.context.now,
                               act.environment().settings.authorization_code_lifetime));
  if (sessions::needs_touch(live.session, act.context.now)) {
    TRY(sessions::touch(transaction, environment, live.session, act.context.now));
  }
  Context by_user = act.context;
  by_user.actor = {ActorType::user, live.user.id.text()};
  TRY(audit::record(transaction, environment, by_user, act.deps.random,
                    {.event = audit::Event::code_issued,
                     .subject_type = "session",
                     .subject_id = live.session.id.text(),
                     .organization = organization,
                     .client_id = act.application->client_id}));
  return code;
}

http::Response answer_with_code(const Act& act, const AuthorizeRequest& request,
                                const LiveSession& live, const AuthorizeDecision& decision) {
  // By row: the code is a new one, and good for nothing once its session is over.
  auto code = storage::write_by_row(
      act.deps.database, act.context, [&](Transaction& transaction) -> Result<Secret, Error> {
        if (decision.act == NextAct::switch_organization) {
          TRY(sessions::set_organization(transaction, act.context.environment, live.session.id,
                                         *decision.organization));
          TRY(orgs::note_membership_used(transaction, act.context.environment,
                                         *decision.organization, live.user.id, act.context.now));
        }
        return issue_for(transaction, act, request, live, decision.organization);
      });
  if (!code.ok()) return failed(act, code.error());
  return authorize_success(act.deps.pages, act.environment(), request.back, code.value());
}

// Of a connection that the application names itself, if it is an organization's: no other way will
// do then. A social one may have to give way to that of the person's own organization.
std::optional<ConnectionId> required_connection(const AuthorizeRequest& request,
                                                const Presence& presence) {
  const auto* use = std::get_if<login::UseConnection>(&presence.route);
  if (use == nullptr || !use->organization.has_value() || request.connection.empty()) {
    return std::nullopt;
  }
  return use->connection;
}

http::Response send_to_login(const Act& act, AuthorizeRequest request, const Presence& presence,
                             const AuthorizeDecision& decision) {
  using Authentication = login::Options::Authentication;
  const NextAct next = decision.act;
  const bool is_fresh = request.prompt.login || request.max_age.has_value();
  request.required_connection = required_connection(request, presence);
  login::NewFlow flow{
      .application = act.application->id,
      .client_id = act.application->client_id,
      .browser_hash = {},
      .purpose = login::Purpose::authorize,
      .options = {.organization = request.organization,
                  .authentication = is_fresh ? Authentication::fresh : Authentication::as_needed},
      .resume = authorize_request_to_json(request),
      .intent = next == NextAct::sign_up ? login::Intent::sign_up : login::Intent::sign_in,
      .connection = decision.connection};
  if (!request.login_hint.empty()) flow.options.login_hint = request.login_hint;
  if (request.prompt.select_account) {
    flow.options.choose_organization = login::Options::Choose::always;
  }
  if (next == NextAct::choose_organization) {
    // With a live session the requested organization is no demand: the person may choose any.
    flow.options.organization = std::nullopt;
    flow.options.choose_organization = login::Options::Choose::always;
    flow.proven_by = presence.live->session;
    flow.proven_email = presence.live->user.email;
  }
  auto response = login::start_sign_in({act.deps.database, act.deps.random}, act.context,
                                       act.http_request, act.environment(), std::move(flow));
  if (!response.ok()) return failed(act, response.error());
  return std::move(response).value();
}

http::Response carry_out(const Act& act, const AuthorizeRequest& request, const Presence& presence,
                         const AuthorizeDecision& decision) {
  switch (decision.act) {
    case NextAct::issue_code:
    case NextAct::switch_organization:
      return answer_with_code(act, request, *presence.live, decision);
    case NextAct::sign_in:
    case NextAct::sign_up:
    case NextAct::choose_organization: return send_to_login(act, request, presence, decision);
    case NextAct::refuse: return refused_by_redirect(act, {request.back, *decision.error});
  }
  ensure_failed("carry_out: not a NextAct");
}

// A completed sign-in, taken: who asked for it, and what they get.
struct Resumed {
  AuthorizeRequest request;
  std::optional<Secret> code = std::nullopt;  // absent: the session ended meanwhile, or does not do
  bool is_other_way = false;  // signed in, but not by the connection that was asked for
};

// Takes it, once; nullopt if there is nothing to take.
Result<std::optional<Resumed>, Error> take(Transaction& transaction, Act& act, FlowId flow_id,
                                           const login::Browser& browser) {
  const Context& context = act.context;
  const auto flow = TRY(
      login::take_completed(transaction, context.environment, flow_id, browser.hash, context.now));
  if (!flow.has_value() || !flow->session.has_value()) return std::optional<Resumed>();
  AuthorizeRequest request = TRY(authorize_request_from_json(flow->resume));
  Resumed outcome{.request = std::move(request)};
  act.application = act.entry->find(outcome.request.back.client_id);
  if (act.application == nullptr) return std::optional<Resumed>();
  const auto live =
      TRY(sessions::check_id(transaction, context.environment, *flow->session, context.now));
  const auto& required = outcome.request.required_connection;
  if (live.has_value() && required.has_value() && live->session.connection != required) {
    outcome.is_other_way = true;
  } else if (live.has_value()) {
    outcome.code = TRY(issue_for(transaction, act, outcome.request, *live, flow->organization));
  }
  return std::optional(std::move(outcome));
}

// Two tabs wait for one sign-in, and the application gets one answer: the tab that comes second is
// told that all is well.
http::Response nothing_to_take(const Act& act, FlowId flow_id, const login::Browser& browser) {
  const auto flow = storage::read(act.deps.database, act.context, [&](Transaction& transaction) {
    return login::find_flow(transaction, act.context.environment, flow_id, browser.hash);
  });
  if (!flow.ok()) return failed(act, flow.error());
  if (!flow.value().has_value() || !flow.value()->resumed_at.has_value()) {
    return login::unknown_flow_page(act.deps.pages, act.environment());
  }
  const auto application = flow.value()->application;
  return login::signed_in_elsewhere_page(
      act.deps.pages, act.environment(),
      application.has_value() ? act.entry->find(*application) : nullptr);
}

}  // namespace

http::Response AuthorizeEndpoint::get(const Context& context, const http::Request& request) const {
  Act act{deps_, context, request, deps_.catalog.current()->by_id(context.environment)};
  const auto form = http::read_query(request);
  if (!form.ok()) {
    return refused_on_page(act, {PageRefusal::Kind::malformed,
                                 OAuthCode::invalid_request,
                                 form.error().detail,
                                 {},
                                 {},
                                 {}});
  }
  const auto back = decode_return_address(form.value(), *act.entry);
  if (!back.ok()) return refused_on_page(act, back.error());
  act.application = act.entry->find(back.value().client_id);

  const auto decoded = decode_authorize_request(form.value(), back.value(), *act.application);
  if (!decoded.ok()) return refused_by_redirect(act, decoded.error());
  const auto hint = read_hint(act, decoded.value());
  if (!hint.ok()) return refused_by_redirect(act, {back.value(), hint.error()});
  const auto presence = read_presence(act, decoded.value());
  if (!presence.ok()) return failed(act, presence.error());

  const auto decision = decide(decoded.value(), presence.value(), hint.value(), context.now);
  return carry_out(act, decoded.value(), presence.value(), decision);
}

http::Response AuthorizeEndpoint::post(const Context& context, const http::Request& request) const {
  const auto form = http::read_form_body(request);
  if (!form.ok() || request.body.size() > limits::request_target_bytes_max / 2) {
    const Act act{deps_, context, request, deps_.catalog.current()->by_id(context.environment)};
    return refused_on_page(act, {PageRefusal::Kind::malformed,
                                 OAuthCode::invalid_request,
                                 "The form cannot be read or is too long.",
                                 {},
                                 {},
                                 {}});
  }
  std::string query;
  for (std::size_t i = 0; i < form.value().size(); ++i) {
    append_form_field(query, form.value().at(i).name, form.value().at(i).value);
  }
  return http::see_other("/oauth/authorize?" + query);
}

http::Response AuthorizeEndpoint::refused(const Context& context,
                                          const http::Request& request) const {
  Act act{deps_, context, request, deps_.catalog.current()->by_id(context.environment)};
  const auto form = http::read_query(request);
  const auto browser = login::known_browser(request, act.environment());
  const auto field = [&](std::string_view name) {
    return form.ok() ? form.value().get(name).value_or(std::string_view()) : std::string_view();
  };
  const auto flow_id = FlowId::parse(field("flow"));
  if (!flow_id.has_value() || !browser.has_value()) {
    return login::unknown_flow_page(deps_.pages, act.environment());
  }
  const auto flow = storage::read(deps_.database, context, [&](Transaction& transaction) {
    return login::find_flow(transaction, context.environment, *flow_id, browser->hash);
  });
  if (!flow.ok()) return failed(act, flow.error());
  if (!flow.value().has_value()) {
    return login::unknown_flow_page(deps_.pages, act.environment());
  }
  if (flow.value()->purpose == login::Purpose::account) return http::see_other("/account");
  const auto request_back = authorize_request_from_json(flow.value()->resume);
  if (!request_back.ok()) return failed(act, request_back.error());
  const OAuthCode code = oauth_code_named(field("error")).value_or(OAuthCode::access_denied);
  return refused_by_redirect(
      act, {request_back.value().back,
            OAuthError(code, "The sign-in at the identity provider did not succeed.")});
}

http::Response AuthorizeEndpoint::resume(const Context& context,
                                         const http::Request& request) const {
  Act act{deps_, context, request, deps_.catalog.current()->by_id(context.environment)};
  const auto form = http::read_query(request);
  const auto flow_id = form.ok()
                           ? FlowId::parse(form.value().get("flow").value_or(std::string_view()))
                           : std::nullopt;
  const auto browser = login::known_browser(request, act.environment());
  if (!flow_id.has_value() || !browser.has_value()) {
    return login::unknown_flow_page(deps_.pages, act.environment());
  }

  // By row: the flow's own row decides who takes it.
  const auto resumed = storage::write_by_row(
      deps_.database, context,
      [&](Transaction& transaction) { return take(transaction, act, *flow_id, *browser); });
  if (!resumed.ok()) return failed(act, resumed.error());
  if (!resumed.value().has_value()) return nothing_to_take(act, *flow_id, *browser);
  const Resumed& outcome = *resumed.value();
  if (outcome.is_other_way) {
    return refused_by_redirect(
        act, {outcome.request.back,
              OAuthError(OAuthCode::access_denied,
                         "The person signed in by another way than the connection asked for.")});
  }
  if (!outcome.code.has_value()) {
    return refused_by_redirect(
        act, {outcome.request.back, OAuthError(OAuthCode::login_required, "The session is over.")});
  }
  return authorize_success(deps_.pages, act.environment(), outcome.request.back, *outcome.code);
}

}  // namespace gatehouse::oidc
