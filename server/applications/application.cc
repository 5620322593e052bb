#include "server/applications/application.h"

#include <algorithm>
#include <array>

#include "server/applications/application_store.h"
#include "server/applications/change.h"
#include "server/applications/client_rules.h"
#include "server/applications/redirects.h"
#include "server/environments/settings.h"

namespace gatehouse::applications {
namespace {

using environments::Environment;

constexpr std::size_t chosen_client_id_bytes_max = 80;

constexpr std::string_view web_grants[] = {"authorization_code", "refresh_token",
                                           "client_credentials"};
constexpr std::string_view public_grants[] = {"authorization_code", "refresh_token"};
constexpr std::string_view machine_grants[] = {"client_credentials"};

struct TypeRow {
  Type type;
  std::string_view name;
  std::string_view client_id_prefix;
  std::span<const std::string_view> grants;
};
constexpr std::array types{
    TypeRow{Type::env, "ENV", "skc_", web_grants},
    TypeRow{Type::web_app, "WEB_APP", "webc_", web_grants},
    TypeRow{Type::spa, "SPA", "spac_", public_grants},
    TypeRow{Type::native, "NTV", "ntvc_", public_grants},
    TypeRow{Type::m2m, "M2M", "m2m_", machine_grants},
};

const TypeRow& row_of(Type type) {
  const auto* row =
      std::find_if(types.begin(), types.end(), [type](const TypeRow& r) { return r.type == type; });
  ENSURE(row != types.end());
  return *row;
}

constexpr TextRule name_rule{.field = "name",
                             .characters_max = client_name_characters_max,
                             .empty = TextRule::Empty::refused};

bool is_public(Type type) { return type == Type::spa || type == Type::native; }

// Scopes, audience and claims of client_credentials tokens.
Result<Unit, Error> check_client_credentials(const NewApplication& wanted) {
  if (is_public(wanted.type) &&
      !(wanted.scopes.empty() && wanted.audience.empty() && wanted.custom_claims.empty())) {
    return invalid(
        "scopes, audience and custom_claims are for confidential clients: they belong to "
        "client_credentials",
        "scopes");
  }
  TRY(check_scopes(wanted.scopes));
  TRY(check_audience(wanted.audience));
  return check_custom_claims(wanted.custom_claims);
}

Result<Unit, Error> check_grant_types(const NewApplication& wanted) {
  const auto allowed = grant_types_of(wanted.type);
  for (const std::string& grant : wanted.grant_types) {
    if (std::find(allowed.begin(), allowed.end(), grant) == allowed.end()) {
      return invalid("clients of this type cannot use the grant \"" + grant + "\"", "grant_types");
    }
  }
  if (has_repetition(wanted.grant_types)) return invalid("a grant is named twice", "grant_types");
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
    return invalid("the access-token lifetime is out of bounds, or not in whole seconds",
                   "access_token_expiry");
  }
  if (!is_m2m && lifetime >= environment.settings.session_idle_lifetime) {
    return invalid("the access-token lifetime must be shorter than the session's idle lifetime",
                   "access_token_expiry");
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
    return invalid("a chosen client_id is " + prefix + " and letters, digits, - or _, 80 in all",
                   "client_id");
  }
  return chosen;
}

Result<Unit, Error> check_uris(const Environment& environment, const NewApplication& wanted) {
  const RedirectPlace place{environment.kind, wanted.type};
  const auto check_list = [&](RedirectKind kind,
                              const std::vector<std::string>& uris) -> Result<Unit, Error> {
    if (uris.size() > redirects_per_kind_max) {
      return refusal(ErrorCode::resource_exhausted,
                     "more than " + std::to_string(redirects_per_kind_max) + " URIs of one kind",
                     std::string(redirect_field(kind)));
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
    return invalid("signing_algorithm must be RS256, ES256 or EdDSA", "signing_algorithm");
  }
  const bool asks_for_api = wanted.api_access == NewApplication::ApiAccess::allowed;
  if (asks_for_api && is_public(wanted.type)) {
    return invalid("a public client cannot have API access", "disallow_scalekit_api_access");
  }
  TRY(check_client_credentials(wanted));
  TRY(check_grant_types(wanted));
  TRY(check_lifetime(environment, wanted));
  return check_uris(environment, wanted);
}

// Each in its first place.
std::vector<std::string> without_repetition(const std::vector<std::string>& texts) {
  std::vector<std::string> once;
  for (const std::string& text : texts) {
    if (std::find(once.begin(), once.end(), text) == once.end()) once.push_back(text);
  }
  return once;
}

// What is wanted, checked and with the rules of its type applied.
Result<Application, Error> design(const Environment& environment, const Context& context,
                                  Random& random, const NewApplication& wanted) {
  TRY(check_all(environment, wanted));
  const ApplicationId id = ApplicationId::make(random, context.now);
  std::string client_id = TRY(client_id_for(wanted, id));
  std::string name = TRY(checked_text(wanted.name, name_rule));
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
      .custom_claims = wanted.custom_claims,
      .grant_types = wanted.grant_types,
      .callback_uris = without_repetition(wanted.callback_uris),
      .post_logout_uris = without_repetition(wanted.post_logout_uris),
      .back_channel_logout_uris = without_repetition(wanted.back_channel_logout_uris),
      .secrets = {},
      .created_at = context.now,
      .updated_at = context.now};
}

// The application with the change applied, as if it were wanted anew. Of its redirect URIs only
// those are in it that change: the others were right when they were registered.
NewApplication wanted_after(const Application& current, const ApplicationChange& change) {
  using Pkce = NewApplication::Pkce;
  using ApiAccess = NewApplication::ApiAccess;
  const std::vector<std::string> none;
  return {.type = current.type,
          .name = change.name.value_or(current.name),
          .signing_algorithm = change.signing_algorithm.value_or(current.signing_algorithm),
          .pkce = change.pkce.value_or(current.enforce_pkce ? Pkce::enforced : Pkce::optional),
          .api_access = change.api_access.value_or(current.allow_api_access ? ApiAccess::allowed
                                                                            : ApiAccess::refused),
          .callback_uris = change.callback_uris.value_or(none),
          .post_logout_uris = change.post_logout_uris.value_or(none),
          .back_channel_logout_uris = change.back_channel_logout_uris.value_or(none),
          .initiate_login_uri = change.initiate_login_uri.value_or(current.initiate_login_uri),
          .scopes = change.scopes.value_or(current.scopes),
          .audience = change.audience.value_or(current.audience),
          .custom_claims = change.custom_claims.value_or(current.custom_claims),
          .grant_types = change.grant_types.value_or(current.grant_types),
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
  put("custom_claims", application.custom_claims, wanted.custom_claims);
  put("grant_types", application.grant_types, wanted.grant_types);
  return changed;
}

// Puts the lists of redirect URIs that change into `application`, notes their names in `changed`,
// and says which they are.
std::vector<RedirectKind> apply_lists(const ApplicationChange& change, Application& application,
                                      std::string& changed) {
  std::vector<RedirectKind> kinds;
  const auto put = [&](RedirectKind kind, std::vector<std::string>& held,
                       const std::optional<std::vector<std::string>>& wanted) {
    if (!wanted.has_value()) return;
    auto uris = without_repetition(*wanted);
    if (uris == held) return;
    held = std::move(uris);
    changed.append(changed.empty() ? "" : ", ").append(redirect_kind_name(kind)).append(" URIs");
    kinds.push_back(kind);
  };
  put(RedirectKind::callback, application.callback_uris, change.callback_uris);
  put(RedirectKind::post_logout, application.post_logout_uris, change.post_logout_uris);
  put(RedirectKind::back_channel_logout, application.back_channel_logout_uris,
      change.back_channel_logout_uris);
  return kinds;
}

Result<Unit, Error> replace_redirects(storage::Transaction& transaction,
                                      const Application& application, RedirectKind kind) {
  TRY(remove_redirects(transaction, application.environment, application.id, kind));
  for (const std::string& uri : application.redirects(kind)) {
    const RedirectKey key{.application = application.id, .kind = kind, .uri = uri};
    TRY(insert_redirect(transaction, application.environment, key, application.updated_at));
  }
  return Unit{};
}

}  // namespace

std::string_view type_name(Type type) { return row_of(type).name; }

std::string_view client_id_prefix(Type type) { return row_of(type).client_id_prefix; }

std::span<const std::string_view> grant_types_of(Type type) { return row_of(type).grants; }

bool Application::may_use_grant(std::string_view grant_type) const {
  const auto allowed = grant_types_of(type);
  if (std::find(allowed.begin(), allowed.end(), grant_type) == allowed.end()) return false;
  return grant_types.empty() ||
         std::find(grant_types.begin(), grant_types.end(), grant_type) != grant_types.end();
}

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
  for (const RedirectKind kind : redirect_kinds) {
    for (const std::string& uri : made.redirects(kind)) {
      const RedirectKey key{.application = made.id, .kind = kind, .uri = uri};
      TRY(insert_redirect(transaction, environment.id, key, context.now));
    }
  }
  TRY(finish_change(transaction, environment.id, context, random,
                    about(audit::Event::application_created, made,
                          std::string(type_name(made.type)) + " " + made.name)));
  return made;
}

