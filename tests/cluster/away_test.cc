// A node without its database: what it still answers, what it says of itself, and that it comes
// back by itself.

#include "tests/cluster/two_nodes.h"

namespace gatehouse::world {
namespace {

using storage::FaultPoint;
using storage::FaultSpan;

struct Fixture {
  World world;
  Browser browser{world};
  Client console{world, "Console"};
  Answer tokens = console.exchange(browser.sign_in("Console", "ada@acme.test"));

  void lose_database() {
    world.faults().arm({.point = FaultPoint::statement, .span = FaultSpan::from_then_on});
  }
  // The job fails while the database is away; what it found is the point.
  void watch() {
    for (int i = 0; i < 2; ++i) {
      for (const app::Job& job : world.app().jobs()) {
        if (job.name == "watch database") static_cast<void>(job.run().ok());
      }
    }
  }
  http::Response get(std::string_view path) {
    http::Request request;
    request.authority = "10.0.0.1:9999";
    request.path = std::string(path);
    return world.send(request);
  }
};

TEST_CASE("away: discovery and keys answer from memory, all else says 503 and when to come back") {
  Fixture here;
  const Page open_before = here.browser.authorize("Console", {{"prompt", "login"}});
  REQUIRE(open_before.find_form("/login/email") != nullptr);
  const std::string keys(here.browser.open("/keys").body());
  here.lose_database();

  CHECK(here.browser.open("/.well-known/openid-configuration").status() == 200);
  CHECK(here.browser.open("/keys").body() == keys);
  CHECK(here.get("/livez").status == 200);

  const Page sign_in = here.browser.authorize("Console", {{"prompt", "login"}});
  CHECK(sign_in.status() == 503);
  CHECK(sign_in.header("Retry-After") == "1");
  CHECK(sign_in.shows("Something went wrong on our side"));
  const Page typed = here.browser.submit(open_before, "/login/email", {{"email", "ada@acme.test"}});
  CHECK(typed.status() == 503);
  CHECK(typed.header("Retry-After") == "1");
  CHECK(typed.shows("Something went wrong on our side"));
  for (const char* path : {"/account", "/oidc/logout"}) {
    CAPTURE(path);
    const Page page = here.browser.open(path, {{"Accept", "text/html"}});
    CHECK(page.status() == 503);
    CHECK(page.header("Retry-After") == "1");
    CHECK(page.shows("Something went wrong on our side"));
  }

  const auto is_away = [](const Answer& answer) {
    CHECK(answer.status == 503);
    CHECK(answer.response.headers.get("Retry-After") == "1");
  };
  is_away(here.console.refresh(here.tokens.refresh_token()));
  is_away(here.console.userinfo(here.tokens.access_token()));
  is_away(here.console.introspect(here.tokens.access_token()));
  is_away(here.console.revoke(here.tokens.access_token()));
  const Page api = here.browser.open("/api/v1/users",
                                     {{"Authorization", "Bearer " + here.tokens.access_token()}});
  CHECK(api.status() == 503);
  CHECK(api.header("Retry-After") == "1");

  here.world.faults().disarm();
  CHECK(here.console.refresh(here.tokens.refresh_token()).status == 200);
  CHECK(here.world.violations() == "");
}

TEST_CASE("away: a node that lost its database says so, and stops saying so when it is back") {
  Fixture here;
  here.watch();
  CHECK(here.get("/readyz").body == "ready\n");
  here.lose_database();
  here.watch();
  const http::Response away = here.get("/readyz");
  CHECK(away.status == 503);
  CHECK(away.body == "not ready: the database does not answer\n");
  CHECK(here.get("/livez").status == 200);
  CHECK(here.get("/metrics").body.find("gatehouse_database_answers 0\n") != std::string::npos);
  CHECK(here.get("/metrics").body.find("gatehouse_ready 0\n") != std::string::npos);
  here.world.faults().disarm();
  here.watch();
  CHECK(here.get("/readyz").status == 200);
  CHECK(here.get("/metrics").body.find("gatehouse_database_answers 1\n") != std::string::npos);
}

TEST_CASE("away: health is answered without a statement") {
  Fixture here;
  for (const char* path : {"/livez", "/readyz", "/metrics"}) {
    here.get(path);
    CHECK(here.world.last_statements().empty());
  }
}

TEST_CASE("away: jobs fail while the database is away, and do their work when it is back") {
  Fixture here;
  here.lose_database();
  for (const app::Job& job : here.world.app().jobs()) {
    CAPTURE(job.name);
    static_cast<void>(job.run().ok());
  }
  here.world.faults().disarm();
  for (const app::Job& job : here.world.app().jobs()) {
    CAPTURE(job.name);
    CHECK(job.run().ok());
  }
}

}  // namespace
}  // namespace gatehouse::world
