// gatehouse admin environments …

#include "server/app/commands/lookup.h"
#include "server/app/commands/secret_notice.h"
#include "server/app/setup.h"

namespace gatehouse::app::commands {
namespace {

using environments::Environment;
using storage::Transaction;

// Settings carry the name that they are stored under, without the unit that lifetimes end in there:
// a setting that is added later can be shown and set here at once.
std::string public_name(std::string_view stored) {
  return std::string(stored.ends_with("_s") ? stored.substr(0, stored.size() - 2) : stored);
}

Json describe(const Environment& environment) {
  const Json stored = Json::parse(environments::settings_to_json(environment.settings)).value();
  Json::Object settings;
  for (const auto& member : *stored.object()) {
    settings.push_back({public_name(member.key), member.value});
  }
  return Json(Json::Object{{"id", text_json(environment.id.text())},
                           {"name", text_json(environment.name)},
                           {"kind", text_json(environments::kind_name(environment.kind))},
                           {"base_url", text_json(environment.base_url)},
                           {"settings", Json(std::move(settings))},
                           {"created_at", time_json(environment.created_at)},
                           {"updated_at", time_json(environment.updated_at)}});
}

Result<Answer, Error> list(Act& act, const Values&) {
  Json::Array items;
  const auto all = TRY(act.read(environments::list_environments));
  for (const Environment& environment : all) items.push_back(describe(environment));
  return Answer{
      .document = Json(std::move(items)),
      .columns = {{"name", "NAME"}, {"kind", "KIND"}, {"base_url", "BASE URL"}, {"id", "ID"}},
      .nothing =
          "No environment yet. Make one: gatehouse admin environments create"
          " --name Production --base-url https://id.example.com"};
}

Result<Answer, Error> show(Act& act, const Values&) {
  return Answer{.document = describe(act.environment()), .details = Answer::Details::shown};
}

Result<Answer, Error> create(Act& act, const Values& values) {
  const auto kind =
      environments::parse_kind(values.optional("--kind").value_or(std::string("production")));
  ENSURE(kind.has_value());
  environments::NewEnvironment wanted{
      .name = values.text("--name"), .kind = *kind, .base_url = values.text("--base-url")};
  wanted.settings.product_name = values.optional("--product-name").value_or(wanted.name);
  const auto made = TRY(act.write([&](Transaction& transaction) {
    return create_environment_with_secret(transaction, act.context, act.random, wanted);
  }));
  Json::Object document{{"environment", describe(made.environment)},
                        {"client_id", text_json(made.application.client_id)},
                        {"client_secret", text_json(made.secret.plain.reveal())}};
  return Answer{.document = Json(std::move(document)),
                .sentence = "Environment " + made.environment.name + " is there, at " +
                            made.environment.base_url + ".\n\n" +
                            secret_notice(made.application.client_id, made.secret.plain)};
}

// The stored form of one setting's new value.
Result<Json, Error> parse_value(const Json& current, const Assignment& wanted) {
  if (current.array() != nullptr) {
    return Error(ErrorCode::invalid_argument,
                 wanted.key + " is changed with: gatehouse admin claims");
  }
  if (current.integer().has_value()) return Json(TRY(parse_count(wanted.value, wanted.key)));
  return Json(wanted.value);
}

// The settings with one of them replaced. Errors: invalid_argument.
Result<environments::Settings, Error> with(const environments::Settings& settings,
                                           const Assignment& wanted) {
  Json::Object changed = *Json::parse(environments::settings_to_json(settings)).value().object();
  std::string known = "base_url";
  for (auto& member : changed) {
    if (public_name(member.key) == wanted.key) {
      member.value = TRY(parse_value(member.value, wanted));
      return environments::settings_from_json(Json(std::move(changed)).text());
    }
    known += ", " + public_name(member.key);
  }
  return Error(ErrorCode::invalid_argument,
               "there is no setting '" + wanted.key + "'; there are " + known);
}

Result<Answer, Error> set(Act& act, const Values& values) {
  environments::Settings settings = act.environment().settings;
  std::optional<std::string> base_url;
  for (const std::string& text : values.all("setting")) {
    const Assignment wanted = TRY(parse_assignment(text));
    if (wanted.key == "base_url") {
      base_url = wanted.value;
    } else {
      settings = TRY(with(settings, wanted));
    }
  }
  const EnvironmentId id = act.environment().id;
  const auto changed =
      TRY(act.write([&](Transaction& transaction) -> Result<std::optional<Environment>, Error> {
        if (base_url.has_value()) {
          TRY(environments::set_base_url(transaction, id, act.context, act.random, *base_url));
        }
        TRY(environments::set_settings(transaction, id, act.context, act.random, settings));
        return environments::find_environment(transaction, id);
      }));
  ENSURE(changed.has_value());
  return Answer{.document = describe(*changed),
                .sentence = "Set. Running servers follow within a second.",
                .details = Answer::Details::shown};
}

}  // namespace

std::vector<Verb> environment_verbs() {
  using Scope = Verb::Scope;
  const Argument setting{
      .name = "setting",
      .help = "name=value; lifetimes in seconds, as in access_token_lifetime=900",
      .takes = Argument::Takes::values};
  return {
      {"environments", "list", "List all environments", {}, list, {}, {}, Scope::installation},
      {"environments",
       "create",
       "Make an environment with its roles, default application and first secret",
       {required_option("--name", "Its name"),
        required_option("--base-url", "Its issuer, as in https://id.example.com"),
        choice("--kind", "production unless said", {"production", "development"}),
        option("--product-name", "What hosted pages and mails call it; its name unless said")},
       create,
       {},
       {},
       Scope::installation},
      {"environments", "show", "Show an environment with all its settings", {}, show},
      {"environments", "set", "Change settings, or the base_url", {setting}, set},
  };
}

}  // namespace gatehouse::app::commands
