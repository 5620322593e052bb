// The screens of the admin portal, where an organization's own administrators come in by a link.
// See screens.h.

#pragma once

#include <string>
#include <vector>

#include "server/core/time.h"
#include "server/pages/layout.h"

namespace gatehouse::pages {

// Where a portal link leads: a button that opens the portal. Posts nothing: the address is the key.
struct PortalEntry {
  std::string action;
  std::string organization;  // its name
  int session_hours = 6;
};
[[nodiscard]] Screen screen(const PortalEntry& page);

// A link that does not open, or a portal session that is over.
struct PortalOver {
  std::string heading;
  std::string sentence;                        // what happened
  std::string advice;                          // what to do next
  enum class Kind { problem, farewell } kind;  // whether something went wrong
  // Of a portal that this browser has open beside; both may be empty.
  std::string portal_url = {};
  std::string organization = {};
};
[[nodiscard]] Screen screen(const PortalOver& page);

// The portal's first page.
struct PortalHome {
  struct Feature {
    std::string title;
    std::string description;
    enum class State { on, off } state;
  };
  std::string organization;
  std::string organization_id;
  std::vector<Feature> features;
  Instant ends_at;
  std::string leave_action;
};
[[nodiscard]] Screen screen(const PortalHome& page);

}  // namespace gatehouse::pages
