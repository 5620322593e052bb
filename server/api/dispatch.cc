#include "server/api/dispatch.h"

#include <chrono>

#include "server/api/caller.h"
#include "server/core/story.h"

namespace gatehouse::api {
namespace {

Actor actor_of(const Caller& caller) {
  switch (caller.kind) {
    case Caller::Kind::client: return {ActorType::client, caller.client_id};
    case Caller::Kind::session: return {ActorType::user, caller.user->text()};
    case Caller::Kind::anonymous: break;
  }
  return {};
}

std::string summary(const std::vector<FieldViolation>& violations) {
  std::string text = violations.front().field + " " + violations.front().description;
  if (violations.size() > 1) {
    text += " (and " + std::to_string(violations.size() - 1) + " more)";
  }
  return text;
}

}  // namespace

Dispatcher::Dispatcher(const Deps& deps, const Methods& methods) : deps_(deps), methods_(methods) {
  for (const Method* method : methods.all()) {
    if (!method->invoke) continue;
    const auto* type = method->request->GetDescriptor();
    validators_.try_emplace(type, *type);
  }
}

Result<Admitted, Failure> Dispatcher::admit(const Context& context, const http::Request& request,
                                            const Method& method,
                                            std::optional<Duration> timeout) const {
  auto entry = deps_.catalog.current()->by_id(context.environment);
  ENSURE(entry != nullptr);
  Context here = context;
  Caller caller;
  if (!is_open(method)) {
    auto found = authenticate(deps_, context, *entry, request);
    if (!found.ok()) return Failure(found.error());
    caller = std::move(found).value();
    here.actor = actor_of(caller);
    const auto allowed = authorize(caller, method);
    if (!allowed.ok()) {
      deps_.refusals.note(here, {.event = audit::Event::api_call_refused,
                                 .subject_type = "method",
                                 .subject_id = method.descriptor->full_name(),
                                 .client_id = caller.client_id,
                                 .detail = "permission_denied"});
      return Failure(allowed.error());
    }
  }
  if (!method.invoke) {
    return Failure(Status::unimplemented, method.descriptor->full_name() + " is not implemented");
  }
  if (timeout.has_value()) {
    if (*timeout <= Duration::zero()) {
      return Failure(Error(ErrorCode::deadline_exceeded, "no time was given"));
    }
    here.deadline = std::min(here.deadline, std::chrono::steady_clock::now() + *timeout);
  }
  return Admitted(std::move(here), std::move(caller), method, std::move(entry));
}

Result<Unit, Failure> Dispatcher::execute(const Admitted& admitted, const Message& request,
                                          Message& response) const {
  const auto validator = validators_.find(request.GetDescriptor());
  ENSURE(validator != validators_.end());
  auto violations = validator->second.check(request);
  if (!violations.empty()) {
    std::string text = summary(violations);
    return Failure(Status::invalid_argument, std::move(text), std::move(violations));
  }
  const Call call{.context = admitted.context_,
                  .deps = deps_,
                  .caller = admitted.caller_,
                  .entry = *admitted.entry_};
  const auto done = admitted.method_.invoke(call, request, response);
  if (!done.ok()) {
    tell(admitted.context_, "refused", done.error().detail);
    return Failure(done.error());
  }
  return Unit{};
}

}  // namespace gatehouse::api
