// The screens of signing in elsewhere: the buttons of social providers, which stand on the pages
// that ask for an address, and the page before an organization's own sign-in. See screens.h.

#pragma once

#include <string>
#include <vector>

#include "server/pages/layout.h"

namespace gatehouse::pages {

// The small drawing on a provider's button: our own, no provider's.
enum class ProviderMark { google, microsoft, github, gitlab, linkedin, salesforce, other };

enum class LastUse { other, last_used };

// Buttons of one form, each posting its `connection`; there may be none.
struct ConnectionButtons {
  struct Entry {
    std::string id;
    std::string title;  // "Continue with Google"
    ProviderMark mark = ProviderMark::other;
    LastUse use = LastUse::other;
  };
  std::string action = {};
  std::vector<Entry> entries = {};  // in the order shown
};
void add_buttons(View& view, const ConnectionButtons& buttons);

// An identity provider is to be asked who somebody is.
struct SingleSignOn {
  std::string start_url;
  std::string organization = {};  // whose sign-in it is; empty: anybody's
  std::string provider = {};      // "Okta"; empty: has no name of its own
  std::string email = {};         // who wants to sign in; may be empty
  std::string other_url = {};     // another address or way; may be empty
};
[[nodiscard]] Screen screen(const SingleSignOn& page);

}  // namespace gatehouse::pages
