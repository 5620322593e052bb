// What programs read about the server, and how keys change while people stay signed in.

#include "tests/world/client.h"

namespace gatehouse::world {
namespace {

Json get_json(Browser& browser, std::string_view url) {
  const Page page = browser.open(url, {{"Accept", "application/json"}});
  REQUIRE(page.status() == 200);
  return Json::parse(page.body()).value();
}

std::set<std::string> key_ids(const Json& jwks) {
  std::set<std::string> ids;
  for (const Json& key : *jwks.array("keys")) ids.emplace(*key.string("kid"));
  return ids;
}

TEST_CASE("discovery names every endpoint, and each of them answers") {
  World world;
  Browser browser(world);
  const Json document = get_json(browser, "/.well-known/openid-configuration");
  CHECK(document.string("issuer") == development_url);
  CHECK(get_json(browser, "/.well-known/oauth-authorization-server") == document);
  for (const auto& member : *document.object()) {
    const bool is_endpoint = member.key.ends_with("_endpoint") || member.key == "jwks_uri";
    if (!is_endpoint) continue;
    const auto response = browser.send(http::Method::get, *member.value.string(), {}, {});
    CHECK(response.status != 404);
  }
  CHECK(browser.open("/.well-known/openid-configuration/").status() == 200);
}

TEST_CASE("metadata and keys may be cached and read by scripts of the applications alone") {
  World world;
  Browser browser(world);
  for (const char* path : {"/.well-known/openid-configuration", "/keys"}) {
    const Page page = browser.open(path, {{"Origin", "http://localhost:4322"}});
    CHECK(page.header("Cache-Control") == "public, max-age=300");
    CHECK(page.header("Access-Control-Allow-Origin") == "http://localhost:4322");
    CHECK(page.header("Vary") == "Origin");
    CHECK(browser.open(path, {{"Origin", "https://evil.test"}})
              .header("Access-Control-Allow-Origin")
              .empty());
  }
  const auto preflight = browser.send(http::Method::options, "/oauth/token", {},
                                      {{"Origin", "http://localhost:4322"}});
  CHECK(preflight.status == 204);
  CHECK(preflight.headers.get("Access-Control-Allow-Origin") == "http://localhost:4322");
  CHECK(!preflight.headers.get("Access-Control-Allow-Credentials").has_value());
}

TEST_CASE("of each algorithm in use the current key and the next are published") {
  World world;
  Browser browser(world);
  const Json jwks = get_json(browser, "/keys");
  std::map<std::string, int> count;
  for (const Json& key : *jwks.array("keys")) {
    ++count[std::string(*key.string("alg"))];
    CHECK(key.string("use") == "sig");
    CHECK(key.find("d") == nullptr);
    CHECK(key.find("p") == nullptr);
  }
  CHECK(count == std::map<std::string, int>{{"RS256", 2}, {"ES256", 2}});
}

TEST_CASE("a key that takes over was published long before, and old tokens stay good") {
  World world;
  Browser browser(world);
  const std::set<std::string> published = key_ids(get_json(browser, "/keys"));
  Client console(world, "Console");
  const Answer first = console.exchange(browser.sign_in("Console", "ada@acme.test"));
  const std::string first_kid(*token_part(first.id_token(), 0).string("kid"));
  std::string refresh = first.refresh_token();
  std::string kid = first_kid;
  for (int day = 0; day < 29 && kid == first_kid; ++day) {
    world.advance(days(1));
    world.run_job("rotate keys");
    const Answer next = console.refresh(refresh);
    REQUIRE(next.status == 200);
    refresh = next.refresh_token();
    kid = *token_part(next.access_token(), 0).string("kid");
    CHECK(published.contains(kid));
    CHECK(console.introspect(next.access_token()).is_active());
  }
  CHECK(world.violations() == "");
}

TEST_CASE("health and metrics answer whatever the host, and tell nothing of it") {
  World world;
  http::Request request;
  request.authority = "10.0.0.1:9999";
  request.path = "/livez";
  CHECK(world.send(request).status == 200);
  request.path = "/readyz";
  CHECK(world.send(request).status == 200);
  world.app().set_readiness(app::App::Readiness::not_ready);
  CHECK(world.send(request).status == 503);
  request.path = "/metrics";
  const http::Response metrics = world.send(request);
  CHECK(metrics.status == 200);
  CHECK(metrics.body.find("10.0.0.1") == std::string::npos);
}

}  // namespace
}  // namespace gatehouse::world
