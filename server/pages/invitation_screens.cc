#include "server/pages/invitation_screens.h"

#include "server/pages/brand.h"

namespace gatehouse::pages {

Screen screen(const Invitation& page) {
  View view;
  view.text("action", page.action).text("token", page.token).text("email", page.email);
  view.text("organization", page.organization).text_if_any("inviter", page.inviter);
  view.text_if_any("signed_in_as", page.signed_in_as);
  if (is_safe_link(page.stay_url)) view.text("stay_url", page.stay_url);
  return {.name = "invitation", .view = std::move(view)};
}

Screen screen(const InvitationOver& page) {
  View view;
  view.show("problem");
  view.text("heading", page.heading).text("sentence", page.sentence).text("advice", page.advice);
  if (is_safe_link(page.continue_url)) view.text("continue_url", page.continue_url);
  return {.name = "invitation_over", .view = std::move(view)};
}

}  // namespace gatehouse::pages
