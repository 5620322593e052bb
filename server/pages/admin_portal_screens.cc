#include "server/pages/admin_portal_screens.h"

#include "server/pages/brand.h"
#include "server/pages/time_text.h"

namespace gatehouse::pages {

Screen screen(const PortalEntry& page) {
  View view;
  view.text("action", page.action).text("organization", page.organization);
  view.text("session_hours", std::to_string(page.session_hours));
  return {.name = "portal_entry", .view = std::move(view)};
}

Screen screen(const PortalOver& page) {
  View view;
  if (page.kind == PortalOver::Kind::problem) view.show("problem");
  view.text("heading", page.heading).text("sentence", page.sentence).text("advice", page.advice);
  if (is_safe_link(page.portal_url)) {
    view.text("portal_url", page.portal_url).text("organization", page.organization);
  }
  return {.name = "portal_over", .view = std::move(view)};
}

Screen screen(const PortalHome& page) {
  View view;
  view.text("organization", page.organization).text("organization_id", page.organization_id);
  view.text("leave_action", page.leave_action);
  add_time(view, "ends", page.ends_at);
  std::vector<View> features;
  for (const PortalHome::Feature& feature : page.features) {
    View item;
    item.text("title", feature.title).text("description", feature.description);
    if (feature.state == PortalHome::Feature::State::on) item.show("on");
    features.push_back(std::move(item));
  }
  view.list("features", std::move(features));
  return {.name = "portal_home", .view = std::move(view)};
}

}  // namespace gatehouse::pages
