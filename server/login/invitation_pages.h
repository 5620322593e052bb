// The page behind the link of an invitation, and its button.

#pragma once

#include "server/http/route.h"
#include "server/login/deps.h"

namespace gatehouse::login {

class InvitationPages {
 public:
  explicit InvitationPages(const Deps& deps) : deps_(deps) {}

  // GET /invitation: who invites whom, and a button; or why there is nothing to accept. Changes
  // nothing, whoever looks.
  http::Response show(const Context& context, const http::Request& request) const;
  // POST /invitation: the button. The token is the proof; that the form is ours is the route's
  // guard to see. Signs in and goes on to the application.
  http::Response accept(const Context& context, const http::Request& request) const;

 private:
  const Deps& deps_;
};

}  // namespace gatehouse::login
