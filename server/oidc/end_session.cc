#include "server/oidc/end_session.h"

#include <algorithm>

#include "server/core/limits.h"
#include "server/http/form_body.h"
#include "server/http/redirect.h"
#include "server/jose/jwt.h"
#include "server/login/brand.h"
#include "server/login/outside_logout.h"
#include "server/login/pages.h"
#include "server/login/session_cookie.h"
#include "server/oidc/error.h"
#include "server/sessions/session.h"

namespace gatehouse::oidc {
namespace {

using applications::Application;
using applications::CatalogEntry;
using sessions::LiveSession;
using storage::Transaction;

// What a verified hint says: an ID token of ours, however old.
struct Hint {
  std::optional<SessionId> session;
  std::string subject;
  std::string client_id;
};

struct Act {
  const Deps& deps;
  const Context& context;
  const http::Request& request;
  std::shared_ptr<const CatalogEntry> entry;
  Form form;
  std::optional<Hint> hint = std::nullopt;
  std::optional<LiveSession> live = std::nullopt;  // of the cookie

  [[nodiscard]] const environments::Environment& environment() const { return entry->environment; }
  [[nodiscard]] std::string field(std::string_view name) const {
    return std::string(form.get_given(name).value_or(std::string_view()));
  }
};

std::optional<Hint> read_hint(const Act& act) {
  const std::string token = act.field("id_token_hint");
  const auto ring = act.deps.keys.snapshot(act.context.environment);
  if (token.empty() || token.size() > limits::token_bytes_max || ring == nullptr) {
    return std::nullopt;
  }
  const auto jwt = jose::VerifiedJwt::verify(token, ring->published(),
                                             {.issuer = act.environment().base_url,
                                              .audience = std::nullopt,
                                              .type = jose::TokenType::jwt,
                                              .now = act.context.now,
                                              .expiry = jose::Expiry::ignored});
  if (!jwt.ok()) return std::nullopt;
  const auto text = [&](std::string_view name) {
    return std::string(jwt.value().string(name).value_or(std::string_view()));
  };
  return Hint{SessionId::parse(text("sid")), text("sub"), text("azp")};
}

Result<std::optional<LiveSession>, Error> read_live(const Act& act) {
  const auto cookie = login::read_session_cookie(act.request, act.environment());
  if (!cookie.has_value()) return std::optional<LiveSession>();
  return storage::read(act.deps.database, act.context, [&](Transaction& transaction) {
    return sessions::check_cookie(transaction, act.context.environment, cookie->reveal(),
                                  act.context.now);
  });
}

bool may_return_to(const environments::Environment& environment, const Application& application,
                   std::string_view sent) {
  return applications::is_registered(environment, application,
                                     applications::RedirectKind::post_logout, sent);
}

// The application that the hint or client_id names; empty if neither does.
std::string named_client(const Act& act) {
  return act.hint.has_value() ? act.hint->client_id : act.field("client_id");
}

// Where to send the person afterwards, if that place is registered: by the application that the
// hint or client_id names, by any application of the environment if neither does.
std::optional<std::string> return_target(const Act& act) {
  const std::string uri = act.field("post_logout_redirect_uri");
  if (uri.empty()) return std::nullopt;
  const std::string client_id = named_client(act);
  bool is_known = false;
  if (!client_id.empty()) {
    const Application* application = act.entry->find(client_id);
    is_known = application != nullptr && may_return_to(act.environment(), *application, uri);
  } else {
    is_known = std::ranges::any_of(act.entry->by_client_id, [&](const auto& entry) {
      return may_return_to(act.environment(), entry.second, uri);
    });
  }
  if (!is_known) return std::nullopt;
  const std::string state = act.field("state");
  return state.empty() ? uri : http::with_query(uri, {{"state", state}});
}

http::Response finished(const Act& act) {
  const auto target = return_target(act);
  if (target.has_value()) {
    http::Response response = http::see_other(*target);
    login::clear_session_cookie(response, act.environment());
    return response;
  }
  pages::SignedOut page;
  if (const Application* application = act.entry->find(named_client(act))) {
    page.sign_in_url = application->initiate_login_uri.value_or("");
  }
  const std::string asked = act.field("post_logout_redirect_uri");
  if (!asked.empty()) {
    act.deps.refusals.note(act.context, {.event = audit::Event::logout_refused,
                                         .outcome = audit::Outcome::refused,
                                         .subject_type = "application",
                                         .subject_id = act.hint ? act.hint->client_id : "",
                                         .detail = "post_logout_redirect_uri is not registered"});
    if (act.environment().is_development()) {
      page.developer_hint =
          "You stay here because the application's post-logout URIs do not include " + asked + ".";
    }
  }
  http::Response response =
      act.deps.pages.page(200, pages::screen(page), login::brand_of(act.environment()));
  login::clear_session_cookie(response, act.environment());
  return response;
}

http::Response end_and_finish(const Act& act, SessionId session) {
  Context context = act.context;
  if (act.live.has_value()) context.actor = {ActorType::user, act.live->user.id.text()};
  using Way = std::optional<std::string>;
  const auto way = storage::write(
      act.deps.database, context, [&](Transaction& transaction) -> Result<Way, Error> {
        const EnvironmentId environment = context.environment;
        auto found =
            TRY(login::begin_outside_logout(transaction, environment, context, act.deps.random,
                                            session, return_target(act).value_or("")));
        const bool is_ended = TRY(sessions::end(transaction, environment, context, act.deps.random,
                                                session, sessions::EndReason::signed_out));
        return is_ended ? std::move(found) : Way();
      });
  if (!way.ok()) {
    return login::trouble_page(act.deps.pages, act.context, act.environment(), way.error());
  }
  if (!way.value().has_value()) return finished(act);
  http::Response response = http::see_other(*way.value());
  login::clear_session_cookie(response, act.environment());
  return response;
}

// The form that asks back, carrying along what the request came with.
http::Response ask_back(const Act& act) {
  const auto browser = login::recognize_browser(act.request, act.environment(), act.deps.random);
  pages::ConfirmSignOut page{
      .csrf = login::form_token(act.deps.form_key, browser, act.live->session.id.text()),
      .action = "/oidc/logout/confirm",
      .email = act.live->user.email.text(),
      .fields = {},
      .cancel_url = "/account"};
  for (const char* name : {"id_token_hint", "post_logout_redirect_uri", "client_id", "state"}) {
    if (const std::string value = act.field(name); !value.empty()) {
      page.fields.push_back({name, value});
    }
  }
  http::Response response =
      act.deps.pages.page(200, pages::screen(page), login::brand_of(act.environment()));
  if (browser.seen == login::Browser::Seen::first_time) {
    login::set_browser_cookie(response, act.environment(), browser);
  }
  return response;
}

Result<Act, http::Response> open(const Deps& deps, const Context& context,
                                 const http::Request& request) {
  auto entry = deps.catalog.current()->by_id(context.environment);
  auto form = request.method == http::Method::post ? http::read_form_body(request)
                                                   : http::read_query(request);
  if (!form.ok() || form.value().first_duplicate().has_value()) {
    return login::trouble_page(
        deps.pages, context, entry->environment,
        Error(ErrorCode::invalid_argument, "The sign-out request cannot be read."));
  }
  Act act{deps, context, request, std::move(entry), std::move(form).value()};
  act.hint = read_hint(act);
  // A client_id beside a hint must be the one that the hint was issued to.
  const std::string client_id = act.field("client_id");
  if (act.hint.has_value() && !client_id.empty() && client_id != act.hint->client_id) {
    return login::trouble_page(
        deps.pages, context, act.environment(),
        Error(ErrorCode::invalid_argument, "client_id is not that of the id_token_hint."));
  }
  auto live = read_live(act);
  if (!live.ok()) {
    return login::trouble_page(deps.pages, context, act.environment(), live.error());
  }
  act.live = std::move(live).value();
  return act;
}

}  // namespace

http::Response EndSessionEndpoint::logout(const Context& context,
                                          const http::Request& request) const {
  const auto opened = open(deps_, context, request);
  if (!opened.ok()) return opened.error();
  const Act& act = opened.value();
  if (act.hint.has_value() && act.hint->session.has_value()) {
    // The hint proves an application that this session was signed in to. Somebody else's session
    // in this browser is not ended by it.
    const bool is_theirs = !act.live.has_value() || act.live->user.id.text() == act.hint->subject;
    if (is_theirs) {
      return end_and_finish(act, act.live.has_value() ? act.live->session.id : *act.hint->session);
    }
  }
  if (!act.live.has_value()) return finished(act);
  return ask_back(act);
}

http::Response EndSessionEndpoint::confirm(const Context& context,
                                           const http::Request& request) const {
  const auto opened = open(deps_, context, request);
  if (!opened.ok()) return opened.error();
  const Act& act = opened.value();
  if (!act.live.has_value()) return finished(act);
  const auto browser = login::known_browser(request, act.environment());
  if (!browser.has_value() ||
      !login::form_token_matches(deps_.form_key, *browser, act.live->session.id.text(),
                                 act.field("csrf"))) {
    return ask_back(act);
  }
  return end_and_finish(act, act.live->session.id);
}

}  // namespace gatehouse::oidc
