// gatehouse admin applications list, show, create, set, delete

#include "server/app/commands/applications.h"

#include "server/app/commands/lookup.h"
#include "server/app/commands/secret_notice.h"

namespace gatehouse::app::commands {

using applications::Application;
using applications::NewApplication;
using storage::Transaction;

namespace {

Json claims_json(const std::vector<applications::CustomClaim>& claims) {
  Json::Object members;
  for (const auto& claim : claims) members.push_back({claim.key, text_json(claim.value)});
  return Json(std::move(members));
}

Json grants_json(const Application& application) {
  Json::Array grants;
  for (const std::string_view grant : applications::grant_types_of(application.type)) {
    if (application.may_use_grant(grant)) grants.push_back(text_json(grant));
  }
  return Json(std::move(grants));
}

}  // namespace

Json describe(const Application& application) {
  const auto lifetime = application.access_token_lifetime;
  const auto seconds_json = [](Duration duration) {
    return Json(std::int64_t{std::chrono::duration_cast<seconds>(duration).count()});
  };
  std::int64_t active = 0;
  for (const auto& secret : application.secrets) {
    if (secret.state == applications::SecretRecord::State::active) ++active;
  }
  return Json(Json::Object{
      {"client_id", text_json(application.client_id)},
      {"name", text_json(application.name)},
      {"type", text_json(applications::type_name(application.type))},
      {"redirect_uris", texts_json(application.callback_uris)},
      {"post_logout_redirect_uris", texts_json(application.post_logout_uris)},
      {"back_channel_logout_uris", texts_json(application.back_channel_logout_uris)},
      {"initiate_login_uri", optional_json(application.initiate_login_uri)},
      {"signing_algorithm", text_json(application.signing_algorithm)},
      {"enforce_pkce", Json(application.enforce_pkce)},
      {"allow_api_access", Json(application.allow_api_access)},
      {"access_token_lifetime", lifetime.has_value() ? seconds_json(*lifetime) : Json()},
      {"scopes", texts_json(application.scopes)},
      {"audience", texts_json(application.audience)},
      {"custom_claims", claims_json(application.custom_claims)},
      {"grant_types", grants_json(application)},
      {"active_secrets", Json(active)},
      {"created_at", time_json(application.created_at)},
      {"updated_at", time_json(application.updated_at)}});
}

namespace {

Result<Answer, Error> list(Act& act, const Values&) {
  const auto all = TRY(act.read([&](Transaction& transaction) {
    return applications::list_applications(transaction, act.environment().id);
  }));
  Json::Array items;
  for (const Application& application : all) items.push_back(describe(application));
  return Answer{.document = Json(std::move(items)),
                .columns = {{"name", "NAME"},
                            {"type", "TYPE"},
                            {"client_id", "CLIENT ID"},
                            {"redirect_uris", "REDIRECT URIS"}},
                .nothing =
                    "No application yet. Make one: gatehouse admin applications create"
                    " --type WEB_APP --name 'My application'"};
}

Result<Answer, Error> show(Act& act, const Values& values) {
  const auto found = TRY(act.read([&](Transaction& transaction) {
    return find_application(transaction, act.environment().id, values.text("client_id"));
  }));
  return Answer{.document = describe(found), .details = Answer::Details::shown};
}

Result<NewApplication, Error> wanted_by(const Values& values) {
  const auto type = applications::parse_type(values.text("--type"));
  ENSURE(type.has_value());
  NewApplication wanted{
      .type = *type,
      .name = values.text("--name"),
      .signing_algorithm = values.optional("--signing-algorithm").value_or(std::string("RS256")),
      .pkce = values.has("--enforce-pkce") ? NewApplication::Pkce::enforced
                                           : NewApplication::Pkce::optional,
      .api_access = values.has("--allow-api-access") ? NewApplication::ApiAccess::allowed
                                                     : NewApplication::ApiAccess::refused,
      .callback_uris = values.all("--redirect-uri"),
      .post_logout_uris = values.all("--post-logout-uri"),
      .back_channel_logout_uris = values.all("--back-channel-logout-uri"),
      .initiate_login_uri = values.optional("--initiate-login-uri"),
      .scopes = values.all("--scope"),
      .audience = values.all("--audience")};
  if (values.has("--access-token-lifetime")) {
    wanted.access_token_lifetime = seconds(
        TRY(parse_count(values.text("--access-token-lifetime"), "--access-token-lifetime")));
  }
  return wanted;
}

struct Made {
  Application application;
  std::optional<applications::IssuedSecret> secret = std::nullopt;
};

Result<Answer, Error> create(Act& act, const Values& values) {
  const NewApplication wanted = TRY(wanted_by(values));
  const auto& environment = act.environment();
  const Made made = TRY(act.write([&](Transaction& transaction) -> Result<Made, Error> {
    Made done{TRY(applications::create(transaction, environment, act.context, act.random, wanted))};
    if (done.application.is_confidential()) {
      done.secret = TRY(applications::add_secret(transaction, environment, act.context, act.random,
                                                 done.application.id));
      done.application =
          TRY(find_application(transaction, environment.id, done.application.client_id));
    }
    return done;
  }));
  Json::Object document = *describe(made.application).object();
  std::string sentence = "Application " + made.application.name + " is there.\n\n";
  if (made.secret.has_value()) {
    document.push_back({"client_secret", text_json(made.secret->plain.reveal())});
    sentence += secret_notice(made.application.client_id, made.secret->plain);
  } else {
    sentence += "Client id  " + made.application.client_id +
                "\n\nIt is a public client: it has no secret, and always uses PKCE.";
  }
  return Answer{.document = Json(std::move(document)), .sentence = std::move(sentence)};
}

Result<Unit, Error> apply(const Assignment& wanted, applications::ApplicationChange& change) {
  const std::string& value = wanted.value;
  if (wanted.key == "name") {
    change.name = value;
  } else if (wanted.key == "signing_algorithm") {
    change.signing_algorithm = value;
  } else if (wanted.key == "initiate_login_uri") {
    change.initiate_login_uri.emplace(value.empty() ? std::nullopt : std::optional(value));
  } else if (wanted.key == "access_token_lifetime") {
    change.access_token_lifetime.emplace(std::nullopt);
    if (!value.empty())
      *change.access_token_lifetime = seconds(TRY(parse_count(value, wanted.key)));
  } else if (wanted.key == "scopes") {
    change.scopes = split_list(value);
  } else if (wanted.key == "audience") {
    change.audience = split_list(value);
  } else if (wanted.key == "grant_types") {
    change.grant_types = split_list(value);
  } else if (wanted.key == "enforce_pkce" || wanted.key == "allow_api_access") {
    if (value != "true" && value != "false") {
      return Error(ErrorCode::invalid_argument, wanted.key + " is true or false");
    }
    if (wanted.key == "enforce_pkce") {
      change.pkce =
          value == "true" ? NewApplication::Pkce::enforced : NewApplication::Pkce::optional;
    } else {
      change.api_access =
          value == "true" ? NewApplication::ApiAccess::allowed : NewApplication::ApiAccess::refused;
    }
  } else {
    return Error(
        ErrorCode::invalid_argument,
        "there is no setting '" + wanted.key +
            "'; there are name, signing_algorithm, initiate_login_uri, "
            "access_token_lifetime, scopes, audience, grant_types, enforce_pkce, allow_api_access "
            "(redirect URIs have commands of their own: add-redirect, remove-redirect)");
  }
  return Unit{};
}

Result<Answer, Error> set(Act& act, const Values& values) {
  applications::ApplicationChange change;
  for (const std::string& text : values.all("setting")) {
    TRY(apply(TRY(parse_assignment(text)), change));
  }
  const auto& environment = act.environment();
  const auto changed = TRY(act.write([&](Transaction& transaction) -> Result<Application, Error> {
    const Application found =
        TRY(find_application(transaction, environment.id, values.text("client_id")));
    return applications::update(transaction, environment, act.context, act.random, found.id,
                                change);
  }));
  return Answer{.document = describe(changed),
                .sentence = "Set. Running servers follow within a second.",
                .details = Answer::Details::shown};
}

Result<Answer, Error> remove(Act& act, const Values& values) {
  const EnvironmentId environment = act.environment().id;
  const auto gone = TRY(act.write([&](Transaction& transaction) -> Result<Application, Error> {
    Application found = TRY(find_application(transaction, environment, values.text("client_id")));
    TRY(applications::delete_application(transaction, environment, act.context, act.random,
                                         found.id));
    return found;
  }));
  return Answer{.document = describe(gone), .sentence = "Deleted " + gone.name + "."};
}

}  // namespace

std::vector<Verb> application_verbs() {
  const auto values = Argument::Takes::values;
  const std::vector<std::string> algorithms = {"RS256", "ES256", "EdDSA"};
  const Argument client_id = operand("client_id", "The application's client id");
  Argument type = required_option("--type", "What kind of client it is");
  type.choices = {"WEB_APP", "SPA", "NTV", "M2M"};
  const Argument setting{.name = "setting",
                         .help =
                             "name=value, as in name='Acme Docs' or scopes=todo:read,todo:write;"
                             " an empty value takes back",
                         .takes = values};
  return {
      {"applications", "list", "List the applications", {}, list},
      {"applications", "show", "Show one with its redirect URIs and settings", {client_id}, show},
      {"applications",
       "create",
       "Register an application; a confidential one gets its first secret",
       {type, required_option("--name", "What people see"),
        option("--redirect-uri", "Where codes are sent; may be repeated", values),
        option("--post-logout-uri", "Where people go after signing out", values),
        option("--back-channel-logout-uri", "What is told of sign-outs", values),
        option("--initiate-login-uri", "Where a sign-in begins"),
        choice("--signing-algorithm", "RS256 unless said", algorithms),
        flag("--enforce-pkce", "Refuse sign-ins without PKCE"),
        flag("--allow-api-access", "Let it call the management API"),
        option("--scope", "What client_credentials may ask for; may be repeated", values),
        option("--audience", "Of client_credentials tokens; may be repeated", values),
        option("--access-token-lifetime", "Seconds; the environment's unless said")},
       create},
      {"applications", "set", "Change settings of an application", {client_id, setting}, set},
      {"applications",
       "delete",
       "Delete an application",
       {client_id},
       remove,
       "This deletes the application with its redirect URIs, secrets and refresh tokens."},
  };
}

}  // namespace gatehouse::app::commands
