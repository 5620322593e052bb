// gatehouse admin clients …: the machine clients of organizations.

#include "server/app/commands/lookup.h"
#include "server/app/commands/secret_notice.h"
#include "server/applications/machine_client.h"

namespace gatehouse::app::commands {
namespace {

using applications::IssuedMachineClient;
using applications::MachineClient;
using storage::Transaction;

Json describe(const MachineClient& client) {
  const auto lifetime = std::chrono::duration_cast<seconds>(client.token_lifetime);
  return Json(Json::Object{{"client_id", text_json(client.client_id())},
                           {"name", text_json(client.name)},
                           {"description", text_json(client.description)},
                           {"scopes", texts_json(client.scopes)},
                           {"audience", texts_json(client.audience)},
                           {"token_lifetime", Json(std::int64_t{lifetime.count()})},
                           {"secrets", Json(static_cast<std::int64_t>(client.secrets.size()))},
                           {"created_at", time_json(client.created_at)},
                           {"updated_at", time_json(client.updated_at)}});
}

Result<Answer, Error> list(Act& act, const Values& values) {
  const int limit = TRY(parse_limit(values));
  const auto page =
      TRY(act.read([&](Transaction& transaction) -> Result<Page<MachineClient>, Error> {
        const EnvironmentId environment = act.environment().id;
        const auto organization =
            TRY(find_organization(transaction, environment, values.text("organization")));
        return applications::list_organization_clients(transaction, environment, organization.id,
                                                       {.limit = limit});
      }));
  Json::Array items;
  for (const MachineClient& client : page.items) items.push_back(describe(client));
  return Answer{.document = Json(std::move(items)),
                .columns = {{"client_id", "CLIENT ID"},
                            {"name", "NAME"},
                            {"scopes", "SCOPES"},
                            {"secrets", "SECRETS"},
                            {"created_at", "CREATED"}},
                .nothing = "This organization has no clients for its programs."};
}

Result<Answer, Error> create(Act& act, const Values& values) {
  applications::NewMachineClient wanted{.name = values.text("--name"),
                                        .description = values.text("--description"),
                                        .scopes = values.all("--scope"),
                                        .audience = values.all("--audience")};
  if (values.has("--token-lifetime")) {
    wanted.token_lifetime =
        seconds(TRY(parse_count(values.text("--token-lifetime"), "--token-lifetime")));
  }
  const auto& environment = act.environment();
  const auto made =
      TRY(act.write([&](Transaction& transaction) -> Result<IssuedMachineClient, Error> {
        const auto organization =
            TRY(find_organization(transaction, environment.id, values.text("organization")));
        return applications::create_machine_client(transaction, environment, act.context,
                                                   act.random, organization.id, wanted);
      }));
  Json::Object document = *describe(made.client).object();
  document.push_back({"client_secret", text_json(made.plain.reveal())});
  return Answer{.document = Json(std::move(document)),
                .sentence = secret_notice(made.client.client_id(), made.plain)};
}

Result<Answer, Error> remove(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  const auto gone = TRY(act.write([&](Transaction& transaction) -> Result<MachineClient, Error> {
    const auto found =
        TRY(applications::find_machine_client(transaction, environment, values.text("client_id")));
    if (!found.has_value()) {
      return Error(ErrorCode::not_found,
                   "there is no client '" + values.text("client_id") + "' of an organization");
    }
    TRY(applications::delete_machine_client(transaction, environment, act.context, act.random,
                                            {.owner = found->owner, .id = found->id}));
    return *found;
  }));
  return Answer{.document = describe(gone), .sentence = "Deleted " + gone.client_id() + "."};
}

}  // namespace

std::vector<Verb> client_verbs() {
  const auto values = Argument::Takes::values;
  const Argument organization = operand("organization", "Its id");
  return {
      {"clients",
       "list",
       "List the clients of an organization, newest first",
       {organization, limit_option()},
       list},
      {"clients",
       "create",
       "Make a client for programs of an organization and show its secret once",
       {organization, option("--name", "What people see"),
        option("--description", "What it is for"),
        option("--scope", "What its tokens may have; may be repeated", values),
        option("--audience", "Of its tokens; may be repeated", values),
        option("--token-lifetime", "Seconds, from 300 on; an hour unless said")},
       create},
      {"clients",
       "delete",
       "Delete a client of an organization",
       {operand("client_id", "The client's id: m2morg_…")},
       remove,
       "Its programs will be refused."},
  };
}

}  // namespace gatehouse::app::commands
