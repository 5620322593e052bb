// The admin portal: an organization's own administrator comes in by a link, without an account.
//
//   GET  /magicLink/{token}   a page with a button; changes nothing, however often it is fetched
//   POST /magicLink/{token}   opens the link, once, and makes this browser's portal session
//   GET  /portal              the organization, its features, and until when the portal is open
//   POST /portal/leave        ends the portal session, and the link with it

#pragma once

#include "server/audit/record.h"
#include "server/portal/account.h"

namespace gatehouse::portal {

class AdminPortal {
 public:
  AdminPortal(const Deps& deps, audit::RefusalLog& refusals) : deps_(deps), refusals_(refusals) {}

  http::Response show_link(const Context& context, const http::Request& request,
                           std::string_view token) const;
  http::Response open_link(const Context& context, const http::Request& request,
                           std::string_view token) const;
  http::Response show(const Context& context, const http::Request& request) const;
  http::Response leave(const Context& context, const http::Request& request) const;

 private:
  const Deps& deps_;
  audit::RefusalLog& refusals_;
};

}  // namespace gatehouse::portal
