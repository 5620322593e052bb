// The management API as routes: every method under its RPC path (gRPC, gRPC-Web, Connect) and under
// its REST paths, all of them from one table.

#pragma once

#include <memory>
#include <vector>

#include "server/api/contract.h"
#include "server/api/dispatch.h"
#include "server/http/route.h"

namespace gatehouse::api {

class Api {
 public:
  explicit Api(Deps deps);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  // This object outlives them.
  [[nodiscard]] std::vector<http::Route> routes() const;
  // Answers what no route takes, if it is a call by gRPC: UNIMPLEMENTED. nullopt otherwise.
  [[nodiscard]] std::optional<http::Response> unknown_call(const Context& context,
                                                           const http::Request& request) const;

  [[nodiscard]] const Contract& contract() const { return contract_; }
  [[nodiscard]] const Methods& methods() const { return methods_; }

 private:
  [[nodiscard]] http::Response call(const Context& context, const http::Request& request,
                                    const Method& method) const;

  Deps deps_;
  Contract contract_;
  Methods methods_;
  Dispatcher dispatcher_;
};

}  // namespace gatehouse::api
