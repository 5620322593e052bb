#include "server/app/dev/applications_endpoint.h"

#include <algorithm>

#include "server/app/dev/seed.h"
#include "server/encoding/json.h"
#include "server/encoding/uri.h"
#include "server/http/form_body.h"

namespace gatehouse::app::dev {
namespace {

using applications::Application;
using applications::Type;
using http::Guard;
using http::Method;
using http::PathParameters;
using http::Request;
using http::Response;
using http::RunOn;

Response answer(int status, std::string body) {
  Response response{.status = status};
  response.headers.add("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

Response refuse(int status, std::string_view error, std::string_view description) {
  std::string body;
  JsonWriter writer(body);
  writer.begin_object();
  writer.field("error", error).field("error_description", description);
  writer.end_object();
  return answer(status, std::move(body));
}

// Beyond loopback, a name that leads here by DNS would let a page of that name ask. [Fetch §3.2]
bool is_from_a_program(const Request& request) {
  const auto here = parse_uri("http://" + request.authority);
  if (!here.has_value() || !is_loopback_host(*here)) return false;
  if (request.headers.count("Origin") > 0) return false;
  const auto site = request.headers.get("Sec-Fetch-Site");
  return !site.has_value() || *site == "none" || *site == "same-origin";
}

// What was asked for, with every address written out.
struct Wish {
  SeedApplication application;
  std::string redirect_uri;
};

Error wrong(std::string_view field, std::string_view why) {
  return refusal(ErrorCode::invalid_argument, std::string(field) + " " + std::string(why),
                 std::string(field));
}

// The text of a member that need not be there.
Result<std::string, Error> optional_text(const Json& body, std::string_view key) {
  const Json* member = body.find(key);
  if (member == nullptr || member->is_null()) return std::string();
  const auto text = member->string();
  if (!text.has_value()) return wrong(key, "must be a string");
  return std::string(*text);
}

Result<std::string, Error> text(const Json& body, std::string_view key) {
  std::string found = TRY(optional_text(body, key));
  if (found.empty()) return wrong(key, "is missing");
  return found;
}

// The URI of a path on the application; empty where none was given. What else a URI must be is
// checked where it is registered.
Result<std::string, Error> uri_on(const std::string& origin, const Json& body,
                                  std::string_view key) {
  std::string path = TRY(optional_text(body, key));
  if (path.empty()) return path;
  if (!path.starts_with('/')) return wrong(key, "must begin with /");
  return origin + path;
}

Result<std::string, Error> read_app_url(const Json& body) {
  constexpr std::string_view key = "app_url";
  const std::string sent = TRY(text(body, key));
  const auto uri = parse_uri(sent);
  const bool is_only_origin = uri.has_value() && (uri->path.empty() || uri->path == "/") &&
                              !uri->query.has_value() && !uri->fragment.has_value();
  auto origin = is_only_origin ? origin_of(*uri) : std::nullopt;
  if (!origin.has_value()) return wrong(key, "must be an origin, as http://localhost:4321");
  if (!is_loopback_host(*uri)) return wrong(key, "must be on this machine, as localhost is");
  return std::move(*origin);
}

Result<Wish, Error> read_wish(std::string_view text_of_body) {
  const Json body = TRY(Json::parse(text_of_body));
  if (body.object() == nullptr) return wrong("the body", "must be a JSON object");
  const std::string origin = TRY(read_app_url(body));
  const auto type = applications::parse_type(TRY(text(body, "type")));
  if (type != Type::web_app && type != Type::spa) return wrong("type", "must be WEB_APP or SPA");
  applications::NewApplication wanted{.type = *type, .name = TRY(text(body, "name"))};
  Wish wish;
  wish.redirect_uri = TRY(uri_on(origin, body, "callback_path"));
  if (wish.redirect_uri.empty()) return wrong("callback_path", "is missing");
  wanted.callback_uris = {wish.redirect_uri};
  wanted.post_logout_uris = {origin};
  const std::string login = TRY(uri_on(origin, body, "initiate_login_path"));
  if (!login.empty()) wanted.initiate_login_uri = login;
  const std::string logout = TRY(uri_on(origin, body, "backchannel_logout_path"));
  if (!logout.empty()) wanted.back_channel_logout_uris = {logout};
  if (*type == Type::web_app) {
    wanted.api_access = applications::NewApplication::ApiAccess::allowed;
  }
  wish.application.wanted = std::move(wanted);
  return wish;
}

struct Outcome {
  Seeded::App application;
  enum class Was { there, missing } was = Was::there;
};

Result<Outcome, Error> carry_out(const ApplicationDesk& desk, storage::Transaction& transaction,
                                 const Context& context,
                                 const environments::Environment& environment,
                                 const SeedApplication& wanted) {
  const auto all = TRY(applications::list_applications(transaction, environment.id));
  const auto found = std::ranges::find(all, wanted.wanted.name, &Application::name);
  if (found != all.end() && found->type != wanted.wanted.type) {
    return refusal(ErrorCode::failed_precondition,
                   "there is an application of that name and of another type", "name");
  }
  auto made = TRY(
      ensure_application(transaction, environment, context, desk.random, desk.master_key, wanted));
  const bool lacks_login = found != all.end() && !found->initiate_login_uri.has_value() &&
                           wanted.wanted.initiate_login_uri.has_value();
  if (lacks_login) {
    TRY(applications::update(transaction, environment, context, desk.random, found->id,
                             {.initiate_login_uri = wanted.wanted.initiate_login_uri}));
  }
  return Outcome{std::move(made), found == all.end() ? Outcome::Was::missing : Outcome::Was::there};
}

Response failure(const Error& error) {
  const std::string_view why = error.message;
  switch (error.code) {
    case ErrorCode::invalid_argument:
      return refuse(400, "invalid_request", why.empty() ? "the body is not the JSON we need" : why);
    case ErrorCode::failed_precondition:
    case ErrorCode::already_exists: return refuse(409, "conflict", why);
    case ErrorCode::resource_exhausted:
      return refuse(409, "conflict",
                    why.empty() ? "the application has two secrets already: delete one" : why);
    default: return refuse(503, "temporarily_unavailable", "please try again shortly");
  }
}

Response ensure(const ApplicationDesk& desk, const Context& context, const Request& request) {
  if (!is_from_a_program(request)) {
    return refuse(403, "access_denied", "only programs on this machine may ask for this");
  }
  if (!http::has_content_type(request, "application/json")) {
    return refuse(415, "invalid_request", "the body must be application/json");
  }
  const auto wish = read_wish(request.body);
  if (!wish.ok()) return failure(wish.error());
  const auto entry = desk.catalog.current()->by_id(context.environment);
  Context asked = context;
  asked.actor = {ActorType::operator_, "gatehouse init"};
  const auto outcome = storage::write(desk.database, asked, [&](storage::Transaction& transaction) {
    return carry_out(desk, transaction, asked, entry->environment, wish.value().application);
  });
  if (!outcome.ok()) return failure(outcome.error());
  // Who asked may send somebody to sign in at once.
  (void)desk.catalog.refresh(context).ok();
  const Seeded::App& application = outcome.value().application;
  std::string body;
  JsonWriter writer(body);
  writer.begin_object();
  writer.field("environment_url", entry->environment.base_url);
  writer.field("client_id", application.client_id);
  if (application.client_secret.has_value()) {
    writer.field("client_secret", application.client_secret->reveal());
  }
  writer.field("redirect_uri", wish.value().redirect_uri);
  writer.field("created", outcome.value().was == Outcome::Was::missing);
  writer.end_object();
  return answer(200, std::move(body));
}

}  // namespace

std::vector<http::Route> application_routes(const ApplicationDesk& desk) {
  return {{Method::post,
           "/dev/applications",
           RunOn::pooled,
           limits::form_body_bytes_max,
           {Guard::api},
           [desk](const Context& context, const Request& request, const PathParameters&) {
             return ensure(desk, context, request);
           }}};
}

}  // namespace gatehouse::app::dev
