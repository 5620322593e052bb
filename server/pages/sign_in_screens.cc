#include "server/pages/sign_in_screens.h"

#include "server/core/ensure.h"
#include "server/pages/brand.h"

namespace gatehouse::pages {
namespace {

// The section of provider_mark.html that draws it.
std::string_view section_of(ProviderMark mark) {
  switch (mark) {
    case ProviderMark::google: return "mark_letter_g";
    case ProviderMark::microsoft: return "mark_squares";
    case ProviderMark::github: return "mark_branch";
    case ProviderMark::gitlab: return "mark_merge";
    case ProviderMark::linkedin: return "mark_people";
    case ProviderMark::salesforce: return "mark_cloud";
    case ProviderMark::other: return "mark_key";
  }
  ensure_failed("section_of: not a ProviderMark");
}

}  // namespace

void add_buttons(View& view, const ConnectionButtons& buttons) {
  if (buttons.entries.empty()) return;
  std::vector<View> entries;
  for (const ConnectionButtons::Entry& entry : buttons.entries) {
    View item;
    item.text("id", entry.id).text("title", entry.title).show(section_of(entry.mark));
    if (entry.use == LastUse::last_used) item.show("last_used");
    entries.push_back(std::move(item));
  }
  view.show("has_connections").text("connection_action", buttons.action);
  view.list("connections", std::move(entries));
}

Screen screen(const SingleSignOn& page) {
  View view;
  view.text("start_url", page.start_url);
  view.text_if_any("organization", page.organization).text_if_any("provider", page.provider);
  view.text_if_any("email", page.email);
  if (is_safe_link(page.other_url)) view.text("other_url", page.other_url);
  return {.name = "single_sign_on", .view = std::move(view)};
}

}  // namespace gatehouse::pages
