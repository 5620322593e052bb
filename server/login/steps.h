// The requests of a sign-in. Each handler is one straight line: open the visit, see that the step
// is due, act in one transaction, answer with the next page.

#pragma once

#include "server/http/route.h"
#include "server/login/deps.h"

namespace gatehouse::login {

class Steps {
 public:
  explicit Steps(const Deps& deps) : deps_(deps) {}

  // GET /login: the page of the current step.
  http::Response show(const Context& context, const http::Request& request) const;
  // GET /login/status: 204 while the person is still proving themselves, else {"go": path}.
  http::Response status(const Context& context, const http::Request& request) const;

  // POST /login/email and /login/sign-up/email: an address was typed; send the mail.
  http::Response email(const Context& context, const http::Request& request) const;
  http::Response sign_up_email(const Context& context, const http::Request& request) const;
  // POST /login/connection: a button was pressed: on to that provider, or, without one, back to the
  // first page.
  http::Response connection(const Context& context, const http::Request& request) const;
  // POST /login/resend: the mail did not come.
  http::Response resend(const Context& context, const http::Request& request) const;
  // GET /login/change: shows the first page again; nothing is forgotten until another address is
  // posted.
  http::Response change(const Context& context, const http::Request& request) const;

  // POST /login/code
  http::Response code(const Context& context, const http::Request& request) const;
  // GET /login/link: a button, in the browser that asked; elsewhere, what to do instead.
  http::Response link(const Context& context, const http::Request& request) const;
  // POST /login/link: the button.
  http::Response use_link(const Context& context, const http::Request& request) const;

  // POST /login/sign-up: names of the organization and the person.
  http::Response sign_up(const Context& context, const http::Request& request) const;
  // POST /login/organization: one of them was chosen.
  http::Response organization(const Context& context, const http::Request& request) const;

 private:
  const Deps& deps_;
};

}  // namespace gatehouse::login
