#include "server/net/http_client.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include "server/net/test_loopback_server.h"

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;

Deadline soon() { return std::chrono::steady_clock::now() + 5s; }

OutboundRequest get(std::string url) {
  return {.url = std::move(url),
          .deadline = soon(),
          .address_policy = AddressPolicy::public_or_loopback};
}

LoopbackServer::Serve answering(std::string answer) {
  return [answer](LoopbackConnection& connection) {
    static_cast<void>(connection.read_until("\r\n\r\n"));
    connection.write(answer);
  };
}

ErrorCode refusal(const OutboundRequest& request) {
  const auto client = make_http_client({});
  const auto outcome = client->send(request);
  REQUIRE_FALSE(outcome.ok());
  return outcome.error().code;
}

TEST_CASE("a GET brings status, headers and body") {
  std::string head;
  LoopbackServer server([&](LoopbackConnection& connection) {
    head = connection.read_until("\r\n\r\n");
    connection.write(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json \r\nX-Empty:\r\n"
        "Content-Length: 2\r\n\r\n{}");
  });
  const auto client = make_http_client({.user_agent = "Gatehouse/1"});
  OutboundRequest request = get(server.url("/keys?x=1"));
  request.headers = {{"Accept", "application/json"}, {"X-Nothing", ""}};
  const auto answer = client->send(request);
  REQUIRE(answer.ok());
  CHECK(answer.value().status == 200);
  CHECK(answer.value().body == "{}");
  CHECK(answer.value().header("content-type") == "application/json");
  CHECK(answer.value().header("x-empty") == "");
  CHECK_FALSE(answer.value().header("x-other").has_value());
  CHECK(head.starts_with("GET /keys?x=1 HTTP/1.1\r\n"));
  CHECK(head.find("Accept: application/json\r\n") != std::string::npos);
  CHECK(head.find("X-Nothing:\r\n") != std::string::npos);
  CHECK(head.find("User-Agent: Gatehouse/1\r\n") != std::string::npos);
}

TEST_CASE("a POST carries its body as it is, zero bytes included") {
  std::string head;
  std::string body;
  const std::string sent("a=1&b=\0x", 8);
  LoopbackServer server([&](LoopbackConnection& connection) {
    head = connection.read_until("\r\n\r\n");
    body = connection.read_exactly(sent.size());
    connection.write("HTTP/1.1 204 No Content\r\n\r\n");
  });
  OutboundRequest request = get(server.url("/hook"));
  request.method = OutboundMethod::post;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body = sent;
  const auto client = make_http_client({});
  const auto answer = client->send(request);
  REQUIRE(answer.ok());
  CHECK(answer.value().status == 204);
  CHECK(body == sent);
  CHECK(head.starts_with("POST /hook HTTP/1.1\r\n"));
  CHECK(head.find("Content-Length: 8\r\n") != std::string::npos);
  CHECK(head.find("Expect:") == std::string::npos);
}

TEST_CASE("an error status is an answer") {
  LoopbackServer server(answering("HTTP/1.1 503 Away\r\nContent-Length: 4\r\n\r\nnope"));
  const auto client = make_http_client({});
  const auto answer = client->send(get(server.url("/")));
  REQUIRE(answer.ok());
  CHECK(answer.value().status == 503);
  CHECK(answer.value().body == "nope");
}

TEST_CASE("a redirect is shown, not followed") {
  LoopbackServer server(
      answering("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"));
  const auto client = make_http_client({});
  const auto answer = client->send(get(server.url("/")));
  REQUIRE(answer.ok());
  CHECK(answer.value().status == 302);
  CHECK(answer.value().header("location") == "/other");
  CHECK(server.connections() == 1);
}

TEST_CASE("an answer may be as large as allowed and not a byte larger") {
  for (const bool announced : {true, false}) {
    const std::string length = announced ? "Content-Length: 100\r\n" : "";
    LoopbackServer server(
        answering("HTTP/1.1 200 OK\r\n" + length + "\r\n" + std::string(100, 'x')));
    OutboundRequest request = get(server.url("/"));
    request.response_bytes_max = 100;
    const auto client = make_http_client({});
    CHECK(client->send(request).ok());
    request.response_bytes_max = 99;
    CHECK(refusal(request) == ErrorCode::resource_exhausted);
  }
}

