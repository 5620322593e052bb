#include "server/portal/account.h"

#include "server/http/form_body.h"
#include "server/http/redirect.h"
#include "server/login/brand.h"
#include "server/login/pages.h"
#include "server/login/session_cookie.h"
#include "server/login/start.h"
#include "server/portal/device.h"

namespace gatehouse::portal {
namespace {

using sessions::LiveSession;
using sessions::Session;
using storage::Transaction;

struct Act {
  const Deps& deps;
  const Context& context;
  const http::Request& request;
  std::shared_ptr<const applications::CatalogEntry> entry;
  LiveSession live;
  login::Browser browser;

  [[nodiscard]] const environments::Environment& environment() const { return entry->environment; }
  [[nodiscard]] std::string csrf() const {
    return login::form_token(deps.form_key, browser, live.session.id.text());
  }
};

http::Response trouble(const Deps& deps, const Context& context,
                       const applications::CatalogEntry& entry, const Error& error) {
  return login::trouble_page(deps.pages, context, entry.environment, error);
}

http::Response send_to_sign_in(const Deps& deps, const Context& context,
                               const http::Request& request,
                               const environments::Environment& environment) {
  auto response = login::start_sign_in({deps.database, deps.random}, context, request, environment,
                                       {.application = std::nullopt,
                                        .browser_hash = {},
                                        .purpose = login::Purpose::account,
                                        .options = {},
                                        .resume = {}});
  if (response.ok()) return std::move(response).value();
  return login::trouble_page(deps.pages, context, environment, response.error());
}

// The person who is signed in here; or the way to sign in.
Result<Act, http::Response> open(const Deps& deps, const Context& context,
                                 const http::Request& request) {
  auto entry = deps.catalog.current()->by_id(context.environment);
  const environments::Environment& environment = entry->environment;
  const auto cookie = login::read_session_cookie(request, environment);
  if (!cookie.has_value()) return send_to_sign_in(deps, context, request, environment);
  auto live = storage::read(deps.database, context, [&](Transaction& transaction) {
    return sessions::check_cookie(transaction, context.environment, cookie->reveal(), context.now);
  });
  if (!live.ok()) return trouble(deps, context, *entry, live.error());
  if (!live.value().has_value()) return send_to_sign_in(deps, context, request, environment);
  login::Browser browser = login::recognize_browser(request, environment, deps.random);
  return Act{
      deps, context, request, std::move(entry), std::move(*live.value()), std::move(browser)};
}

// A posted form of this page, or nullopt: then the page is simply shown again.
std::optional<Form> read_own_form(const Act& act) {
  auto form = http::read_form_body(act.request);
  if (!form.ok()) return std::nullopt;
  const auto shown = form.value().get("csrf").value_or(std::string_view());
  if (!login::form_token_matches(act.deps.form_key, act.browser, act.live.session.id.text(),
                                 shown)) {
    return std::nullopt;
  }
  return std::move(form).value();
}

pages::Account::Session describe(const Session& session, SessionId here) {
  using Place = pages::Account::Session::Place;
  return {.id = session.id.text(),
          .device = device_name(session.user_agent),
          .address = session.client_address,
          .signed_in_at = session.authenticated_at,
          .last_active_at = session.last_active_at,
          .place = session.id == here ? Place::here : Place::elsewhere};
}

Result<pages::Account, Error> load(Transaction& transaction, const Act& act) {
  const EnvironmentId environment = act.context.environment;
  const users::User& user = act.live.user;
  pages::Account page{.csrf = act.csrf(),
                      .name = user.name,
                      .email = user.email.text(),
                      .user_id = user.id.text(),
                      .memberships = {},
                      .sessions = {},
                      .sign_out_action = "/account/sessions/end",
                      .sign_out_rest_action = "/account/sessions/end-others",
                      .notice = {}};
  for (const auto& membership :
       TRY(orgs::list_memberships_of_user(transaction, environment, user.id))) {
    if (!membership.is_active()) continue;
    auto grants =
        TRY(rbac::load_grants(transaction, environment, membership.organization, user.id));
    page.memberships.push_back({membership.organization_name, std::move(grants.roles)});
  }
  const SessionId here = act.live.session.id;
  page.sessions.push_back(describe(act.live.session, here));
  for (const Session& session :
       TRY(sessions::list_live_of_user(transaction, environment, user.id, act.context.now))) {
    if (session.id != here) page.sessions.push_back(describe(session, here));
  }
  return page;
}

}  // namespace

http::Response AccountPages::show(const Context& context, const http::Request& request) const {
  const auto opened = open(deps_, context, request);
  if (!opened.ok()) return opened.error();
  const Act& act = opened.value();
  auto page = storage::read(deps_.database, context,
                            [&](Transaction& transaction) { return load(transaction, act); });
  if (!page.ok()) return trouble(deps_, context, *act.entry, page.error());
  pages::Account shown = std::move(page).value();
  const auto query = http::read_query(request);
  if (query.ok() && query.value().get("done") == "signed-out") {
    shown.notice = "Signed out there.";
  }
  http::Response response =
      deps_.pages.page(200, pages::screen(shown), login::brand_of(act.environment()));
  if (act.browser.seen == login::Browser::Seen::first_time) {
    login::set_browser_cookie(response, act.environment(), act.browser);
  }
  return response;
}

http::Response AccountPages::end_session(const Context& context,
                                         const http::Request& request) const {
  const auto opened = open(deps_, context, request);
  if (!opened.ok()) return opened.error();
  const Act& act = opened.value();
  const auto form = read_own_form(act);
  const auto wanted = form.has_value()
                          ? SessionId::parse(form->get("session").value_or(std::string_view()))
                          : std::nullopt;
  if (!wanted.has_value()) return http::see_other("/account");

  Context by_user = context;
  by_user.actor = {ActorType::user, act.live.user.id.text()};
  const auto ended =
      storage::write(deps_.database, by_user, [&](Transaction& transaction) -> Result<bool, Error> {
        // Only one's own: the list is what one may end.
        const auto own = TRY(sessions::list_live_of_user(transaction, context.environment,
                                                         act.live.user.id, context.now));
        const bool is_own =
            std::ranges::any_of(own, [&](const Session& session) { return session.id == *wanted; });
        if (!is_own) return false;
        return sessions::end(transaction, context.environment, by_user, deps_.random, *wanted,
                             sessions::EndReason::signed_out);
      });
  if (!ended.ok()) return trouble(deps_, context, *act.entry, ended.error());
  if (*wanted != act.live.session.id) return http::see_other("/account?done=signed-out");
  http::Response response = deps_.pages.page(200, pages::screen(pages::SignedOut{"/account", {}}),
                                             login::brand_of(act.environment()));
  login::clear_session_cookie(response, act.environment());
  return response;
}

http::Response AccountPages::end_other_sessions(const Context& context,
                                                const http::Request& request) const {
  const auto opened = open(deps_, context, request);
  if (!opened.ok()) return opened.error();
  const Act& act = opened.value();
  if (!read_own_form(act).has_value()) return http::see_other("/account");
  Context by_user = context;
  by_user.actor = {ActorType::user, act.live.user.id.text()};
  const auto ended = storage::write(deps_.database, by_user, [&](Transaction& transaction) {
    return sessions::end_all_of_user(transaction, context.environment, by_user, deps_.random,
                                     act.live.user.id, sessions::EndReason::signed_out,
                                     act.live.session.id);
  });
  if (!ended.ok()) return trouble(deps_, context, *act.entry, ended.error());
  return http::see_other("/account?done=signed-out");
}

}  // namespace gatehouse::portal
