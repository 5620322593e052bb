#include "server/applications/application.h"

#include <algorithm>
#include <array>

#include "server/applications/application_store.h"
#include "server/applications/change.h"
#include "server/applications/redirects.h"
#include "server/core/limits.h"
#include "server/encoding/utf8.h"
#include "server/environments/settings.h"

namespace gatehouse::applications {
namespace {

using environments::Environment;

constexpr std::size_t name_characters_max = 128;
constexpr std::size_t chosen_client_id_bytes_max = 80;
constexpr std::size_t scopes_max = 100;
constexpr std::size_t audience_max = 20;
constexpr std::size_t audience_bytes_max = 256;

struct TypeRow {
  Type type;
  std::string_view name;
  std::string_view client_id_prefix;
};
constexpr std::array types{
    TypeRow{Type::env, "ENV", "skc_"},  TypeRow{Type::web_app, "WEB_APP", "webc_"},
    TypeRow{Type::spa, "SPA", "spac_"}, TypeRow{Type::native, "NTV", "ntvc_"},
    TypeRow{Type::m2m, "M2M", "m2m_"},
};

const TypeRow& row_of(Type type) {
  const auto* row =
      std::find_if(types.begin(), types.end(), [type](const TypeRow& r) { return r.type == type; });
  ENSURE(row != types.end());
  return *row;
}

bool is_public(Type type) { return type == Type::spa || type == Type::native; }

Error invalid(std::string why) { return Error(ErrorCode::invalid_argument, std::move(why)); }

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
  }));
}

Result<std::string, Error> checked_name(std::string_view text) {
  auto name = clean_display_name(text, name_characters_max * 4);
  if (!name.has_value() || count_characters(*name) > name_characters_max) {
    return invalid("name must be 1 to 128 characters of plain text");
  }
  return std::move(*name);
}

bool is_scope_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return letter > 0x20 && letter < 0x7f && letter != '"' && letter != '\\';
  });
}

bool has_repetition(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return std::adjacent_find(texts.begin(), texts.end()) != texts.end();
}

// Scopes [RFC 6749 §3.3] and audience of client_credentials tokens.
Result<Unit, Error> check_client_credentials(const NewApplication& wanted) {
  if (wanted.scopes.empty() && wanted.audience.empty()) return Unit{};
  if (is_public(wanted.type)) {
    return invalid(
        "scopes and audience are for confidential clients: they belong to "
        "client_credentials");
  }
  std::size_t scope_bytes = 0;
  for (const std::string& scope : wanted.scopes) {
    if (!is_scope_token(scope)) return invalid("scope \"" + scope + "\" is not a scope token");
    scope_bytes += scope.size() + 1;
  }
  if (wanted.scopes.size() > scopes_max || scope_bytes > limits::scope_bytes_max) {
    return invalid("too many scopes");
  }
  for (const std::string& audience : wanted.audience) {
    if (!is_scope_token(audience) || audience.size() > audience_bytes_max) {
      return invalid("audience \"" + audience + "\" is not 1 to 256 visible ASCII characters");
    }
  }
  if (wanted.audience.size() > audience_max) return invalid("too many audiences");
  if (has_repetition(wanted.scopes)) return invalid("a scope is named twice");
  if (has_repetition(wanted.audience)) return invalid("an audience is named twice");
  return Unit{};
}

Result<Unit, Error> check_lifetime(const Environment& environment, const NewApplication& wanted) {
  if (!wanted.access_token_lifetime.has_value()) return Unit{};
  const Duration lifetime = *wanted.access_token_lifetime;
  const bool is_m2m = wanted.type == Type::m2m;
  const Duration most =
      is_m2m ? environments::m2m_token_lifetime_max : environments::access_token_lifetime_max;
  if (lifetime != std::chrono::floor<seconds>(lifetime) ||
      lifetime < environments::access_token_lifetime_min || lifetime > most) {
    return invalid("the access-token lifetime is out of bounds, or not in whole seconds");
  }
  if (!is_m2m && lifetime >= environment.settings.session_idle_lifetime) {
    return invalid("the access-token lifetime must be shorter than the session's idle lifetime");
  }
  return Unit{};
}

Result<std::string, Error> client_id_for(const NewApplication& wanted, ApplicationId id) {
  const std::string prefix(client_id_prefix(wanted.type));
  if (!wanted.client_id.has_value()) return prefix + std::to_string(id.number());
  const std::string& chosen = *wanted.client_id;
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  if (!chosen.starts_with(prefix) || chosen.size() == prefix.size() ||
      chosen.size() > chosen_client_id_bytes_max ||
      chosen.find_first_not_of(letters) != std::string::npos) {
    return invalid("a chosen client_id is " + prefix + " and letters, digits, - or _, 80 in all");
  }
  return chosen;
}

