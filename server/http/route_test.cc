#include "server/http/route.h"

#include <doctest/doctest.h>

namespace gatehouse::http {

namespace {

Route make(Method method, std::string path) {
  return Route{method, std::move(path), RunOn::inline_, 0, {Guard::page, Guard::no_prefetch}, {}};
}

RouteTable table() {
  return RouteTable({make(Method::get, "/"), make(Method::get, "/keys"),
                     make(Method::get, "/token"), make(Method::post, "/token"),
                     make(Method::get, "/users/me"), make(Method::get, "/users/{user}"),
                     make(Method::delete_, "/users/{user}"),
                     make(Method::put, "/orgs/{org}/users/{user}")});
}

std::string matched(const RouteTable& routes, Method method, std::string_view path) {
  const auto match = routes.match(method, path);
  return match.route ? match.route->path : "-" + match.allow;
}

}  // namespace

TEST_CASE("a literal path is found by its method") {
  const RouteTable routes = table();
  CHECK(matched(routes, Method::get, "/") == "/");
  CHECK(matched(routes, Method::get, "/keys") == "/keys");
  CHECK(matched(routes, Method::post, "/token") == "/token");
  CHECK(routes.match(Method::post, "/token").route->method == Method::post);
}

TEST_CASE("one slash at the end changes nothing") {
  const RouteTable routes = table();
  CHECK(matched(routes, Method::get, "/keys/") == "/keys");
  CHECK(matched(routes, Method::get, "/users/7/") == "/users/{user}");
  CHECK(matched(routes, Method::get, "/keys//") == "-");
}

TEST_CASE("a brace stands for one segment that is not empty") {
  const RouteTable routes = table();
  CHECK(matched(routes, Method::get, "/users/7") == "/users/{user}");
  CHECK(matched(routes, Method::put, "/orgs/a/users/b") == "/orgs/{org}/users/{user}");
  CHECK(matched(routes, Method::get, "/users") == "-");
  CHECK(matched(routes, Method::get, "/users/7/8") == "-");
  CHECK(matched(routes, Method::put, "/orgs//users/b") == "-");
}

TEST_CASE("a literal path wins over a brace, method by method") {
  const RouteTable routes = table();
  CHECK(matched(routes, Method::get, "/users/me") == "/users/me");
  CHECK(matched(routes, Method::delete_, "/users/me") == "/users/{user}");
}

TEST_CASE("HEAD is answered by the route of GET") {
  const RouteTable routes = table();
  CHECK(matched(routes, Method::head, "/keys") == "/keys");
  CHECK(matched(routes, Method::head, "/users/7") == "/users/{user}");
  CHECK(matched(routes, Method::head, "/orgs/a/users/b") == "-PUT");
}

TEST_CASE("a known path tells its methods when it has not the one that was asked for") {
  const RouteTable routes = table();
  CHECK(matched(routes, Method::put, "/token") == "-GET, HEAD, POST");
  CHECK(matched(routes, Method::post, "/users/me") == "-GET, HEAD, DELETE");
  CHECK(matched(routes, Method::other, "/keys") == "-GET, HEAD");
  CHECK(matched(routes, Method::get, "/nowhere") == "-");
}

TEST_CASE("what is not written as in the table is another path") {
  const RouteTable routes = table();
  for (const char* path :
       {"", "keys", "/Keys", "/keys/userinfo.css", "/keys.css", "/users/{user}/x", "/key"}) {
    CAPTURE(path);
    CHECK(routes.match(Method::get, path).route == nullptr);
  }
}

TEST_CASE("the segments in braces are handed over in order") {
  const RouteTable routes = table();
  const auto match = routes.match(Method::put, "/orgs/a b/users/7/");
  REQUIRE(match.route != nullptr);
  const auto parameters = RouteTable::parameters(*match.route, "/orgs/a b/users/7/");
  CHECK(parameters.values == std::vector<std::string>{"a b", "7"});
  CHECK(match.route->has(Guard::page));
  CHECK_FALSE(match.route->has(Guard::cors));
}

TEST_CASE("a table that was moved still finds its routes") {
  RouteTable first = table();
  const RouteTable second = std::move(first);
  CHECK(matched(second, Method::get, "/keys") == "/keys");
}

}  // namespace gatehouse::http
