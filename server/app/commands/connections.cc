// gatehouse admin connection list, show, create, update, enable, disable, delete

#include "server/app/commands/connections.h"

#include <algorithm>

#include "server/app/commands/connection_settings.h"
#include "server/app/commands/connection_view.h"
#include "server/app/commands/lookup.h"
#include "server/connections/list.h"

namespace gatehouse::app::commands {
namespace {

using connections::Connection;
using connections::ConnectionSummary;
using connections::ConnectionType;
using storage::Transaction;

Json describe_summary(const ConnectionSummary& summary) {
  return Json(Json::Object{
      {"organization_name",
       text_json(summary.organization.has_value() ? std::string_view(summary.organization_name)
                                                  : std::string_view("(all)"))},
      {"provider", text_json(connections::provider_names.name(summary.provider))},
      {"type", text_json(connections::connection_types.name(summary.type))},
      {"status", text_json(connections::status_names.name(summary.status))},
      {"enabled", Json(summary.is_enabled)},
      {"domains", texts_json(summary.domains)},
      {"id", text_json(summary.id.text())},
      {"organization",
       summary.organization.has_value() ? text_json(summary.organization->text()) : Json()},
      {"created_at", time_json(summary.created_at)}});
}

Result<std::vector<ConnectionSummary>, Error> find_all(Transaction& transaction,
                                                       EnvironmentId environment,
                                                       const Values& values, int limit) {
  const auto all = connections::Include::all;
  if (values.has("--domain")) {
    return connections::list_of_domain(transaction, environment, values.text("--domain"), all);
  }
  if (values.has("--org")) {
    const auto found = TRY(find_organization(transaction, environment, values.text("--org")));
    return connections::list_of_organization(transaction, environment, found.id, all);
  }
  auto page = TRY(connections::search(transaction, environment, {}, {.limit = limit}));
  return std::move(page.items);
}

Result<Answer, Error> list(Act& act, const Values& values) {
  if (values.has("--domain") && values.has("--org")) {
    return Error(ErrorCode::invalid_argument, "name --domain or --org, not both");
  }
  const int limit = TRY(parse_limit(values));
  const auto all = TRY(act.read([&](Transaction& transaction) {
    return find_all(transaction, act.environment().id, values, limit);
  }));
  Json::Array items;
  for (const ConnectionSummary& summary : all) {
    if (values.has("--environment-wide") && summary.organization.has_value()) continue;
    items.push_back(describe_summary(summary));
  }
  return Answer{.document = Json(std::move(items)),
                .columns = {{"organization_name", "ORGANIZATION"},
                            {"provider", "PROVIDER"},
                            {"type", "TYPE"},
                            {"status", "STATUS"},
                            {"enabled", "ENABLED"},
                            {"domains", "DOMAINS"},
                            {"id", "ID"}},
                .nothing =
                    "No connection. Make one: gatehouse admin connection create --org org_…"
                    " --type saml --provider okta"};
}

Answer answer_about(const Act& act, const ShownConnection& shown, std::string sentence) {
  return {.document = describe(act.environment(), shown),
          .sentence = std::move(sentence),
          .details = Answer::Details::shown};
}

Result<Answer, Error> show(Act& act, const Values& values) {
  const auto& environment = act.environment();
  const auto shown = TRY(act.read([&](Transaction& transaction) -> Result<ShownConnection, Error> {
    auto found = TRY(connection_named(transaction, environment.id, values.text("id")));
    return load_shown(transaction, environment.id, std::move(found));
  }));
  return answer_about(act, shown, what_to_copy(environment, shown.connection));
}

struct Wanted {
  connections::Owner owner = std::nullopt;
  connections::NewConnection connection;
};

Result<Wanted, Error> wanted_by(const Values& values) {
  const bool is_shared = values.has("--environment-wide");
  if (is_shared == values.has("--org")) {
    return Error(ErrorCode::invalid_argument,
                 "say whose it is: --org org_…, or --environment-wide for social login");
  }
  const auto choices = provider_choices();
  const auto chosen = std::ranges::find_if(
      choices, [&](const ProviderName& known) { return known.name == values.text("--provider"); });
  ENSURE(chosen != choices.end());
  std::string type = values.text("--type");
  if (type.empty() && is_shared) type = "oauth";
  if (type.empty()) return Error(ErrorCode::invalid_argument, "say which: --type saml or oidc");
  Wanted wanted{.owner = std::nullopt,
                .connection = {.type = type == "saml"   ? ConnectionType::saml
                                       : type == "oidc" ? ConnectionType::oidc
                                                        : ConnectionType::oauth,
                               .provider = chosen->provider,
                               .key_id = values.optional("--key"),
                               .use = {.is_login = is_shared}}};
  // Where several are one to the contract, the key tells them apart.
  const bool is_one_of_several = std::ranges::count_if(choices, [&](const ProviderName& known) {
                                   return known.provider == chosen->provider;
                                 }) > 1;
  if (is_one_of_several && chosen->name != "custom") wanted.connection.provider_key = chosen->name;
  if (!is_shared) wanted.owner = TRY(parse_id<OrgId>(values.text("--org"), "an organization"));
  return wanted;
}

Result<Connection, Error> apply(Act& act, Transaction& transaction,
                                const crypto::SealingKey& sealing_key, Connection connection,
                                const GivenSettings& given) {
  if (given.is_nothing()) return connection;
  const auto change = TRY(change_of(given, connection));
  return connections::update(transaction, act.environment(), connection.organization, act.context,
                             act.random, sealing_key, connection.id, change);
}

Result<Answer, Error> create(Act& act, const Values& values) {
  const auto& environment = act.environment();
  const Wanted wanted = TRY(wanted_by(values));
  const GivenSettings given = TRY(read_settings(values, environment, act.context.now));
  const auto master_key = TRY(act.master_key());
  const auto sealing_key = master_key.sealing_key(connections::client_secret_seal_label);
  const auto made = TRY(act.write([&](Transaction& transaction) -> Result<ShownConnection, Error> {
    auto connection = TRY(connections::create(transaction, environment.id, wanted.owner,
                                              act.context, act.random, wanted.connection));
    connection = TRY(apply(act, transaction, sealing_key, std::move(connection), given));
    if (values.has("--enable")) {
      TRY(connections::enable(transaction, environment, wanted.owner, act.context, act.random,
                              connection.id));
      connection.is_enabled = true;
    }
    return load_shown(transaction, environment.id, std::move(connection));
  }));
  const Connection& connection = made.connection;
  return answer_about(act, made,
                      connection.id.text() + ": " + headline(connection) + ".\n\n" +
                          what_to_copy(environment, connection) + "\n\n" + next_step(connection));
}

Result<Answer, Error> update(Act& act, const Values& values) {
  const auto& environment = act.environment();
  const GivenSettings given = TRY(read_settings(values, environment, act.context.now));
  if (given.is_nothing()) {
    return Error(ErrorCode::invalid_argument,
                 "say what to change; `gatehouse admin connection update --help` lists it");
  }
  const auto master_key = TRY(act.master_key());
  const auto sealing_key = master_key.sealing_key(connections::client_secret_seal_label);
  const auto shown = TRY(act.write([&](Transaction& transaction) -> Result<ShownConnection, Error> {
    auto connection = TRY(connection_named(transaction, environment.id, values.text("id")));
    connection = TRY(apply(act, transaction, sealing_key, std::move(connection), given));
    return load_shown(transaction, environment.id, std::move(connection));
  }));
  return answer_about(act, shown,
                      "Set: " + headline(shown.connection) + ". Running servers follow within a" +
                          " second.\n" + next_step(shown.connection));
}

enum class Switch { on, off };

Result<Answer, Error> turn(Act& act, const Values& values, Switch to) {
  const auto& environment = act.environment();
  const auto shown = TRY(act.write([&](Transaction& transaction) -> Result<ShownConnection, Error> {
    auto connection = TRY(connection_named(transaction, environment.id, values.text("id")));
    const auto missing = missing_settings(connection);
    if (to == Switch::on && !missing.empty()) {
      std::string names;
      for (const std::string& name : missing) names += " " + name;
      return Error(ErrorCode::failed_precondition,
                   "the connection is not complete: `connection update` has to give it" + names);
    }
    if (to == Switch::on) {
      TRY(connections::enable(transaction, environment, connection.organization, act.context,
                              act.random, connection.id));
    } else {
      TRY(connections::disable(transaction, environment.id, connection.organization, act.context,
                               act.random, connection.id));
    }
    connection.is_enabled = to == Switch::on;
    return load_shown(transaction, environment.id, std::move(connection));
  }));
  std::string sentence = "Disabled. Sign-ins by it are refused from now on; sessions go on.";
  if (to == Switch::on) {
    sentence = "Enabled.";
    if (shown.connection.organization.has_value() && shown.domains.empty()) {
      sentence += " Addresses lead to it once the organization has a domain: connection domains " +
                  shown.connection.id.text() + " --add example.com";
    }
  }
  return Answer{.document = describe(environment, shown), .sentence = std::move(sentence)};
}

Result<Answer, Error> enable(Act& act, const Values& values) {
  return turn(act, values, Switch::on);
}
Result<Answer, Error> disable(Act& act, const Values& values) {
  return turn(act, values, Switch::off);
}

Result<Answer, Error> remove(Act& act, const Values& values) {
  const auto& environment = act.environment();
  const auto gone = TRY(act.write([&](Transaction& transaction) -> Result<ShownConnection, Error> {
    auto connection = TRY(connection_named(transaction, environment.id, values.text("id")));
    auto shown = TRY(load_shown(transaction, environment.id, std::move(connection)));
    TRY(connections::delete_connection(transaction, environment.id, shown.connection.organization,
                                       act.context, act.random, shown.connection.id));
    return shown;
  }));
  return Answer{.document = describe(environment, gone),
                .sentence = "Deleted " + gone.connection.id.text() + "."};
}

std::vector<Argument> with_settings(std::vector<Argument> arguments) {
  for (Argument& option : settings_options()) arguments.push_back(std::move(option));
  return arguments;
}

}  // namespace

std::vector<Verb> connection_verbs() {
  const std::string noun = "connection";
  const Argument id = operand("id", "The connection's id: conn_…");
  Argument provider = required_option("--provider", "Whose identity provider it is");
  for (const ProviderName& known : provider_choices()) provider.choices.emplace_back(known.name);
  std::vector<Verb> verbs = {
      {noun,
       "list",
       "List connections, newest first",
       {option("--org", "Of this organization"),
        option("--domain", "That people with an address of this domain sign in by"),
        flag("--environment-wide", "Only those that are offered to everybody"), limit_option()},
       list},
      {noun, "show", "Show one, and what its provider has to be given", {id}, show},
      {noun, "create", "Make a connection, and say what to enter at the provider",
       with_settings(
           {option("--org", "The organization whose people sign in by it"),
            flag("--environment-wide", "Offer it to everybody: social login"),
            choice("--type", "saml or oidc; social login is oauth", {"saml", "oidc", "oauth"}),
            provider, option("--key", "A name of yours for it"),
            flag("--enable", "Enable it at once, where it is complete")}),
       create},
      {noun, "update", "Change settings", with_settings({id}), update},
      {noun, "enable", "Let people sign in by it", {id}, enable},
      {noun, "disable", "Refuse sign-ins by it", {id}, disable},
      {noun,
       "delete",
       "Delete a connection",
       {id},
       remove,
       "This deletes the connection for good. People who sign in by it cannot any more."},
  };
  for (Verb& verb : connection_domain_verbs()) verbs.push_back(std::move(verb));
  for (Verb& verb : connection_test_verbs()) verbs.push_back(std::move(verb));
  return verbs;
}

}  // namespace gatehouse::app::commands
