#include "server/portal/admin_portal.h"

#include "server/http/redirect.h"
#include "server/login/brand.h"
#include "server/login/pages.h"
#include "server/orgs/portal_link.h"
#include "server/pages/admin_portal_screens.h"
#include "server/portal/portal_cookie.h"

namespace gatehouse::portal {
namespace {

using environments::Environment;
using orgs::Feature;
using orgs::FoundPortalLink;
using pages::PortalHome;
using pages::PortalOver;
using storage::Transaction;

constexpr std::string_view portal_path = "/portal";
constexpr std::string_view leave_path = "/portal/leave";
constexpr std::string_view link_path = "/magicLink/";
constexpr std::size_t token_bytes_max = 128;

struct FeatureText {
  Feature feature;
  std::string_view title;
  std::string_view description;
};
constexpr std::array feature_texts{
    FeatureText{Feature::sso, "Single sign-on", "People sign in at your identity provider."},
    FeatureText{Feature::dir_sync, "Directory sync", "People and groups follow your directory."},
    FeatureText{Feature::domain_verification, "Domains", "You prove which mail domains are yours."},
    FeatureText{Feature::session_policy, "Session policy",
                "You decide how long people stay signed in."},
};

http::Response answer(const Deps& deps, const Environment& environment, int status,
                      const pages::Screen& screen) {
  return deps.pages.page(status, screen, login::brand_of(environment));
}

http::Response trouble(const Deps& deps, const Context& context, const Environment& environment,
                       const Error& error) {
  return login::trouble_page(deps.pages, context, environment, error);
}

// The portal that this browser has open, if its session lives.
Result<std::optional<FoundPortalLink>, Error> open_portal(Transaction& transaction,
                                                          const Context& context,
                                                          const http::Request& request,
                                                          const Environment& environment) {
  const auto cookie = read_portal_cookie(request, environment);
  if (!cookie.has_value()) return std::optional<FoundPortalLink>();
  return orgs::check_portal_session(transaction, context.environment, cookie->reveal(),
                                    context.now);
}

PortalOver link_over(const std::optional<FoundPortalLink>& beside) {
  PortalOver page{.heading = "This link is over",
                  .sentence =
                      "A portal link opens once, within a minute of being made. This one "
                      "was opened before, is too old, or was withdrawn.",
                  .advice = "Ask whoever gave it to you for a new one.",
                  .kind = PortalOver::Kind::problem};
  if (beside.has_value()) {
    page.portal_url = portal_path;
    page.organization = beside->organization.display_name;
  }
  return page;
}

PortalOver nothing_open() {
  return {
      .heading = "The portal is closed",
      .sentence = "No portal is open in this browser: the visit is over, or it began elsewhere.",
      .advice = "Ask whoever sent you here for a new link.",
      .kind = PortalOver::Kind::problem};
}

PortalHome describe(const FoundPortalLink& found) {
  PortalHome page{.organization = found.organization.display_name,
                  .organization_id = found.organization.id.text(),
                  .features = {},
                  .ends_at = *found.link.session_expires_at,
                  .leave_action = std::string(leave_path)};
  using State = PortalHome::Feature::State;
  for (const FeatureText& text : feature_texts) {
    const bool is_shown = found.link.features.empty() || found.link.features.has(text.feature);
    if (!is_shown) continue;
    page.features.push_back(
        {.title = std::string(text.title),
         .description = std::string(text.description),
         .state = found.organization.features.has(text.feature) ? State::on : State::off});
  }
  return page;
}

}  // namespace

http::Response AdminPortal::show_link(const Context& context, const http::Request& request,
                                      std::string_view token) const {
  const auto entry = deps_.catalog.current()->by_id(context.environment);
  const Environment& environment = entry->environment;
  struct Found {
    std::optional<FoundPortalLink> link;
    std::optional<FoundPortalLink> beside;
  };
  const auto found =
      storage::read(deps_.database, context, [&](Transaction& transaction) -> Result<Found, Error> {
        Found both;
        if (token.size() <= token_bytes_max) {
          both.link =
              TRY(orgs::find_portal_link(transaction, context.environment, token, context.now));
        }
        if (both.link.has_value()) return both;
        both.beside = TRY(open_portal(transaction, context, request, environment));
        return both;
      });
  if (!found.ok()) return trouble(deps_, context, environment, found.error());
  if (!found.value().link.has_value()) {
    return answer(deps_, environment, 410, pages::screen(link_over(found.value().beside)));
  }
  constexpr auto session_hours =
      std::chrono::duration_cast<hours>(orgs::portal_session_lifetime).count();
  return answer(deps_, environment, 200,
                pages::screen(pages::PortalEntry{
                    .action = std::string(link_path) + std::string(token),
                    .organization = found.value().link->organization.display_name,
                    .session_hours = static_cast<int>(session_hours)}));
}

http::Response AdminPortal::open_link(const Context& context, const http::Request& request,
                                      std::string_view token) const {
  const auto entry = deps_.catalog.current()->by_id(context.environment);
  const Environment& environment = entry->environment;
  struct Opened {
    std::optional<orgs::OpenedPortal> portal;
    std::optional<FoundPortalLink> beside;
  };
  const auto opened = storage::write(
      deps_.database, context, [&](Transaction& transaction) -> Result<Opened, Error> {
        Opened both;
        if (token.size() <= token_bytes_max) {
          both.portal = TRY(orgs::open_portal_link(transaction, context.environment, context,
                                                   deps_.random, token));
        }
        if (both.portal.has_value()) return both;
        both.beside = TRY(open_portal(transaction, context, request, environment));
        return both;
      });
  if (!opened.ok()) return trouble(deps_, context, environment, opened.error());
  if (!opened.value().portal.has_value()) {
    refusals_.note(context, {.event = audit::Event::portal_link_refused,
                             .subject_type = "portal_link",
                             .detail = "unknown, over or opened before"});
    return answer(deps_, environment, 410, pages::screen(link_over(opened.value().beside)));
  }
  const orgs::OpenedPortal& portal = *opened.value().portal;
  http::Response response = http::see_other(portal_path);
  set_portal_cookie(response, environment, portal.session_token, portal.expires_at - context.now);
  return response;
}

http::Response AdminPortal::show(const Context& context, const http::Request& request) const {
  const auto entry = deps_.catalog.current()->by_id(context.environment);
  const Environment& environment = entry->environment;
  const auto found = storage::read(deps_.database, context, [&](Transaction& transaction) {
    return open_portal(transaction, context, request, environment);
  });
  if (!found.ok()) return trouble(deps_, context, environment, found.error());
  if (!found.value().has_value()) {
    return answer(deps_, environment, 403, pages::screen(nothing_open()));
  }
  return answer(deps_, environment, 200, pages::screen(describe(*found.value())));
}

http::Response AdminPortal::leave(const Context& context, const http::Request& request) const {
  const auto entry = deps_.catalog.current()->by_id(context.environment);
  const Environment& environment = entry->environment;
  const auto left =
      storage::write(deps_.database, context, [&](Transaction& transaction) -> Result<Unit, Error> {
        const auto found = TRY(open_portal(transaction, context, request, environment));
        if (!found.has_value()) return Unit{};
        return orgs::delete_portal_link(transaction, context.environment, found->organization.id,
                                        context, deps_.random, found->link.id);
      });
  if (!left.ok()) return trouble(deps_, context, environment, left.error());
  http::Response response =
      answer(deps_, environment, 200,
             pages::screen(PortalOver{.heading = "You have left the portal",
                                      .sentence = "It is closed in this browser.",
                                      .advice = "To come back, ask for a new link.",
                                      .kind = PortalOver::Kind::farewell}));
  clear_portal_cookie(response, environment);
  return response;
}

}  // namespace gatehouse::portal
