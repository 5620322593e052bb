// The two ends of a sign-in that goes by way of a provider, in the browser that began it.

#pragma once

#include "server/login/visit.h"
#include "server/sso/trouble.h"

namespace gatehouse::sso {

// A verified identity goes on to be a sign-in: the flow is moved on in one transaction with
// `take`, which has the identity or the reason why there is none.
using Take = std::function<Result<Result<login::OutsideIdentity, Failure>, Error>(
    storage::Transaction& transaction)>;
[[nodiscard]] http::Response go_on(const Deps& deps, login::Visit visit,
                                   const connections::Connection& connection,
                                   const CheckLog& checks, const Take& take);

// The visit that an answer belongs to; or the page that says that this browser did not ask for it,
// stored for the doctor. The connection may be null.
Result<login::Visit, http::Response> open_for_answer(const Deps& deps, const Context& context,
                                                     const http::Request& request, FlowId flow,
                                                     const connections::Connection* connection);

// The connection under that id, whoever's it is; nullopt if there is none.
Result<std::optional<connections::Connection>, Error> load_connection(const Deps& deps,
                                                                      const Context& context,
                                                                      std::string_view id);

}  // namespace gatehouse::sso
