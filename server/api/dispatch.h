// Dispatch: the one way from a request, whatever its framing, to a handler.
//
//   admit     who calls, may they, until when          before any of the body is decoded
//   execute   is the message valid; the handler; what it answers
//
// A framing (grpc.h, connect.h, rest.h) decodes between the two and encodes after them.

#pragma once

#include <google/protobuf/arena.h>

#include <optional>
#include <unordered_map>

#include "server/api/call.h"
#include "server/api/methods.h"
#include "server/api/status.h"
#include "server/api/validate.h"

namespace gatehouse::api {

// A call that may go on. Only Dispatcher::admit makes one.
class Admitted {
 public:
  [[nodiscard]] const Context& context() const { return context_; }
  [[nodiscard]] const Method& method() const { return method_; }

 private:
  friend class Dispatcher;
  Admitted(Context context, Caller caller, const Method& method,
           std::shared_ptr<const applications::CatalogEntry> entry)
      : context_(std::move(context)),
        caller_(std::move(caller)),
        method_(method),
        entry_(std::move(entry)) {}

  Context context_;
  Caller caller_;
  const Method& method_;
  std::shared_ptr<const applications::CatalogEntry> entry_;
};

class Dispatcher {
 public:
  Dispatcher(const Deps& deps, const Methods& methods);

  [[nodiscard]] const Methods& methods() const { return methods_; }

  // `timeout` is what the caller is willing to wait, if they say. Refusals go to the audit log.
  // Failures: unauthenticated, permission_denied, unimplemented, deadline_exceeded.
  Result<Admitted, Failure> admit(const Context& context, const http::Request& request,
                                  const Method& method, std::optional<Duration> timeout) const;

  // Failures: invalid_argument, with every field that is wrong; those of the handler.
  Result<Unit, Failure> execute(const Admitted& admitted, const Message& request,
                                Message& response) const;

 private:
  const Deps& deps_;
  const Methods& methods_;
  std::unordered_map<const google::protobuf::Descriptor*, Validator> validators_;
};

}  // namespace gatehouse::api
