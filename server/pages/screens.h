// The screens: what each hosted page needs to be shown. A caller fills in a struct and hands
// `screen(…)` to Pages::page; which template that is and what its variables are called is known
// here only. Every text is plain: escaping is the template's work.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/core/id.h"
#include "server/core/time.h"
#include "server/pages/layout.h"
#include "server/pages/sign_in_screens.h"

namespace gatehouse::pages {

// The hidden fields `flow` and `csrf` that every form of a sign-in carries.
struct FormKey {
  std::string flow;
  std::string csrf;
};

enum class EmailProblem { none, missing, malformed };

// Asks for the address. Posts `email`.
struct SignIn {
  FormKey key;
  std::string action;            // where the form goes
  std::string email = {};        // as typed, or from login_hint; may be empty
  std::string sign_up_url = {};  // empty: signing up is off
  EmailProblem problem = EmailProblem::none;
  ConnectionButtons buttons = {};      // above the address
  LastUse email_use = LastUse::other;  // said only where there is something to choose from
};
[[nodiscard]] Screen screen(const SignIn& page);

// prompt=create: asks for the address of somebody new. Posts `email`.
struct SignUp {
  FormKey key;
  std::string action;
  std::string email;
  std::string sign_in_url;
  EmailProblem problem = EmailProblem::none;
  ConnectionButtons buttons = {};
};
[[nodiscard]] Screen screen(const SignUp& page);

enum class CodeProblem { none, missing, wrong, expired };
enum class MailNotice { none, sent_again, wait_before_resend };

// "Check your mail". One form posts `code`; one, without fields of its own, asks for a new mail.
struct CheckMail {
  FormKey key;
  std::string action;
  std::string resend_action;
  std::string change_url;  // back to the address
  std::string
      status_url;  // polled by the first tab; answers 204 (wait) or 200 {"go": url}; may be empty
  std::string email;  // the address the mail went to, as the person typed it
  int expires_in_minutes = 10;
  int tries_left = 5;  // shown with a wrong code
  int resend_wait_seconds = 30;
  CodeProblem problem = CodeProblem::none;
  MailNotice notice = MailNotice::none;
};
[[nodiscard]] Screen screen(const CheckMail& page);

// Where the link in a mail leads, in the browser that asked: a button that posts `token`.
struct LinkConfirm {
  FormKey key;
  std::string action;
  std::string token;
  std::string email;
};
[[nodiscard]] Screen screen(const LinkConfirm& page);

// The same link in another browser. It signs nobody in; the code works where signing in began.
struct LinkElsewhere {
  std::string code = {};  // shown when not empty
};
[[nodiscard]] Screen screen(const LinkElsewhere& page);

// Names for a new organization and, for a new person, of the person.
// Posts `organization_name`, `given_name`, `family_name`.
enum class AskFor { organization_and_person, organization };
struct SignUpDetails {
  FormKey key;
  std::string action;
  std::string email;
  AskFor ask_for = AskFor::organization_and_person;
  std::string organization_name = {};
  std::string given_name = {};
  std::string family_name = {};
  std::string organization_problem = {};  // a sentence beside the field; empty: nothing wrong
  std::string given_name_problem = {};
  std::string family_name_problem = {};
};
[[nodiscard]] Screen screen(const SignUpDetails& page);

// Buttons of one form, each posting its `organization` id.
struct ChooseOrganization {
  struct Entry {
    std::string id;
    std::string name;
    std::vector<std::string> roles;
    enum class Use { last_used, other, invited } use = Use::other;
  };
  FormKey key;
  std::string action;
  std::string email;
  std::vector<Entry> organizations;    // in the order shown
  std::string create_url = {};         // empty: creating one is not allowed
  std::string other_account_url = {};  // sign in as somebody else; may be empty
};
[[nodiscard]] Screen screen(const ChooseOrganization& page);

// The person's own page.
struct Account {
  struct Session {
    std::string id;
    std::string device;   // "Firefox on Linux"
    std::string address;  // as seen by us
    Instant signed_in_at;
    Instant last_active_at;
    enum class Place { here, elsewhere } place = Place::elsewhere;
  };
  struct Membership {
    std::string organization;
    std::vector<std::string> roles;
  };
  std::string csrf;
  std::string name = {};  // may be empty
  std::string email;
  std::string user_id;
  std::vector<Membership> memberships;
  std::vector<Session> sessions;     // this one first
  std::string sign_out_action;       // posts `session`
  std::string sign_out_rest_action;  // everywhere else
  std::string notice = {};           // what just happened; may be empty
};
[[nodiscard]] Screen screen(const Account& page);

struct SignedOut {
  std::string sign_in_url = {};     // may be empty
  std::string developer_hint = {};  // why we did not send the person back; development only
};
[[nodiscard]] Screen screen(const SignedOut& page);

// Asked when a sign-out request does not prove where it comes from. Posts back what it came with.
struct HiddenField {
  std::string name;
  std::string value;
};
struct ConfirmSignOut {
  std::string csrf;
  std::string action;
  std::string email = {};           // who is signed in; may be empty
  std::vector<HiddenField> fields;  // carried along
  std::string cancel_url = {};      // may be empty
};
[[nodiscard]] Screen screen(const ConfirmSignOut& page);

// response_mode=form_post [OAuth Form Post §2]: goes by itself where scripts run,
// by a button elsewhere. ENSUREs that the target is an http or https URL: it comes from a registry.
struct FormPost {
  std::string redirect_uri;
  std::vector<HiddenField> fields;
};
[[nodiscard]] Screen screen(const FormPost& page);

// An error page. Texts come from the caller's one table; what is developer-only is set in
// development environments alone.
struct Failure {
  struct Comparison {
    std::string name;  // "redirect_uri"
    std::string sent;
    std::vector<std::string> registered = {};  // may be empty
  };
  struct Developer {
    std::string cause;                     // one or two sentences
    std::optional<Comparison> comparison;  // the part that differs is marked
    std::string command = {};              // fixes it; may be empty
    std::vector<std::string> story = {};   // what the request did; may be empty
  };
  std::string heading;   // "This link goes nowhere we know"
  std::string sentence;  // what happened
  std::string advice;    // what to do next
  std::string code;      // the error's name: "redirect_uri_mismatch"
  std::string reference;
  Instant at;
  std::string back_url = {};   // to the application; may be empty
  std::string retry_url = {};  // may be empty
  std::optional<Developer> developer = {};
};
[[nodiscard]] Screen screen(const Failure& page);

// A link or code that is over: used, expired or replaced.
struct LinkExpired {
  std::string restart_url = {};  // may be empty
};
[[nodiscard]] Screen screen(const LinkExpired& page);

// A sign-in that took too long, or that this browser does not know.
struct FlowExpired {
  std::string restart_url = {};  // may be empty
};
[[nodiscard]] Screen screen(const FlowExpired& page);

// A sign-in that another tab of this browser has finished.
struct SignedInElsewhere {
  std::string continue_url = {};  // to the application; may be empty
};
[[nodiscard]] Screen screen(const SignedInElsewhere& page);

struct TooManyTries {
  int wait_minutes = 0;          // 0: a new sign-in may start at once
  std::string restart_url = {};  // may be empty
};
[[nodiscard]] Screen screen(const TooManyTries& page);

// The development mailbox.
struct DevMailbox {
  struct Entry {
    std::string url;
    std::string to;
    std::string subject;
    std::string code = {};  // may be empty
    Instant at;
  };
  std::string filter = {};     // the address looked for; may be empty
  std::string json_url;        // the same as JSON, absolute
  std::vector<Entry> letters;  // newest first
};
[[nodiscard]] Screen screen(const DevMailbox& page);

struct DevLetter {
  std::string mailbox_url;
  std::string to;
  std::string subject;
  std::string text;
  std::string code = {};      // may be empty
  std::string link = {};      // may be empty
  std::string html_url = {};  // shows the HTML part on a page of its own; may be empty
  Instant at;
};
[[nodiscard]] Screen screen(const DevLetter& page);

// GET / of a development server.
struct Home {
  std::string environment_url;
  std::string environment_name;
  std::string version;
  std::string client_id = {};      // may be empty
  std::string mailbox_url = {};    // may be empty
  std::string simulator_url = {};  // may be empty
  std::string account_url;
  std::string discovery_url;
};
[[nodiscard]] Screen screen(const Home& page);

}  // namespace gatehouse::pages
