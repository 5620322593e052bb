// AuthService: what an application's server says of a sign-in. The rest of the service are the
// calls of hosted sign-in pages, which are ours and do not go through this API.

#include "scalekit/v1/auth/auth.pb.h"
#include "server/api/convert.h"
#include "server/api/services/all.h"
#include "server/connections/connection.h"

namespace gatehouse::api {
namespace {

namespace pb = scalekit::v1::auth;
using storage::Transaction;

// A login request is a sign-in that waits at a login page of the application's own, behind a
// connection of the environment. Nothing may be said of any other sign-in: whoever could name one
// would choose who somebody else's browser is signed in as. No connection sends people to such a
// page (oidc/authorize_request.cc refuses connection_id), so none waits.
Result<pb::UpdateLoginUserDetailsResponse, Error> update_login_user_details(
    const Call& call, const pb::UpdateLoginUserDetailsRequest& request) {
  const auto id = TRY(parse_id<ConnectionId>(request.connection_id(), "connection_id"));
  TRY(call.read([&](Transaction& transaction) {
    return connections::get(transaction, call.environment(), std::nullopt, id);
  }));
  return not_found("login request");
}

}  // namespace

void add_auth_service(Methods& methods) {
  auto service = methods.service("scalekit.v1.auth.AuthService");
  service.read("UpdateLoginUserDetails", update_login_user_details);
}

}  // namespace gatehouse::api
