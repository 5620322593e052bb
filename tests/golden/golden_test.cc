// What goes over the wire, and which guards stand where, as texts under review.

#include "tests/world/golden.h"

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

// The text with the number of every id taken out: numbers depend on how many random bytes were
// drawn before, which is nobody's concern.
std::string without_numbers(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out.push_back(text[i]);
    if (text[i] != '_' || i + 1 == text.size() || !is_digit(text[i + 1])) continue;
    out.push_back('#');
    while (i + 1 < text.size() && is_digit(text[i + 1])) ++i;
  }
  return out;
}

// Header and claims of a token, without what depends on keys and random bytes. Times are those of
// the World's clock.
std::string token_text(std::string_view token) {
  Json::Object header = *token_part(token, 0).object();
  Json::Object claims = *token_part(token, 1).object();
  const auto stands_for = [](Json::Object& object, std::string_view key, const char* name) {
    for (auto& member : object) {
      if (member.key == key) member.value = Json(std::string(name));
    }
  };
  stands_for(header, "kid", "<kid>");
  stands_for(claims, "at_hash", "<at_hash>");
  stands_for(claims, "c_hash", "<c_hash>");
  return without_numbers(
      pretty(Json(Json::Object{{"header", Json(header)}, {"claims", Json(claims)}})));
}

TEST_CASE("golden: discovery and the shape of the key set") {
  World world;
  Browser browser(world);
  const Page metadata = browser.open("/.well-known/openid-configuration");
  check_golden("discovery.json", pretty(Json::parse(metadata.body()).value()));
  const Json jwks = Json::parse(browser.open("/keys").body()).value();
  std::string shape;
  for (const Json& key : *jwks.array("keys")) {
    for (const auto& member : *key.object()) {
      const bool is_material =
          member.key == "kid" || member.key == "n" || member.key == "x" || member.key == "y";
      shape += member.key + "=" +
               (is_material ? "<" + std::to_string(member.value.string()->size()) + " characters>"
                            : std::string(*member.value.string())) +
               " ";
    }
    shape.back() = '\n';
  }
  check_golden("jwks.txt", shape);
}

TEST_CASE("golden: the tokens of a person and of a machine") {
  World world;
  Browser browser(world);
  Client console(world, "Console"), wiki(world, "Wiki"), batch(world, "Batch");
  const Answer tokens = console.exchange(browser.sign_in("Console", "ada@acme.test"));
  check_golden("access_token.json", token_text(tokens.access_token()));
  check_golden("id_token.json", token_text(tokens.id_token()));
  check_golden("userinfo.json",
               without_numbers(pretty(console.userinfo(tokens.access_token()).json)));
  check_golden("introspection.json",
               without_numbers(pretty(console.introspect(tokens.access_token()).json)));
  check_golden("introspection_refresh.json",
               pretty(console.introspect(tokens.refresh_token()).json));
  const Answer es256 = wiki.exchange(browser.authorize("Wiki", {{"scope", "openid"}}));
  check_golden("access_token_es256.json", token_text(es256.access_token()));
  const Answer machine = batch.token({{"grant_type", "client_credentials"}});
  check_golden("machine_token.json", token_text(machine.access_token()));
  browser.open("/oidc/logout?" + encode({{"id_token_hint", tokens.id_token()}}));
  world.run_job("back-channel logout");
  const std::string body = world.http().calls().front().body;
  check_golden("logout_token.json", token_text(body.substr(body.find('=') + 1)));
}

std::string_view guard_name(http::Guard guard) {
  switch (guard) {
    case http::Guard::page: return "page";
    case http::Guard::api: return "api";
    case http::Guard::cacheable: return "cacheable";
    case http::Guard::cors: return "cors";
    case http::Guard::same_origin: return "same_origin";
    case http::Guard::no_prefetch: return "no_prefetch";
    case http::Guard::operations: return "operations";
    case http::Guard::conversation: return "conversation";
  }
  return "?";
}

