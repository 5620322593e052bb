// gatehouse admin users …

#include "server/app/commands/lookup.h"
#include "server/members/member.h"
#include "server/rbac/role.h"
#include "server/sessions/session.h"

namespace gatehouse::app::commands {
namespace {

using storage::Transaction;
using users::User;

Json describe(const User& user) {
  const bool is_active = user.state == users::State::active;
  return Json(Json::Object{{"id", text_json(user.id.text())},
                           {"email", text_json(user.email.text())},
                           {"email_verified", Json(user.email_verified)},
                           {"name", text_json(user.name)},
                           {"given_name", text_json(user.given_name)},
                           {"family_name", text_json(user.family_name)},
                           {"external_id", optional_json(user.external_id)},
                           {"state", text_json(is_active ? "active" : "disabled")},
                           {"created_at", time_json(user.created_at)},
                           {"last_login_at", optional_time_json(user.last_login_at)}});
}

Result<Answer, Error> list(Act& act, const Values& values) {
  const int limit = TRY(parse_limit(values));
  std::optional<UserId> older_than;
  if (values.has("--before")) {
    older_than = TRY(parse_id<UserId>(values.text("--before"), "a user"));
  }
  const auto all = TRY(act.read([&](Transaction& transaction) {
    return users::list_users(transaction, act.environment().id, older_than, limit);
  }));
  Json::Array items;
  for (const User& user : all) items.push_back(describe(user));
  return Answer{.document = Json(std::move(items)),
                .columns = {{"email", "E-MAIL"},
                            {"name", "NAME"},
                            {"state", "STATE"},
                            {"last_login_at", "LAST SIGN-IN"},
                            {"id", "ID"}},
                .nothing =
                    "No user. People can sign up by themselves, or make one: gatehouse admin"
                    " users create --email ada@example.com"};
}

Result<Answer, Error> create(Act& act, const Values& values) {
  const auto email = users::Email::parse(values.text("--email"));
  if (!email.has_value()) {
    return Error(ErrorCode::invalid_argument,
                 "'" + values.text("--email") + "' is not an e-mail address that we accept");
  }
  const auto made = TRY(act.write([&](Transaction& transaction) {
    using Verified = users::NewUser::Verified;
    return users::create(transaction, act.environment().id, act.context, act.random,
                         {.email = *email,
                          .email_verified = values.has("--verified") ? Verified::yes : Verified::no,
                          .given_name = values.text("--given-name"),
                          .family_name = values.text("--family-name"),
                          .external_id = values.optional("--external-id")});
  }));
  return Answer{.document = describe(made),
                .sentence = "User " + made.email.text() + " is there: " + made.id.text()};
}

Result<Json, Error> describe_memberships(Transaction& transaction, const User& user) {
  Json::Array described;
  const auto all = TRY(orgs::list_memberships_of_user(transaction, user.environment, user.id));
  for (const orgs::Membership& membership : all) {
    const auto grants =
        TRY(rbac::load_grants(transaction, user.environment, membership.organization, user.id));
    described.push_back(
        Json(Json::Object{{"organization", text_json(membership.organization.text())},
                          {"name", text_json(membership.organization_name)},
                          {"status", text_json(orgs::membership_status_name(membership.status))},
                          {"roles", texts_json(grants.roles)}}));
  }
  return Json(std::move(described));
}

Result<Answer, Error> show(Act& act, const Values& values) {
  auto document = TRY(act.read([&](Transaction& transaction) -> Result<Json, Error> {
    const User found = TRY(find_user(transaction, act.environment().id, values.text("user")));
    Json::Object described = *describe(found).object();
    Json memberships = TRY(describe_memberships(transaction, found));
    described.push_back({"memberships", std::move(memberships)});
    return Json(std::move(described));
  }));
  return Answer{.document = std::move(document), .details = Answer::Details::shown};
}

// Disabled and signed out are one step: nobody is disabled and still inside.
Result<Answer, Error> disable(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  std::int64_t ended = 0;
  const auto changed = TRY(act.write([&](Transaction& transaction) -> Result<User, Error> {
    const User found = TRY(find_user(transaction, environment, values.text("user")));
    TRY(users::set_state(transaction, environment, act.context, act.random, found.id,
                         users::State::disabled));
    ended = TRY(sessions::end_all_of_user(transaction, environment, act.context, act.random,
                                          found.id, sessions::EndReason::user_disabled));
    return find_user(transaction, environment, values.text("user"));
  }));
  Json::Object document = *describe(changed).object();
  document.push_back({"sessions_ended", Json(ended)});
  return Answer{.document = Json(std::move(document)),
                .sentence = changed.email.text() +
                            " is disabled; sessions ended: " + std::to_string(ended) + "."};
}

Result<Answer, Error> enable(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  const auto changed = TRY(act.write([&](Transaction& transaction) -> Result<User, Error> {
    const User found = TRY(find_user(transaction, environment, values.text("user")));
    TRY(users::set_state(transaction, environment, act.context, act.random, found.id,
                         users::State::active));
    return find_user(transaction, environment, values.text("user"));
  }));
  return Answer{.document = describe(changed),
                .sentence = changed.email.text() + " may sign in again."};
}

Result<Answer, Error> remove(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  const auto gone = TRY(act.write([&](Transaction& transaction) -> Result<User, Error> {
    User found = TRY(find_user(transaction, environment, values.text("user")));
    TRY(members::delete_user(transaction, environment, act.context, act.random, found.id));
    return found;
  }));
  return Answer{.document = describe(gone), .sentence = "Deleted " + gone.email.text() + "."};
}

}  // namespace

std::vector<Verb> user_verbs() {
  const Argument user = operand("user", "Id or e-mail address");
  return {
      {"users",
       "list",
       "List users, newest first",
       {limit_option(), option("--before", "Only those older than this id, for the next page")},
       list},
      {"users",
       "create",
       "Make a user",
       {required_option("--email", "Where codes and links are sent"),
        option("--given-name", "First name"), option("--family-name", "Last name"),
        option("--external-id", "Your own id of them"),
        flag("--verified", "The address is known to be theirs")},
       create},
      {"users", "show", "Show a user with their organizations and roles", {user}, show},
      {"users",
       "disable",
       "Refuse sign-ins and end all sessions",
       {user},
       disable,
       "This signs the user out everywhere and refuses them from now on."},
      {"users", "enable", "Allow sign-ins again", {user}, enable},
      {"users",
       "delete",
       "Delete a user",
       {user},
       remove,
       "This signs the user out everywhere and deletes them with their memberships."},
  };
}

}  // namespace gatehouse::app::commands
