// gatehouse admin secrets …

#include "server/app/commands/lookup.h"
#include "server/app/commands/secret_notice.h"

namespace gatehouse::app::commands {
namespace {

using applications::Application;
using applications::SecretRecord;
using storage::Transaction;

Json describe_secret(const SecretRecord& secret) {
  const bool is_active = secret.state == SecretRecord::State::active;
  return Json(Json::Object{{"id", text_json(secret.id.text())},
                           {"state", text_json(is_active ? "active" : "inactive")},
                           {"ends_with", text_json(secret.suffix)},
                           {"created_at", time_json(secret.created_at)},
                           {"expires_at", optional_time_json(secret.expires_at)},
                           {"last_used_at", optional_time_json(secret.last_used_at)}});
}

Result<Answer, Error> list(Act& act, const Values& values) {
  const auto found = TRY(act.read([&](Transaction& transaction) {
    return find_application(transaction, act.environment().id, values.text("client_id"));
  }));
  Json::Array items;
  for (const SecretRecord& secret : found.secrets) items.push_back(describe_secret(secret));
  return Answer{
      .document = Json(std::move(items)),
      .columns = {{"id", "ID"},
                  {"state", "STATE"},
                  {"ends_with", "ENDS WITH"},
                  {"created_at", "CREATED"},
                  {"expires_at", "EXPIRES"},
                  {"last_used_at", "LAST USED"}},
      .nothing = found.is_confidential()
                     ? "No secret yet. Make one: gatehouse admin secrets create " + found.client_id
                     : "A public client has no secrets."};
}

Result<Answer, Error> create(Act& act, const Values& values) {
  const auto& environment = act.environment();
  const auto issued =
      TRY(act.write([&](Transaction& transaction) -> Result<applications::IssuedSecret, Error> {
        const Application found =
            TRY(find_application(transaction, environment.id, values.text("client_id")));
        return applications::add_secret(transaction, environment, act.context, act.random,
                                        found.id);
      }));
  Json::Object document = *describe_secret(issued.record).object();
  document.push_back({"client_id", text_json(values.text("client_id"))});
  document.push_back({"client_secret", text_json(issued.plain.reveal())});
  return Answer{.document = Json(std::move(document)),
                .sentence = secret_notice(values.text("client_id"), issued.plain)};
}

using Change = Result<Unit, Error> (*)(Transaction&, EnvironmentId, const Context&, Random&,
                                       ApplicationId, ClientSecretId);

Result<Answer, Error> change(Act& act, const Values& values, Change how, std::string_view done) {
  const EnvironmentId environment = act.environment().id;
  const auto id = TRY(parse_id<ClientSecretId>(values.text("secret_id"), "a secret"));
  TRY(act.write([&](Transaction& transaction) -> Result<Unit, Error> {
    const Application found =
        TRY(find_application(transaction, environment, values.text("client_id")));
    return how(transaction, environment, act.context, act.random, found.id, id);
  }));
  return Answer{
      .document = Json(Json::Object{{"id", text_json(id.text())}, {"done", text_json(done)}}),
      .sentence = "Secret " + id.text() + " is " + std::string(done) + "."};
}

Result<Answer, Error> activate(Act& act, const Values& values) {
  return change(act, values, applications::activate_secret, "activated");
}

Result<Answer, Error> deactivate(Act& act, const Values& values) {
  return change(act, values, applications::deactivate_secret, "deactivated");
}

Result<Answer, Error> remove(Act& act, const Values& values) {
  return change(act, values, applications::delete_secret, "deleted");
}

}  // namespace

std::vector<Verb> secret_verbs() {
  const Argument client_id = operand("client_id", "The application's client id");
  const std::vector<Argument> both = {client_id, operand("secret_id", "The secret's id: sks_…")};
  const std::string warning = "Whoever still uses this secret will be refused.";
  return {
      {"secrets", "list", "List an application's secrets", {client_id}, list},
      {"secrets",
       "create",
       "Make a secret and show it once; two can be active",
       {client_id},
       create},
      {"secrets", "activate", "Let an inactive secret work again", both, activate},
      {"secrets", "deactivate", "Let a secret work no longer", both, deactivate, warning},
      {"secrets", "delete", "Delete a secret", both, remove, warning},
  };
}

}  // namespace gatehouse::app::commands