TEST_CASE("golden: every route with its guards") {
  World world;
  std::string text;
  for (const http::Route& route : world.app().front().routes().routes()) {
    text += std::string(http::method_name(route.method)) + " " + route.path;
    text += route.run_on == http::RunOn::inline_ ? "  inline"
            : route.run_on == http::RunOn::read  ? "  read"
                                                 : "  pooled";
    text += "  body<=" + std::to_string(route.body_bytes_max) + " ";
    for (const http::Guard guard : route.guards) text += " " + std::string(guard_name(guard));
    text += "\n";
  }
  check_golden("routes.txt", text);
}

TEST_CASE("every form of ours is guarded against other sites, and no page may be cached") {
  World world;
  for (const http::Route& route : world.app().front().routes().routes()) {
    CAPTURE(route.path);
    const bool is_ours = route.path.starts_with("/login") || route.path.starts_with("/account") ||
                         route.path == "/oidc/logout/confirm";
    if (is_ours && route.method == http::Method::post) CHECK(route.has(http::Guard::same_origin));
    const int kinds = static_cast<int>(route.has(http::Guard::page)) +
                      static_cast<int>(route.has(http::Guard::api)) +
                      static_cast<int>(route.has(http::Guard::operations));
    CHECK(kinds == 1);
    if (route.has(http::Guard::cacheable)) CHECK(route.method == http::Method::get);
    if (route.method == http::Method::get) CHECK(route.body_bytes_max == 0);
  }
}

TEST_CASE("golden: errors, and what a sign-in leaves in the audit log") {
  World world;
  Browser browser(world);
  Client console(world, "Console"), docs(world, "Docs");
  std::string errors;
  const auto add = [&](std::string_view name, const Answer& answer) {
    errors += std::string(name) + ": " + std::to_string(answer.status) + " " + answer.response.body;
    const auto header = answer.response.headers.get("WWW-Authenticate");
    if (header.has_value()) errors += "  WWW-Authenticate: " + std::string(*header);
    errors += "\n";
  };
  add("unknown code", console.token({{"grant_type", "authorization_code"}, {"code", "x"}}));
  add("unknown refresh token", console.refresh("rt_x"));
  add("no grant_type", console.token({}));
  add("unknown grant_type", console.token({{"grant_type", "password"}}));
  add("public client", docs.token({{"grant_type", "client_credentials"}}));
  add("no client", console.token({{"client_id", left_out}}));
  add("unknown token", console.userinfo("x"));
  add("no token", console.post("/userinfo", {}));
  console.prove_by(Client::Proof::basic);
  add("wrong secret", console.post("/oauth/token", {{"grant_type", "client_credentials"}},
                                   {{"Authorization", "Basic eDp5"}}));
  check_golden("errors.txt", errors);

  const Page page = browser.ask_for_mail(browser.authorize("Console"), "ada@acme.test");
  browser.submit(page, "/login/code", {{"code", "000000"}});
  world.advance(seconds(2));
  world.run_job("write refusals");
  const Page callback = browser.type_code(page, "ada@acme.test");
  world.advance(seconds(1));
  const Answer tokens = console.exchange(callback);
  world.advance(seconds(1));
  console.revoke(tokens.refresh_token());
  world.advance(seconds(1));
  browser.open("/oidc/logout?" + encode({{"id_token_hint", tokens.id_token()}}));
  std::vector<std::string> events;
  for (const audit::StoredRecord& record : world.audit()) {
    const bool is_setup = record.actor_type == "operator" || record.actor_type == "system";
    if (is_setup) continue;
    events.push_back(to_rfc3339(record.at) + " " + record.event + " " + record.outcome +
                     " actor=" + record.actor_type + " subject=" + record.subject_type +
                     " from=" + record.client_address +
                     (record.organization.has_value() ? " organization" : "") +
                     (record.client_id.has_value() ? " client" : "") +
                     (record.detail.empty() ? "" : " detail=" + record.detail) + "\n");
  }
  // Records of one millisecond are in no order.
  std::ranges::sort(events);
  std::string text;
  for (const std::string& event : events) text += without_numbers(event);
  check_golden("audit_of_a_sign_in.txt", text);
}

}  // namespace
}  // namespace gatehouse::world
