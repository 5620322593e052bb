#include "server/applications/redirects.h"

#include <algorithm>

#include "server/applications/application_store.h"
#include "server/applications/change.h"

namespace gatehouse::applications {
namespace {

// What is refused: "callback URI", and the field that it came in.
struct Subject {
  std::string what;
  std::string_view field;
};

Error refused(const Subject& subject, std::string_view uri, std::string_view why) {
  return refusal(ErrorCode::invalid_argument,
                 subject.what + " \"" + std::string(uri) + "\": " + std::string(why),
                 std::string(subject.field));
}

bool is_web_uri(std::string_view uri) {
  return uri.starts_with("https://") || uri.starts_with("http://");
}

// What any URI of the application must be.
Result<Unit, Error> check_form(RedirectPlace place, const Subject& what, std::string_view uri) {
  if (place.application == Type::m2m) return refused(what, uri, "an M2M application has no URIs");
  const auto parsed = RedirectUri::parse(uri, redirect_rules(place.environment, place.application));
  if (!parsed.ok()) return refused(what, uri, parsed.error().detail);
  if (place.application != Type::native && !is_web_uri(parsed.value().text())) {
    return refused(what, uri, "schemes other than https are for native applications");
  }
  return Unit{};
}

bool has_wildcard(std::string_view uri) { return uri.find('*') != std::string_view::npos; }

}  // namespace

std::string_view redirect_kind_name(RedirectKind kind) {
  switch (kind) {
    case RedirectKind::callback: return "callback";
    case RedirectKind::post_logout: return "post_logout";
    case RedirectKind::back_channel_logout: return "back_channel_logout";
  }
  ensure_failed("redirect_kind_name: not a RedirectKind");
}

std::string_view redirect_field(RedirectKind kind) {
  switch (kind) {
    case RedirectKind::callback: return "post_login_uris";
    case RedirectKind::post_logout: return "post_logout_redirect_uris";
    case RedirectKind::back_channel_logout: return "back_channel_logout_uris";
  }
  ensure_failed("redirect_field: not a RedirectKind");
}

const std::vector<std::string>& Application::redirects(RedirectKind kind) const {
  switch (kind) {
    case RedirectKind::callback: return callback_uris;
    case RedirectKind::post_logout: return post_logout_uris;
    case RedirectKind::back_channel_logout: return back_channel_logout_uris;
  }
  ensure_failed("Application::redirects: not a RedirectKind");
}

RedirectRules redirect_rules(environments::Kind kind, Type type) {
  return {.environment = kind == environments::Kind::development ? EnvironmentKind::development
                                                                 : EnvironmentKind::production,
          .shape = type == Type::native ? ApplicationShape::native : ApplicationShape::web};
}

Result<Unit, Error> check_redirect(RedirectPlace place, RedirectKind kind, std::string_view uri) {
  const Subject what{std::string(redirect_kind_name(kind)) + " URI", redirect_field(kind)};
  TRY(check_form(place, what, uri));
  if (kind != RedirectKind::back_channel_logout) return Unit{};
  if (place.application != Type::env && place.application != Type::web_app) {
    return refused(what, uri, "back-channel logout is for web applications with a server");
  }
  if (has_wildcard(uri)) return refused(what, uri, "we cannot call a wildcard");
  return Unit{};
}

Result<Unit, Error> check_initiate_login(RedirectPlace place, std::string_view uri) {
  const Subject what{"initiate-login URI", "initiate_login_uri"};
  TRY(check_form(place, what, uri));
  if (has_wildcard(uri)) return refused(what, uri, "we cannot send anyone to a wildcard");
  return Unit{};
}

bool is_registered(const environments::Environment& environment, const Application& application,
                   RedirectKind kind, std::string_view sent) {
  const auto matches = kind == RedirectKind::post_logout ? post_logout_matches : redirect_matches;
  const RedirectRules rules = redirect_rules(environment.kind, application.type);
  const auto& registered = application.redirects(kind);
  return std::any_of(registered.begin(), registered.end(), [&](const std::string& uri) {
    if (uri == sent) return !has_wildcard(uri);
    const auto parsed = RedirectUri::parse(uri, rules);
    return parsed.ok() && matches(parsed.value(), sent);
  });
}

Result<Unit, Error> add_redirect(storage::Transaction& transaction,
                                 const environments::Environment& environment,
                                 const Context& context, Random& random, ApplicationId application,
                                 RedirectKind kind, std::string_view uri) {
  const Application current = TRY(load_application(transaction, environment.id, application));
  TRY(check_redirect({environment.kind, current.type}, kind, uri));
  const auto& registered = current.redirects(kind);
  if (std::find(registered.begin(), registered.end(), uri) != registered.end()) return Unit{};

  TRY(touch_application(transaction, environment.id, application, context.now));
  const RedirectKey key{.application = application, .kind = kind, .uri = uri};
  if (!TRY(insert_redirect(transaction, environment.id, key, context.now))) {
    return refusal(ErrorCode::resource_exhausted,
                   "the list is full: " + std::to_string(redirects_per_kind_max) + " URIs",
                   std::string(redirect_field(kind)));
  }
  return finish_change(
      transaction, environment.id, context, random,
      about(audit::Event::application_updated, current,
            "added " + std::string(redirect_kind_name(kind)) + " URI " + std::string(uri)));
}

Result<Unit, Error> remove_redirect(storage::Transaction& transaction, EnvironmentId environment,
                                    const Context& context, Random& random,
                                    ApplicationId application, RedirectKind kind,
                                    std::string_view uri) {
  const Application current = TRY(load_application(transaction, environment, application));
  const RedirectKey key{.application = application, .kind = kind, .uri = uri};
  if (!TRY(remove_redirect_row(transaction, environment, key))) return Unit{};
  TRY(touch_application(transaction, environment, application, context.now));
  return finish_change(
      transaction, environment, context, random,
      about(audit::Event::application_updated, current,
            "removed " + std::string(redirect_kind_name(kind)) + " URI " + std::string(uri)));
}

}  // namespace gatehouse::applications
