// POST /dev/applications: how a project on this machine gets its application. `gatehouse init` asks
// for one by name; what is missing is made, and nothing is ever taken away.
//
//   {"name": "shop", "app_url": "http://localhost:4321", "type": "WEB_APP",
//    "callback_path": "/auth/callback", "initiate_login_path": "/auth/login",
//    "backchannel_logout_path": "/auth/backchannel-logout"}
//   {"environment_url": …, "client_id": …, "client_secret": …, "redirect_uri": …, "created": true}
//
// Whoever can start programs on this machine may ask, and no page in a browser: a request that a
// page has made, that names another host, or whose body a form could have sent is refused.
// Production servers have none of this.

#pragma once

#include "server/applications/catalog.h"
#include "server/crypto/master_key.h"
#include "server/http/route.h"
#include "server/storage/database.h"

namespace gatehouse::app::dev {

// All of the references outlive the routes.
struct ApplicationDesk {
  storage::Database& database;
  Random& random;
  const crypto::MasterKey& master_key;
  applications::Catalog& catalog;
};
[[nodiscard]] std::vector<http::Route> application_routes(const ApplicationDesk& desk);

}  // namespace gatehouse::app::dev
