#include "server/app/front.h"

#include <algorithm>

#include "server/core/limits.h"
#include "server/core/story.h"
#include "server/encoding/uri.h"
#include "server/http/answer_headers.h"
#include "server/http/csrf.h"
#include "server/login/brand.h"
#include "server/pages/screens.h"

namespace gatehouse::app {
namespace {

using http::Guard;
using http::Request;
using http::Response;
using http::Route;

// The environment of requests that belong to none: operations routes only.
const EnvironmentId no_environment(1);

bool wants_page(const Request& request) {
  const auto accept = request.headers.get("Accept");
  return accept.has_value() && accept->find("text/html") != std::string_view::npos;
}

struct Words {
  std::string_view heading, sentence, advice, code;
};

Words words_for(int status) {
  switch (status) {
    case 403:
      return {"This form did not come from here",
              "Your browser says that the form was sent by another site.",
              "Go back, reload the page and try again.", "foreign_form"};
    case 404:
      return {"There is no such page", "The address may be mistyped, or the page has moved.",
              "Check the address, or go back to where you came from.", "not_found"};
    case 405:
      return {"This page cannot be used that way", "The request used a method that is not meant.",
              "Go back to where you came from and try again.", "method_not_allowed"};
    default:
      return {"Something went wrong on our side", "We could not do that.",
              "Wait a moment, then try again.", "internal"};
  }
}

Response failure_page(const pages::Pages& pages, const Context& context,
                      const environments::Environment& environment, int status) {
  const Words words = words_for(status);
  return pages.page(status,
                    pages::screen(pages::Failure{.heading = std::string(words.heading),
                                                 .sentence = std::string(words.sentence),
                                                 .advice = std::string(words.advice),
                                                 .code = std::string(words.code),
                                                 .reference = context.request.text(),
                                                 .at = context.now,
                                                 .back_url = {},
                                                 .retry_url = {},
                                                 .developer = std::nullopt}),
                    login::brand_of(environment));
}

Response failure(const pages::Pages& pages, const Context& context,
                 const environments::Environment& environment, const Request& request, int status) {
  if (wants_page(request)) return failure_page(pages, context, environment, status);
  return http::plain_text(status, std::string(words_for(status).code) + "\n");
}

void apply_cors(Response& response, const applications::CatalogEntry& entry,
                const Request& request) {
  response.headers.add("Vary", "Origin");
  const auto origin = request.headers.get("Origin");
  if (!origin.has_value() || !entry.allows_origin(*origin)) return;
  response.headers.set("Access-Control-Allow-Origin", *origin);
  if (request.method != http::Method::options) return;
  response.headers.set("Access-Control-Allow-Methods", "GET, POST");
  response.headers.set("Access-Control-Allow-Headers",
                       "Authorization, Content-Type, Connect-Protocol-Version, Connect-Timeout-Ms, "
                       "grpc-timeout, x-grpc-web, x-user-agent");
  response.headers.set("Access-Control-Max-Age", "600");
}

// Told to insist on https for localhost, a browser would do so on every port, and the http servers
// that people develop there could no longer be reached.
http::Scheme scheme_to_insist_on(const environments::Environment& environment) {
  return environment.is_https() && !environment.is_development() ? http::Scheme::https
                                                                 : http::Scheme::http;
}

void apply_headers(Response& response, const applications::CatalogEntry& entry,
                   const Request& request, const Route* route) {
  const http::AnswerHeaders answer{.scheme = scheme_to_insist_on(entry.environment),
                                   .caching = route != nullptr && route->has(Guard::cacheable)
                                                  ? http::Caching::as_set
                                                  : http::Caching::refused};
  if (route != nullptr && route->has(Guard::api)) {
    http::apply_api_headers(response, answer);
  } else {
    http::apply_page_headers(response, {answer, {}});
  }
  if (route != nullptr && route->has(Guard::cors)) apply_cors(response, entry, request);
}

// The address of whoever asks: the peer, or what our own proxy says of it. The last entry is the
// one that the proxy itself added.
std::string client_address(const Request& request, const std::vector<std::string>& proxies) {
  if (std::ranges::find(proxies, request.peer_address) == proxies.end()) {
    return request.peer_address;
  }
  const auto forwarded = request.headers.get("X-Forwarded-For");
  if (!forwarded.has_value()) return request.peer_address;
  std::string_view last = *forwarded;
  last = last.substr(last.rfind(',') + 1);
  while (!last.empty() && last.front() == ' ') last.remove_prefix(1);
  constexpr std::size_t address_bytes_max = 45;
  if (last.empty() || last.size() > address_bytes_max ||
      last.find_first_not_of("0123456789abcdefABCDEF.:") != std::string_view::npos) {
    return request.peer_address;
  }
  return std::string(last);
}

}  // namespace

Front::Front(Deps deps, std::vector<Route> routes)
    : deps_(std::move(deps)), table_(std::move(routes)) {}

std::vector<std::string> Front::labels(const std::vector<Route>& routes) {
  std::vector<std::string> labels;
  for (const Route& route : routes) {
    labels.push_back(std::string(http::method_name(route.method)) + " " + route.path);
  }
  return labels;
}

http::server::Plan Front::plan(const Request& head) {
  const Route* route = table_.match(head.method, head.path).route;
  if (route == nullptr) {
    return {.run = http::server::Run::inline_,
            .body_bytes_max = limits::form_body_bytes_max,
            .route = nullptr};
  }
  const auto run = route->run_on == http::RunOn::inline_  ? http::server::Run::inline_
                   : route->run_on == http::RunOn::read   ? deps_.reads
                   : route->run_on == http::RunOn::pooled ? http::server::Run::pooled
                                                          : http::server::Run::hash;
  using Body = http::server::Plan::Body;
  return {.run = run,
          .body_bytes_max = route->body_bytes_max,
          .route = route,
          .body = route->has(Guard::conversation) ? Body::first_message : Body::whole};
}

Context Front::make_context(const Request& request, const Entry& entry) const {
  const Instant now = deps_.clock.now();
  std::string user_agent(request.headers.get("User-Agent")
                             .value_or(std::string_view())
                             .substr(0, limits::user_agent_bytes_max));
  // It is stored and shown, and a header may hold any bytes.
  for (char& c : user_agent) {
    if (c < ' ' || c > '~') c = '?';
  }
  return {.request = RequestId::make(deps_.random, now),
          .now = now,
          .deadline = std::chrono::steady_clock::now() + limits::request_deadline,
          .environment = entry == nullptr ? no_environment : entry->environment.id,
          .actor = {},
          .client_address = client_address(request, deps_.trusted_proxies),
          .user_agent = std::move(user_agent)};
}

Response Front::guarded(const Context& context, const applications::CatalogEntry& entry,
                        const Request& request, const Route& route) const {
  tell(context, "route", route.path);
  if (route.has(Guard::no_prefetch) && http::is_speculative(request)) {
    Response nothing;
    nothing.status = 204;
    return nothing;
  }
  if (route.has(Guard::same_origin) && !http::is_same_origin(request, entry.environment.base_url)) {
    return failure(deps_.pages, context, entry.environment, request, 403);
  }
  return route.handler(context, request, http::RouteTable::parameters(route, request.path));
}

Response Front::answer(const Context& context, const Entry& entry, const Request& request,
                       const Route* route) const {
  if (route != nullptr && route->has(Guard::operations)) {
    return route->handler(context, request, http::RouteTable::parameters(*route, request.path));
  }
  // A host that is none of ours may be an attempt to poison links or caches: nothing is said.
  if (entry == nullptr) return http::plain_text(421, "misdirected_request\n");

  Response response;
  if (route != nullptr) {
    response = guarded(context, *entry, request, *route);
    apply_headers(response, *entry, request, route);
    return response;
  }
  if (auto unknown = deps_.unknown_call(context, request)) {
    http::apply_api_headers(*unknown, {.scheme = scheme_to_insist_on(entry->environment),
                                       .caching = http::Caching::refused});
    return std::move(*unknown);
  }
  const auto match = table_.match(request.method, request.path);
  if (match.allow.empty()) {
    response = failure(deps_.pages, context, entry->environment, request, 404);
  } else {
    const Route* other = table_.match(http::Method::post, request.path).route;
    if (other == nullptr) other = table_.match(http::Method::get, request.path).route;
    if (request.method == http::Method::options && other != nullptr && other->has(Guard::cors)) {
      response.status = 204;
      apply_headers(response, *entry, request, other);
      return response;
    }
    response = failure(deps_.pages, context, entry->environment, request, 405);
    response.headers.set("Allow", match.allow);
  }
  apply_headers(response, *entry, request, nullptr);
  return response;
}

Response Front::handle(Request request, const http::server::Plan& plan) {
  const auto started = std::chrono::steady_clock::now();
  const Entry entry = deps_.catalog.current()->by_authority(request.authority);
  const Route* route = static_cast<const Route*>(plan.route);
  Context context = make_context(request, entry);
  // Who has waited for a thread has so much less time left.
  if (plan.queued_at.has_value()) context.deadline = *plan.queued_at + limits::request_deadline;
  // In development the pages that explain an error show what the request did.
  Story story;
  if (entry != nullptr && entry->environment.is_development()) context.story = &story;
  Response response;
  try {
    response = answer(context, entry, request, route);
  } catch (const std::exception& bug) {
    deps_.metrics.count_failed_check();
    deps_.log.write(LogLevel::error, "request.bug",
                    {{"request", context.request.text()}, {"what", std::string_view(bug.what())}});
    response = http::plain_text(500, "internal\n");
  }
  // Whoever is told to come again is told when.
  if (response.status == 503 && !response.headers.get("Retry-After").has_value()) {
    response.headers.set("Retry-After", "1");
  }
  const auto took = std::chrono::steady_clock::now() - started;
  const std::size_t index = route == nullptr
                                ? table_.routes().size()
                                : static_cast<std::size_t>(route - table_.routes().data());
  deps_.metrics.count_request(index, response.status, took);
  // The route's pattern, never the path or query as sent: those may hold tokens.
  deps_.log.write(
      LogLevel::info, "request",
      {{"request", context.request.text()},
       {"method", http::method_name(request.method)},
       {"route", route == nullptr ? std::string_view("none") : std::string_view(route->path)},
       {"status", std::int64_t{response.status}},
       {"us", std::chrono::duration_cast<std::chrono::microseconds>(took).count()},
       {"environment", entry == nullptr ? std::string_view() : entry->environment.name},
       {"client", context.client_address}});
  return response;
}

void Front::refused(int status, const char* reason, const std::string& peer_address) {
  deps_.metrics.count_refusal(reason);
  deps_.log.write(LogLevel::info, "request.refused",
                  {{"status", std::int64_t{status}},
                   {"reason", std::string_view(reason)},
                   {"client", peer_address}});
}

}  // namespace gatehouse::app
