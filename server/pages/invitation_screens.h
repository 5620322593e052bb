// The screens behind the link of an invitation. See screens.h.

#pragma once

#include <string>

#include "server/pages/layout.h"

namespace gatehouse::pages {

// Who invites whom to what, and the button that accepts. Posts `token`.
struct Invitation {
  std::string action;
  std::string token;
  std::string email;         // whom it is for
  std::string organization;  // its name
  std::string inviter = {};  // may be empty
  // Who is signed in with this browser, if that is somebody else; accepting signs them out.
  std::string signed_in_as = {};
  std::string stay_url = {};  // where they go who do not want that; shown beside signed_in_as
};
[[nodiscard]] Screen screen(const Invitation& page);

// An invitation that cannot be accepted: over, used, taken back, unknown.
struct InvitationOver {
  std::string heading;
  std::string sentence;           // what happened
  std::string advice;             // what to do next
  std::string continue_url = {};  // to the application; may be empty
};
[[nodiscard]] Screen screen(const InvitationOver& page);

}  // namespace gatehouse::pages
