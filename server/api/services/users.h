// UserService: which user a request is about, and where its functions stand: reading in
// users_read.cc, people in users.cc, their memberships in user_memberships.cc.

#pragma once

#include "server/api/convert.h"
#include "server/api/methods.h"
#include "server/api/services/user_message.h"

namespace gatehouse::api {

// Of a request that has the user's id or external id. An id is not looked up: whoever acts on it
// finds out whether it is there.
template <class Request>
Result<UserId, Error> find_user_id(const Call& call, storage::Transaction& transaction,
                                   const Request& request) {
  switch (request.identities_case()) {
    case Request::kId: return parse_id<UserId>(request.id(), "id");
    case Request::kExternalId: {
      const auto found =
          TRY(users::find_by_external_id(transaction, call.environment(), request.external_id()));
      if (!found.has_value()) return not_found("user");
      return *found;
    }
    case Request::IDENTITIES_NOT_SET: break;
  }
  return refusal(ErrorCode::invalid_argument, "id or external_id must be given", "id");
}

// A field of the domain goes to the caller by its path in the request: a part of the profile is
// found in the profile, everything else directly under `parent`.
[[nodiscard]] Error within_user(std::string_view parent, Error error);

void add_user_reads(Methods::Service& service);
void add_user_memberships(Methods::Service& service);

}  // namespace gatehouse::api
