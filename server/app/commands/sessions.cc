// gatehouse admin sessions …

#include "server/app/commands/lookup.h"
#include "server/sessions/session.h"

namespace gatehouse::app::commands {
namespace {

using sessions::EndReason;
using sessions::Session;
using storage::Transaction;

Json describe(const Session& session) {
  return Json(Json::Object{
      {"id", text_json(session.id.text())},
      {"user_id", text_json(session.user.text())},
      {"organization",
       session.organization.has_value() ? text_json(session.organization->text()) : Json()},
      {"method", text_json(sessions::method_name(session.method))},
      {"authenticated_at", time_json(session.authenticated_at)},
      {"last_active_at", time_json(session.last_active_at)},
      {"expires_at", time_json(session.expires_at)},
      {"client_address", text_json(session.client_address)},
      {"user_agent", text_json(session.user_agent)}});
}

Result<Answer, Error> list(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  const auto all =
      TRY(act.read([&](Transaction& transaction) -> Result<std::vector<Session>, Error> {
        const auto user = TRY(find_user(transaction, environment, values.text("user")));
        return sessions::list_live_of_user(transaction, environment, user.id, act.context.now);
      }));
  Json::Array items;
  for (const Session& session : all) items.push_back(describe(session));
  return Answer{.document = Json(std::move(items)),
                .columns = {{"id", "ID"},
                            {"authenticated_at", "SIGNED IN"},
                            {"last_active_at", "LAST ACTIVE"},
                            {"client_address", "FROM"},
                            {"user_agent", "WITH"}},
                .nothing = "Not signed in anywhere."};
}

Result<Answer, Error> end(Act& act, const Values& values) {
  const auto id = TRY(parse_id<SessionId>(values.text("session"), "a session"));
  const bool was_live = TRY(act.write([&](Transaction& transaction) {
    return sessions::end(transaction, act.environment().id, act.context, act.random, id,
                         EndReason::revoked);
  }));
  if (!was_live) {
    return Error(ErrorCode::not_found, "there is no live session " + id.text() +
                                           "; `sessions list USER` shows which there are");
  }
  return Answer{.document = Json(Json::Object{{"sessions_ended", Json(std::int64_t{1})}}),
                .sentence = "Session " + id.text() + " is over."};
}

Result<Answer, Error> end_all(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  const auto count = TRY(act.write([&](Transaction& transaction) -> Result<std::int64_t, Error> {
    const auto user = TRY(find_user(transaction, environment, values.text("user")));
    return sessions::end_all_of_user(transaction, environment, act.context, act.random, user.id,
                                     EndReason::revoked);
  }));
  return Answer{.document = Json(Json::Object{{"sessions_ended", Json(count)}}),
                .sentence = "Sessions ended: " + std::to_string(count) + "."};
}

}  // namespace

std::vector<Verb> session_verbs() {
  const Argument user = operand("user", "Id or e-mail address");
  return {
      {"sessions", "list", "List where a user is signed in", {user}, list},
      {"sessions",
       "end",
       "End one session",
       {operand("session", "The session's id: ses_…")},
       end,
       "This signs the browser out of all its applications."},
      {"sessions",
       "end-all",
       "End all sessions of a user",
       {user},
       end_all,
       "This signs the user out everywhere."},
  };
}

}  // namespace gatehouse::app::commands
