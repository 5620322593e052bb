#include "server/login/invitation_pages.h"

#include "server/http/form_body.h"
#include "server/http/redirect.h"
#include "server/login/invitation_link.h"
#include "server/login/pages.h"
#include "server/login/session_cookie.h"
#include "server/pages/day.h"
#include "server/pages/invitation_screens.h"

namespace gatehouse::login {
namespace {

using applications::CatalogEntry;
using storage::Transaction;
using Standing = InvitationStanding;

constexpr std::string_view account_path = "/account";

// Where members go: the application that the environment is born with, else their own page.
std::string way_on(const CatalogEntry& entry) {
  for (const auto& [client_id, application] : entry.by_client_id) {
    if (application.type == applications::Type::env && application.initiate_login_uri.has_value()) {
      return *application.initiate_login_uri;
    }
  }
  return std::string(account_path);
}

int status_of(Standing standing) {
  switch (standing) {
    case Standing::open: return 200;
    case Standing::unknown: return 404;
    case Standing::disabled: return 403;
    default: return 410;
  }
}

// "Ask ada@acme.test or another administrator of Acme …"
std::string who_to_ask(const InvitationSight& sight) {
  const std::string administrator = "administrator of " + sight.organization_name;
  const auto& inviter = sight.invitation->inviter_email;
  return inviter.has_value() ? "Ask " + *inviter + " or another " + administrator
                             : "Ask an " + administrator;
}

pages::InvitationOver words_of(const InvitationSight& sight) {
  const std::string& organization = sight.organization_name;
  switch (sight.standing) {
    case Standing::expired:
      return {.heading = "This invitation is over",
              .sentence = "It was open until " + pages::day_text(sight.invitation->expires_at) +
                          ", for joining " + organization + ".",
              .advice = who_to_ask(sight) + " to send it again."};
    case Standing::accepted:
      return {
          .heading = "You have joined already",
          .sentence = "This invitation to " + organization + " was accepted. Its link works once.",
          .advice = "Sign in with the address that the mail was sent to."};
    case Standing::replaced:
      return {.heading = "There is a newer mail",
              .sentence = "The invitation to " + organization +
                          " was sent again, and this link does not work any more.",
              .advice = "Open the link in the newest mail."};
    case Standing::withdrawn:
      return {.heading = "This invitation was taken back",
              .sentence = "It does not lead to " + organization + " any more.",
              .advice = "If that is a mistake, ask an administrator of " + organization + "."};
    case Standing::organization_gone:
      return {.heading = "This organization is gone",
              .sentence = "The organization you were invited to has been deleted since.",
              .advice = "There is nothing to join. Ask whoever invited you if you expected more."};
    case Standing::disabled:
      return {.heading = "Your account is switched off",
              .sentence = "An administrator has switched it off, so you cannot join.",
              .advice = who_to_ask(sight) + "."};
    case Standing::unknown:
      return {.heading = "We do not know this link",
              .sentence = "It may be cut short, mistyped, or very old.",
              .advice = "Open it from the mail again, or ask whoever invited you for a new one."};
    case Standing::open: break;
  }
  ensure_failed("words_of: the invitation is open");
}

struct Look {
  InvitationSight sight;
  std::optional<std::string> signed_in_as;  // the address of this browser's live session
};

Result<Look, Error> look(const Deps& deps, const Context& context, const http::Request& request,
                         const environments::Environment& environment, std::string_view token) {
  return storage::read(
      deps.database, context, [&](Transaction& transaction) -> Result<Look, Error> {
        Look found;
        found.sight = TRY(look_at_invitation(transaction, context.environment, token, context.now));
        const auto cookie = read_session_cookie(request, environment);
        if (!cookie.has_value()) return found;
        const auto live = TRY(sessions::check_cookie(transaction, context.environment,
                                                     cookie->reveal(), context.now));
        if (live.has_value()) found.signed_in_as = live->user.email.text();
        return found;
      });
}

http::Response open_page(const Deps& deps, const environments::Environment& environment,
                         const Look& look, std::string_view token) {
  pages::Invitation page{.action = "/invitation",
                         .token = std::string(token),
                         .email = look.sight.user->email.text(),
                         .organization = look.sight.organization_name,
                         .inviter = look.sight.invitation->inviter_email.value_or("")};
  if (look.signed_in_as.has_value() && *look.signed_in_as != page.email) {
    page.signed_in_as = *look.signed_in_as;
    page.stay_url = account_path;
  }
  return deps.pages.page(200, pages::screen(page), brand_of(environment));
}

// What the link leads to now.
http::Response link_page(const Deps& deps, const Context& context, const http::Request& request,
                         const CatalogEntry& entry, std::string_view token) {
  const environments::Environment& environment = entry.environment;
  const auto found = look(deps, context, request, environment, token);
  if (!found.ok()) return trouble_page(deps.pages, context, environment, found.error());
  const InvitationSight& sight = found.value().sight;
  if (sight.standing == Standing::open) {
    return open_page(deps, environment, found.value(), token);
  }
  pages::InvitationOver page = words_of(sight);
  if (sight.standing == Standing::accepted) page.continue_url = way_on(entry);
  return deps.pages.page(status_of(sight.standing), pages::screen(page), brand_of(environment));
}

std::string token_in(const Result<Form, Error>& form) {
  return std::string(form.ok() ? form.value().get("token").value_or(std::string_view())
                               : std::string_view());
}

}  // namespace

http::Response InvitationPages::show(const Context& context, const http::Request& request) const {
  const auto entry = deps_.catalog.current()->by_id(context.environment);
  return link_page(deps_, context, request, *entry, token_in(http::read_query(request)));
}

http::Response InvitationPages::accept(const Context& context, const http::Request& request) const {
  const auto entry = deps_.catalog.current()->by_id(context.environment);
  const environments::Environment& environment = entry->environment;
  const std::string token = token_in(http::read_form_body(request));
  const auto created = storage::write(deps_.database, context, [&](Transaction& transaction) {
    return accept_invitation(
        transaction,
        {.deps = deps_, .context = context, .request = request, .environment = environment}, token);
  });
  if (created.ok()) {
    http::Response response = http::see_other(way_on(*entry));
    set_session_cookie(response, environment, created.value().token,
                       created.value().session.expires_at - context.now);
    return response;
  }
  if (created.error().code != ErrorCode::failed_precondition) {
    return trouble_page(deps_.pages, context, environment, created.error());
  }
  deps_.refusals.note(context, {.event = audit::Event::invitation_refused,
                                .outcome = audit::Outcome::refused,
                                .detail = created.error().detail});
  return link_page(deps_, context, request, *entry, token);
}

}  // namespace gatehouse::login