TEST_CASE("endless headers are cut off") {
  LoopbackServer server([](LoopbackConnection& connection) {
    static_cast<void>(connection.read_until("\r\n\r\n"));
    connection.write("HTTP/1.1 200 OK\r\n");
    while (connection.write("X-More: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  CHECK(refusal(get(server.url("/"))) == ErrorCode::resource_exhausted);
}

TEST_CASE("a server that says nothing costs no more than the deadline") {
  LoopbackServer server([](LoopbackConnection& connection) { connection.wait_for_close(); });
  OutboundRequest request = get(server.url("/"));
  request.deadline = std::chrono::steady_clock::now() + 50ms;
  CHECK(refusal(request) == ErrorCode::deadline_exceeded);
  request.deadline = std::chrono::steady_clock::now() - 1ms;
  CHECK(refusal(request) == ErrorCode::deadline_exceeded);
}

TEST_CASE("a connection that breaks is unavailable") {
  LoopbackServer server([](LoopbackConnection& connection) {
    static_cast<void>(connection.read_until("\r\n\r\n"));
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  });
  CHECK(refusal(get(server.url("/"))) == ErrorCode::unavailable);
}

TEST_CASE("inner addresses are refused before a connection is made") {
  LoopbackServer server(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  const std::string port = std::to_string(server.port());
  for (const std::string host :
       {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "[::1]",
        "[::ffff:127.0.0.1]", "[::]", "10.0.0.1", "169.254.169.254"}) {
    CAPTURE(host);
    OutboundRequest request = get("https://" + host + ":" + port + "/");
    request.address_policy = AddressPolicy::public_only;
    CHECK(refusal(request) == ErrorCode::permission_denied);
  }
  for (const std::string host : {"0.0.0.0", "[::ffff:127.0.0.1]", "10.0.0.1"}) {
    CAPTURE(host);
    CHECK(refusal(get("http://" + host + ":" + port + "/")) == ErrorCode::permission_denied);
  }
  CHECK(server.connections() == 0);
}

TEST_CASE("plain http goes to this machine only, and only in development") {
  OutboundRequest request = get("http://127.0.0.1:1/");
  request.address_policy = AddressPolicy::public_only;
  CHECK(refusal(request) == ErrorCode::permission_denied);
  CHECK(refusal(get("http://8.8.8.8/")) == ErrorCode::permission_denied);
}

TEST_CASE("other schemes, credentials in the URL and malformed URLs are refused") {
  for (const char* url :
       {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "smtp://127.0.0.1/"}) {
    CAPTURE(url);
    CHECK(refusal(get(url)) == ErrorCode::permission_denied);
  }
  for (const char* url : {"", "https://", "unknown://x/", "https://user:pw@127.0.0.1/",
                          "https://user@127.0.0.1/", "http://127.0.0.1:99999/", "https://a b/"}) {
    CAPTURE(url);
    CHECK(refusal(get(url)) == ErrorCode::invalid_argument);
  }
}

TEST_CASE("a header cannot carry another one") {
  for (const HttpField& field :
       {HttpField{"X-A", "1\r\nX-B: 2"}, HttpField{"X-A", "1\n"}, HttpField{"X-A\r\nX-B", "1"},
        HttpField{"X A", "1"}, HttpField{"", "1"}, HttpField{"X:A", "1"},
        HttpField{"X-A", std::string("1\0", 2)}}) {
    OutboundRequest request = get("http://127.0.0.1:1/");
    request.headers = {field};
    CHECK(refusal(request) == ErrorCode::invalid_argument);
  }
}

TEST_CASE("proxies named in the environment are ignored") {
  LoopbackServer proxy(answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy"));
  LoopbackServer server(answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nserver"));
  setenv("http_proxy", proxy.url("").c_str(), 1);
  setenv("ALL_PROXY", proxy.url("").c_str(), 1);
  const auto client = make_http_client({});
  const auto answer = client->send(get(server.url("/")));
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
  REQUIRE(answer.ok());
  CHECK(answer.value().body == "server");
}

TEST_CASE("no more calls are under way than allowed, and the next one waits for its deadline") {
  std::atomic<bool> reached = false;
  LoopbackServer server([&](LoopbackConnection& connection) {
    static_cast<void>(connection.read_until("\r\n\r\n"));
    reached = true;
    reached.notify_all();
    connection.wait_for_close();
  });
  const auto client = make_http_client({.calls_max = 1});
  std::thread first([&] {
    OutboundRequest request = get(server.url("/"));
    request.deadline = std::chrono::steady_clock::now() + 300ms;
    CHECK_FALSE(client->send(request).ok());
  });
  reached.wait(false);
  OutboundRequest request = get(server.url("/"));
  request.deadline = std::chrono::steady_clock::now() + 20ms;
  const auto second = client->send(request);
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().code == ErrorCode::resource_exhausted);
  first.join();
}

}  // namespace
}  // namespace gatehouse::net
