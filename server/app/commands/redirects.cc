// gatehouse admin applications add-redirect, remove-redirect

#include <algorithm>

#include "server/app/commands/applications.h"
#include "server/app/commands/lookup.h"

namespace gatehouse::app::commands {
namespace {

using applications::Application;
using applications::RedirectKind;
using storage::Transaction;

RedirectKind kind_of(const Values& values) {
  const std::string& kind = values.text("--kind");
  if (kind == "post-logout") return RedirectKind::post_logout;
  if (kind == "back-channel-logout") return RedirectKind::back_channel_logout;
  return RedirectKind::callback;
}

Answer answer_of(const Application& application, std::string sentence) {
  return {.document = describe(application),
          .sentence = std::move(sentence) + " Running servers follow within a second."};
}

Result<Application, Error> load(Transaction& transaction, const Act& act, const Values& values) {
  return find_application(transaction, act.environment().id, values.text("client_id"));
}

Result<Answer, Error> add(Act& act, const Values& values) {
  const auto& environment = act.environment();
  const auto changed = TRY(act.write([&](Transaction& transaction) -> Result<Application, Error> {
    const Application found = TRY(load(transaction, act, values));
    TRY(applications::add_redirect(transaction, environment, act.context, act.random, found.id,
                                   kind_of(values), values.text("uri")));
    return load(transaction, act, values);
  }));
  return answer_of(changed, "Registered for " + changed.name + ".");
}

Result<Answer, Error> remove(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  const auto changed = TRY(act.write([&](Transaction& transaction) -> Result<Application, Error> {
    const Application found = TRY(load(transaction, act, values));
    const auto& registered = found.redirects(kind_of(values));
    const std::string& uri = values.text("uri");
    if (std::ranges::find(registered, uri) == registered.end()) {
      return Error(ErrorCode::not_found, found.name +
                                             " has no such URI of that kind; `applications"
                                             " show` lists what it has");
    }
    TRY(applications::remove_redirect(transaction, environment, act.context, act.random, found.id,
                                      kind_of(values), uri));
    return load(transaction, act, values);
  }));
  return answer_of(changed, "Removed from " + changed.name + ".");
}

}  // namespace

std::vector<Verb> redirect_verbs() {
  const std::vector<Argument> arguments = {
      operand("client_id", "The application's client id"), operand("uri", "The URI, exactly"),
      choice("--kind", "callback unless said", {"callback", "post-logout", "back-channel-logout"})};
  return {
      {"applications", "add-redirect", "Register a redirect URI", arguments, add},
      {"applications", "remove-redirect", "Take a redirect URI back", arguments, remove,
       "Sign-ins and sign-outs that name this URI will be refused."},
  };
}

}  // namespace gatehouse::app::commands
