// The screens of the identity provider simulator, which development servers have. See screens.h.

#pragma once

#include <string>
#include <vector>

#include "server/pages/layout.h"
#include "server/pages/screens.h"

namespace gatehouse::pages {

// The simulated providers, one for each connection that signs in there.
struct Simulator {
  struct Fact {
    std::string name;
    std::string value;
  };
  struct Provider {
    std::string title;         // "Okta"
    std::string protocol;      // "SAML"
    std::string organization;  // whose people sign in there; empty: those of the environment
    std::string connection_id;
    enum class State { enabled, disabled } state;
    std::vector<std::string> domains = {};
    std::string tile_url = {};         // the app tile; empty where there is none
    std::string sign_out_action = {};  // empty: nobody is signed in there
    std::vector<Fact> facts = {};
    std::vector<std::string> sends = {};
  };
  struct Profile {
    std::string value;
    std::string title;
  };
  std::vector<Provider> providers;
  std::vector<Profile> profiles;  // that a provider may have
  // Posts `connection` and `profile`.
  std::string change_action;
  std::string notice = {};  // what just happened; may be empty
};
[[nodiscard]] Screen screen(const Simulator& page);

// The provider's own page: who comes back, and how it ends. Posts the fields of TypedPerson,
// `outcome`, and what it came with.
struct SimulatedSignIn {
  struct Outcome {
    std::string value;
    std::string title;
    std::string text;
    enum class Choice { chosen, other } choice = Choice::other;
  };
  struct Known {
    std::string email;
    std::string name;
  };
  enum class Problem { none, email_missing, email_malformed, more_malformed };
  std::string action;
  std::vector<HiddenField> fields;  // carried along
  std::string provider;             // "Okta"
  std::string application;          // who asks
  std::string email = {};
  std::string given_name = {};
  std::string family_name = {};
  std::string groups = {};
  std::string more = {};
  Problem problem = Problem::none;
  std::vector<Known> people;
  std::vector<Outcome> outcomes;
  std::vector<Simulator::Fact> asked = {};  // what the request said
  std::vector<std::string> sends = {};      // what this provider does
  std::string all_url;                      // of the other providers
};
[[nodiscard]] Screen screen(const SimulatedSignIn& page);

// The way back from a simulated provider: goes by itself, at once or after a while, and by a
// button. ENSUREs that the target is an http or https URL.
struct SimulatedAnswer {
  std::string provider;
  std::string target;
  std::vector<HiddenField> fields;
  int wait_seconds = 0;
};
[[nodiscard]] Screen screen(const SimulatedAnswer& page);

// What a simulated provider says to those who come with something it does not understand, or who
// have signed out there.
struct SimulatorNotice {
  std::string heading;
  std::string sentence;
  std::string advice;
  enum class Kind { problem, farewell } kind = Kind::problem;
  std::string all_url;
};
[[nodiscard]] Screen screen(const SimulatorNotice& page);

}  // namespace gatehouse::pages