Result<Unit, Error> check_uris(const Environment& environment, const NewApplication& wanted) {
  const RedirectPlace place{environment.kind, wanted.type};
  const auto check_list = [&](RedirectKind kind,
                              const std::vector<std::string>& uris) -> Result<Unit, Error> {
    if (uris.size() > redirects_per_kind_max) {
      return Error(ErrorCode::resource_exhausted,
                   "more than " + std::to_string(redirects_per_kind_max) + " URIs of one kind");
    }
    for (const std::string& uri : uris) TRY(check_redirect(place, kind, uri));
    return Unit{};
  };
  TRY(check_list(RedirectKind::callback, wanted.callback_uris));
  TRY(check_list(RedirectKind::post_logout, wanted.post_logout_uris));
  TRY(check_list(RedirectKind::back_channel_logout, wanted.back_channel_logout_uris));
  if (wanted.initiate_login_uri.has_value()) {
    TRY(check_initiate_login(place, *wanted.initiate_login_uri));
  }
  return Unit{};
}

// What holds of every application, a fresh one or one that is changed.
Result<Unit, Error> check_all(const Environment& environment, const NewApplication& wanted) {
  constexpr std::array<std::string_view, 3> algorithms{"RS256", "ES256", "EdDSA"};
  if (std::find(algorithms.begin(), algorithms.end(), wanted.signing_algorithm) ==
      algorithms.end()) {
    return invalid("signing_algorithm must be RS256, ES256 or EdDSA");
  }
  const bool asks_for_api = wanted.api_access == NewApplication::ApiAccess::allowed;
  if (asks_for_api && is_public(wanted.type)) {
    return invalid("a public client cannot have API access");
  }
  TRY(check_client_credentials(wanted));
  TRY(check_lifetime(environment, wanted));
  return check_uris(environment, wanted);
}

// What is wanted, checked and with the rules of its type applied.
Result<Application, Error> design(const Environment& environment, const Context& context,
                                  Random& random, const NewApplication& wanted) {
  TRY(check_all(environment, wanted));
  const ApplicationId id = ApplicationId::make(random, context.now);
  std::string client_id = TRY(client_id_for(wanted, id));
  std::string name = TRY(checked_name(wanted.name));
  return Application{
      .id = id,
      .environment = environment.id,
      .client_id = std::move(client_id),
      .type = wanted.type,
      .name = std::move(name),
      .signing_algorithm = wanted.signing_algorithm,
      .enforce_pkce = is_public(wanted.type) || wanted.pkce == NewApplication::Pkce::enforced,
      .allow_api_access =
          wanted.type == Type::env || wanted.api_access == NewApplication::ApiAccess::allowed,
      .initiate_login_uri = wanted.initiate_login_uri,
      .access_token_lifetime = wanted.access_token_lifetime,
      .scopes = wanted.scopes,
      .audience = wanted.audience,
      .callback_uris = wanted.callback_uris,
      .post_logout_uris = wanted.post_logout_uris,
      .back_channel_logout_uris = wanted.back_channel_logout_uris,
      .secrets = {},
      .created_at = context.now,
      .updated_at = context.now};
}

// The application with the change applied, as if it were wanted anew. Its redirect URIs are left
// out: they do not change here.
NewApplication wanted_after(const Application& current, const ApplicationChange& change) {
  using Pkce = NewApplication::Pkce;
  using ApiAccess = NewApplication::ApiAccess;
  return {.type = current.type,
          .name = change.name.value_or(current.name),
          .signing_algorithm = change.signing_algorithm.value_or(current.signing_algorithm),
          .pkce = change.pkce.value_or(current.enforce_pkce ? Pkce::enforced : Pkce::optional),
          .api_access = change.api_access.value_or(current.allow_api_access ? ApiAccess::allowed
                                                                            : ApiAccess::refused),
          .initiate_login_uri = change.initiate_login_uri.value_or(current.initiate_login_uri),
          .scopes = change.scopes.value_or(current.scopes),
          .audience = change.audience.value_or(current.audience),
          .access_token_lifetime =
              change.access_token_lifetime.value_or(current.access_token_lifetime)};
}

