// next_step: the whole sign-in as one pure function. Every page and every form asks it what the
// flow needs now; a form whose step is not the answer is not acted upon.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "server/login/flow.h"
#include "server/login/route.h"
#include "server/orgs/organization.h"

namespace gatehouse::login {

enum class Step {
  identify,             // which address
  single_sign_on,       // the identity provider is to be asked
  prove_email,          // the code or the link
  name_organization,    // somebody new: organization and own name
  choose_organization,  // several, or asked to choose, or only invited to one
  finish,               // nothing is missing: make the session
  done,                 // a session was made
  expired,              // too old: start again
  too_many_tries,       // five wrong codes: start again
  refused_disabled,     // the user may not sign in
  refused_no_access,    // belongs to no organization, and may not create one
  refused_not_member,   // the application asked for an organization that is not theirs
};
[[nodiscard]] std::string_view step_name(Step step);

// What is known about the person, loaded once an address is proven; empty before.
struct Facts {
  std::optional<users::User> user;
  std::vector<orgs::Membership> memberships;       // active ones, last used first
  std::vector<orgs::Membership> invitations = {};  // pending ones that may be accepted now
  // Role names by organization: only where a page is to show them, no decision asks for them.
  std::map<OrgId, std::vector<std::string>> roles = {};
  // For the first page: the environment's own connections.
  std::vector<SocialConnection> social = {};
  // For the page before an identity provider: whose it is and what it is called.
  struct Provider {
    std::string organization = {};  // empty: the environment's own
    std::string title = {};         // "Okta"
  } provider = {};
};

struct Decision {
  Step step;
  std::optional<OrgId> organization = std::nullopt;  // with Step::finish: the one to sign in to
  // With Step::choose_organization: who was only invited may as well make one of their own.
  bool may_create_organization = false;
};

[[nodiscard]] Decision next_step(const Flow& flow, const Facts& facts,
                                 const environments::Settings& settings, Instant now);

// The facts that next_step needs for this flow; all but the roles.
Result<Facts, Error> load_facts(storage::Transaction& transaction, EnvironmentId environment,
                                const Flow& flow, Instant now);
// What the page of that step shows besides: the buttons of the first one, the name of the provider.
Result<Unit, Error> load_for_page(storage::Transaction& transaction, EnvironmentId environment,
                                  const Flow& flow, Step step, Facts& facts);
// What the person is in each of their organizations.
Result<Unit, Error> load_roles(storage::Transaction& transaction, EnvironmentId environment,
                               Facts& facts);

}  // namespace gatehouse::login
