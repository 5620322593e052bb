// The services that gRPC tools expect of every server: health and reflection. Both are open: what
// they tell is public.

#pragma once

#include <functional>
#include <vector>

#include "server/api/contract.h"
#include "server/http/route.h"

namespace gatehouse::api {

// Contract and `is_ready` outlive the routes.
[[nodiscard]] std::vector<http::Route> grpc_service_routes(const Contract& contract,
                                                           const std::function<bool()>& is_ready);

}  // namespace gatehouse::api