// Puts what is wanted into `application`; the names of what that changed, separated by commas.
std::string apply(const NewApplication& wanted, Application& application) {
  std::string changed;
  const auto put = [&changed](std::string_view name, auto& member, const auto& value) {
    if (member == value) return;
    member = value;
    changed.append(changed.empty() ? "" : ", ").append(name);
  };
  put("name", application.name, wanted.name);
  put("signing_algorithm", application.signing_algorithm, wanted.signing_algorithm);
  put("enforce_pkce", application.enforce_pkce, wanted.pkce == NewApplication::Pkce::enforced);
  put("allow_api_access", application.allow_api_access,
      wanted.api_access == NewApplication::ApiAccess::allowed);
  put("initiate_login_uri", application.initiate_login_uri, wanted.initiate_login_uri);
  put("access_token_lifetime", application.access_token_lifetime, wanted.access_token_lifetime);
  put("scopes", application.scopes, wanted.scopes);
  put("audience", application.audience, wanted.audience);
  return changed;
}

}  // namespace

std::string_view type_name(Type type) { return row_of(type).name; }

std::string_view client_id_prefix(Type type) { return row_of(type).client_id_prefix; }

std::optional<Type> parse_type(std::string_view name) {
  for (const TypeRow& row : types) {
    if (row.name == name) return row.type;
  }
  return std::nullopt;
}

Result<Application, Error> create(storage::Transaction& transaction, const Environment& environment,
                                  const Context& context, Random& random,
                                  const NewApplication& wanted) {
  const Application made = TRY(design(environment, context, random, wanted));
  if (!TRY(insert_application(transaction, environment.id, made))) {
    return Error(ErrorCode::already_exists,
                 wanted.type == Type::env
                     ? "the environment has its default application, or the client_id is taken"
                     : "the client_id is taken");
  }
  for (const RedirectKind kind :
       {RedirectKind::callback, RedirectKind::post_logout, RedirectKind::back_channel_logout}) {
    for (const std::string& uri : made.redirects(kind)) {
      const RedirectKey key{.application = made.id, .kind = kind, .uri = uri};
      TRY(insert_redirect(transaction, environment.id, key, context.now));
    }
  }
  TRY(finish_change(transaction, environment.id, context, random,
                    about(audit::Event::application_created, made,
                          std::string(type_name(made.type)) + " " + made.name)));
  return load_application(transaction, environment.id, made.id);  // without repeated URIs
}

Result<Application, Error> update(storage::Transaction& transaction, const Environment& environment,
                                  const Context& context, Random& random, ApplicationId application,
                                  const ApplicationChange& change) {
  Application current = TRY(load_application(transaction, environment.id, application));
  NewApplication wanted = wanted_after(current, change);
  wanted.name = TRY(checked_name(wanted.name));
  TRY(check_all(environment, wanted));
  if (is_public(wanted.type) && wanted.pkce != NewApplication::Pkce::enforced) {
    return invalid("a public client always uses PKCE");
  }
  if (wanted.type == Type::env && wanted.api_access != NewApplication::ApiAccess::allowed) {
    return invalid("the default application always has API access");
  }
  const std::string changed = apply(wanted, current);
  if (changed.empty()) return current;
  current.updated_at = context.now;
  ENSURE(TRY(update_application(transaction, environment.id, current)));
  TRY(finish_change(transaction, environment.id, context, random,
                    about(audit::Event::application_updated, current, changed)));
  return current;
}

Result<Unit, Error> delete_application(storage::Transaction& transaction, EnvironmentId environment,
                                       const Context& context, Random& random,
                                       ApplicationId application) {
  const Application current = TRY(load_application(transaction, environment, application));
  if (!TRY(remove_application(transaction, environment, application))) {
    return Error(ErrorCode::failed_precondition, "the default application cannot be deleted");
  }
  return finish_change(transaction, environment, context, random,
                       about(audit::Event::application_deleted, current,
                             std::string(type_name(current.type)) + " " + current.name));
}

Result<Application, Error> load_application(storage::Transaction& transaction,
                                            EnvironmentId environment, ApplicationId application) {
  auto found = TRY(find_application(transaction, environment, application));
  if (!found.has_value()) {
    return Error(ErrorCode::not_found, "there is no application " + application.text());
  }
  return std::move(*found);
}

Result<Unit, Error> finish_change(storage::Transaction& transaction, EnvironmentId environment,
                                  const Context& context, Random& random,
                                  const audit::Record& entry) {
  TRY(audit::record(transaction, environment, context, random, entry));
  return environments::bump_configuration_version(transaction);
}

audit::Record about(audit::Event event, const Application& application, std::string detail) {
  return {.event = event,
          .subject_type = "application",
          .subject_id = application.client_id,
          .client_id = application.client_id,
          .detail = std::move(detail)};
}

}  // namespace gatehouse::applications