Result<Application, Error> update(storage::Transaction& transaction, const Environment& environment,
                                  const Context& context, Random& random, ApplicationId application,
                                  const ApplicationChange& change) {
  Application current = TRY(load_application(transaction, environment.id, application));
  NewApplication wanted = wanted_after(current, change);
  wanted.name = TRY(checked_text(wanted.name, name_rule));
  TRY(check_all(environment, wanted));
  if (is_public(wanted.type) && wanted.pkce != NewApplication::Pkce::enforced) {
    return invalid("a public client always uses PKCE", "enforce_pkce");
  }
  if (wanted.type == Type::env && wanted.api_access != NewApplication::ApiAccess::allowed) {
    return invalid("the default application always has API access", "disallow_scalekit_api_access");
  }
  std::string changed = apply(wanted, current);
  const auto lists = apply_lists(change, current, changed);
  if (changed.empty()) return current;
  current.updated_at = context.now;
  ENSURE(TRY(update_application(transaction, environment.id, current)));
  for (const RedirectKind kind : lists) TRY(replace_redirects(transaction, current, kind));
  TRY(finish_change(transaction, environment.id, context, random,
                    about(audit::Event::application_updated, current, changed)));
  return current;
}

Result<Page<Application>, Error> list_applications(storage::Transaction& transaction,
                                                   EnvironmentId environment,
                                                   std::span<const Type> types_wanted,
                                                   const PageQuery& query) {
  // An environment has as many applications as its operator writes: few enough to choose from here.
  auto all = TRY(list_applications(transaction, environment));
  std::erase_if(all, [types_wanted](const Application& each) {
    return !types_wanted.empty() &&
           std::find(types_wanted.begin(), types_wanted.end(), each.type) == types_wanted.end();
  });
  const auto total = static_cast<std::int64_t>(all.size());
  const bool is_older = query.direction == PageQuery::Direction::older;
  if (is_older) std::reverse(all.begin(), all.end());
  std::erase_if(all, [&](const Application& each) {
    if (!query.from.has_value()) return false;
    return is_older ? each.id.number() >= *query.from : each.id.number() <= *query.from;
  });
  const auto kept = std::min(all.size(), static_cast<std::size_t>(query.limit) + 1);
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(kept), all.end());
  auto page =
      make_page(query, std::move(all), [](const Application& each) { return each.id.number(); });
  page.total = total;
  return page;
}

Result<Unit, Error> delete_application(storage::Transaction& transaction, EnvironmentId environment,
                                       const Context& context, Random& random,
                                       ApplicationId application) {
  const Application current = TRY(load_application(transaction, environment, application));
  if (!TRY(remove_application(transaction, environment, application))) {
    return refusal(ErrorCode::failed_precondition, "the default client cannot be deleted");
  }
  return finish_change(transaction, environment, context, random,
                       about(audit::Event::application_deleted, current,
                             std::string(type_name(current.type)) + " " + current.name));
}

Result<Application, Error> load_application(storage::Transaction& transaction,
                                            EnvironmentId environment, ApplicationId application) {
  auto found = TRY(find_application(transaction, environment, application));
  if (!found.has_value()) {
    return refusal(ErrorCode::not_found, "client not found");
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
