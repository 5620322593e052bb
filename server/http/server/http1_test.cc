#include "server/http/server/http1.h"

#include <doctest/doctest.h>

#include "server/core/limits.h"
#include "server/http/server/recording_carrier.h"

using namespace gatehouse;
using namespace gatehouse::http;
using namespace gatehouse::http::server;

namespace {

constexpr auto start_of_time = Deadline{} + std::chrono::hours(1);

// A protocol, and the client at its other end.
struct Wire {
  RecordingCarrier carrier;
  Deadline now = start_of_time;
  Http1Protocol protocol{carrier.parts(), now};

  Wire() {
    carrier.answer = [](const Request& request) {
      return plain_text(200, request.path + "|" + request.body);
    };
  }
  std::string say(std::string_view bytes) {
    protocol.feed(bytes, now);
    return carrier.take_output();
  }
  // The status of the first answer, or 0.
  int status(std::string_view bytes) {
    const std::string answer = say(bytes);
    return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
  }
};

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

const std::string get = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

// Refused with `status`, and the connection ends there.
void check_refused(int status, std::string_view bytes) {
  CAPTURE(bytes);
  Wire wire;
  CHECK(wire.status(bytes) == status);
  CHECK(wire.protocol.is_finished());
  REQUIRE(wire.carrier.refusals.size() == 1);
  CHECK(wire.carrier.refusals[0].first == status);
  CHECK(wire.carrier.started.empty());
}

std::string head_with(std::string_view line) {
  return "POST / HTTP/1.1\r\nHost: a.test\r\n" + std::string(line) + "\r\n\r\n";
}

}  // namespace

TEST_CASE("HTTP/1.1: a request becomes values and its answer is complete") {
  Wire wire;
  const std::string answer =
      wire.say("GET /a%20b?x=%20 HTTP/1.1\r\nHost: A.Test:80\r\nX_Under: 1\r\nCookie: a=b\r\n\r\n");
  REQUIRE(wire.carrier.started.size() == 1);
  const Request& request = wire.carrier.started[0].second;
  CHECK(request.method == Method::get);
  CHECK(request.authority == "a.test:80");
  CHECK(request.path == "/a b");
  CHECK(request.query == "x=%20");
  CHECK(request.headers.get("x_under") == "1");
  CHECK(request.peer_address == "192.0.2.7");
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  CHECK(answer.find("\r\nContent-Length: 5\r\n") != answer.npos);
  CHECK(answer.ends_with("\r\n\r\n/a b|"));
  CHECK(answer.find("Connection:") == answer.npos);
  CHECK(!wire.protocol.is_finished());
}

TEST_CASE("HTTP/1.1: bytes may arrive one at a time") {
  Wire wire;
  std::string answer;
  const std::string request =
      "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3;name=\"v\"\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 9\r\n\r\n";
  for (const char c : request + request) answer += wire.say({&c, 1});
  REQUIRE(wire.carrier.started.size() == 2);
  CHECK(wire.carrier.started[1].second.body == "abcde");
  CHECK(wire.carrier.started[1].second.trailers.get("x-sum") == "9");
  CHECK(wire.carrier.started[1].second.headers.get("x-sum") == std::nullopt);
  CHECK(count_of(answer, "/x|abcde") == 2);
  const std::string no_chunk = head_with("Transfer-Encoding: chunked") + "0\r\nX: y\r\n\r\n";
  for (const char c : no_chunk) answer += wire.say({&c, 1});
  CHECK(wire.carrier.started.size() == 3);
}

TEST_CASE("HTTP/1.1: pipelined requests are answered in order, also around a slow one") {
  Wire wire;
  wire.carrier.answer = nullptr;
  const auto request = [](std::string_view path) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  CHECK(wire.say(request("/1") + request("/2") + "\r\n" + request("/3")).empty());
  REQUIRE(wire.carrier.started.size() == 1);
  CHECK(!wire.protocol.wants_input());
  wire.protocol.answer(0, plain_text(200, "first"), wire.now);
  CHECK(wire.carrier.take_output().ends_with("first"));
  REQUIRE(wire.carrier.started.size() == 2);
  CHECK(wire.carrier.started[1].second.path == "/2");
  wire.carrier.answer = [](const Request&) { return plain_text(200, "third"); };
  wire.protocol.answer(0, plain_text(200, "second"), wire.now);
  const std::string rest = wire.carrier.take_output();
  CHECK(rest.find("second") < rest.find("third"));
  CHECK(rest.ends_with("third"));
  CHECK(wire.protocol.wants_input());
}

TEST_CASE("HTTP/1.1: a client that does not read is not read from") {
  Wire wire;
  wire.carrier.answer = [](const Request&) { return plain_text(200, std::string(50'000, 'x')); };
  std::string pipeline;
  for (int i = 0; i < 20; ++i) pipeline += get;
  wire.protocol.feed(pipeline, wire.now);
  CHECK(!wire.protocol.wants_input());
  CHECK(wire.carrier.output.pending() < limits::output_buffer_bytes_max + 60'000);
  CHECK(wire.carrier.started.size() < 10);
  while (wire.carrier.output.pending() > 0) {
    wire.carrier.take_output();
    wire.protocol.resume(wire.now);
  }
  CHECK(wire.carrier.started.size() == 20);
  CHECK(wire.protocol.wants_input());
}

TEST_CASE("HTTP/1.1: answers without a body have none") {
  Wire wire;
  const std::string head = wire.say("HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(head.find("Content-Length: 3\r\n") != head.npos);
  CHECK(head.ends_with("\r\n\r\n"));
  for (const int status : {204, 304}) {
    wire.carrier.answer = [&](const Request&) { return plain_text(status, "no"); };
    const std::string answer = wire.say(get);
    CHECK(answer.ends_with("\r\n\r\n"));
    CHECK(answer.find("Content-Length") == answer.npos);
  }
  wire.carrier.answer = [](const Request&) { return Response{}; };
  CHECK(wire.say(get).find("Content-Length: 0\r\n") != std::string::npos);
}

TEST_CASE("HTTP/1.1: trailers are sent behind a chunked body") {
  Wire wire;
  wire.carrier.answer = [](const Request&) {
    Response response;
    response.body = "twelve bytes";
    response.trailers.add("grpc-status", "0");
    return response;
  };
  const std::string answer = wire.say(get);
  CHECK(answer.find("Transfer-Encoding: chunked\r\n") != answer.npos);
  CHECK(answer.find("Content-Length") == answer.npos);
  CHECK(answer.ends_with("\r\n\r\nc\r\ntwelve bytes\r\n0\r\ngrpc-status: 0\r\n\r\n"));
  const std::string old = wire.say("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
  CHECK(old.find("Content-Length: 12\r\n") != old.npos);
  CHECK(old.ends_with("\r\n\r\ntwelve bytes"));
}

TEST_CASE("HTTP/1.1: connections end when either side says so") {
  Wire closing;
  CHECK(closing.say("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .find("Connection: close\r\n") != std::string::npos);
  CHECK(closing.protocol.is_finished());
  Wire old;
  CHECK(old.say("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")
            .find("Connection: close\r\n") != std::string::npos);
  CHECK(old.protocol.is_finished());
  CHECK(old.say(get).empty());
}

TEST_CASE("HTTP/1.1: 100 Continue is sent to who waits for it, and to nobody else") {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  Wire wire;
  CHECK(wire.say(head) == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(wire.say("ab").ends_with("/|ab"));
  CHECK(wire.say(head + "ab").starts_with("HTTP/1.1 200"));
  wire.carrier.body_bytes_max = 1;
  CHECK(wire.say(head).starts_with("HTTP/1.1 413"));
  check_refused(417, head_with("Expect: 200-maybe"));
}

TEST_CASE("HTTP/1.1: ambiguous framing is refused") {
  check_refused(400, head_with("Content-Length: 3\r\nTransfer-Encoding: chunked"));
  check_refused(400, head_with("Transfer-Encoding: chunked\r\nContent-Length: 3"));
  check_refused(400, head_with("Content-Length: 3\r\nContent-Length: 3"));
  check_refused(400, head_with("Content-Length: 3\r\nContent-Length: 4"));
  check_refused(400, head_with("Content-Length: 3, 3"));
  check_refused(400, head_with("Content-Length: +3"));
  check_refused(400, head_with("Content-Length: 0x3"));
  check_refused(400, head_with("Content-Length: -1"));
  check_refused(400, head_with("Content-Length:"));
  check_refused(400, head_with("Content-Length: 99999999999999999999999999"));
  check_refused(400, head_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"));
  check_refused(501, head_with("Transfer-Encoding: gzip, chunked"));
  check_refused(501, head_with("Transfer-Encoding: identity"));
  check_refused(501, head_with("Transfer-Encoding: xchunked"));
  check_refused(400, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST_CASE("HTTP/1.1: lines end in CRLF and are never folded") {
  check_refused(400, "GET / HTTP/1.1\nHost: a\n\n");
  check_refused(400, "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n");
  check_refused(400, "GET / HTTP/1.1\r\nHost: a\r\n\n");
  check_refused(400, "\n" + get);
  check_refused(400, head_with("X: a\r\n b"));
  check_refused(400, head_with("X: a\r\n\tb"));
  check_refused(400, head_with("X: a\rb"));
  check_refused(400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n");
}

TEST_CASE("HTTP/1.1: malformed fields are refused") {
  check_refused(400, head_with("X : a"));
  check_refused(400, head_with(": a"));
  check_refused(400, head_with("X\xc3\xa9: a"));
  check_refused(400, head_with("no colon"));
  check_refused(400, head_with(std::string_view("X: a\0b", 6)));
  check_refused(400, head_with("X: a\x01z"));
}

TEST_CASE("HTTP/1.1: there is exactly one well-formed Host, and the target agrees with it") {
  check_refused(400, "GET / HTTP/1.1\r\n\r\n");
  check_refused(400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
  check_refused(400, "GET / HTTP/1.1\r\nHost:\r\n\r\n");
  check_refused(400, "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n");
  check_refused(400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n");
  check_refused(400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n");
  check_refused(400, "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n");
  Wire wire;
  CHECK(wire.status("GET http://A/x HTTP/1.1\r\nHost: a\r\n\r\n") == 200);
  CHECK(wire.carrier.started[0].second.path == "/x");
}

TEST_CASE("HTTP/1.1: request lines that are not served") {
  check_refused(405, "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n");
  check_refused(501, "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n");
  check_refused(505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n");
  check_refused(505, "GET / HTTP/1.11\r\nHost: a\r\n\r\n");
  check_refused(400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n");
  check_refused(400, "G@T / HTTP/1.1\r\nHost: a\r\n\r\n");
  check_refused(400, "GET /%2e%2e/ HTTP/1.1\r\nHost: a\r\n\r\n");
  check_refused(400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n");
  check_refused(400, "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  Wire wire;
  CHECK(wire.status("PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n") == 200);
  CHECK(wire.carrier.started[0].second.method == Method::other);
}

TEST_CASE("HTTP/1.1: heads have limits, complete or not") {
  const std::string long_target = "/" + std::string(8 * 1024, 'a');
  check_refused(414, "GET " + long_target + " HTTP/1.1\r\nHost: a\r\n\r\n");
  check_refused(414, "GET " + std::string(9000, 'a'));
  check_refused(431, head_with("X: " + std::string(17'000, 'a')));
  check_refused(431, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(17'000, 'a'));
  std::string fields = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 99; ++i) fields += "X: y\r\n";
  Wire wire;
  CHECK(wire.status(fields + "\r\n") == 200);
  check_refused(431, fields + "X: y\r\n\r\n");
}

TEST_CASE("HTTP/1.1: bodies have the limit of their route") {
  check_refused(413, head_with("Content-Length: 1001"));
  check_refused(413, head_with("Transfer-Encoding: chunked") + "3e9\r\n");
  check_refused(413, head_with("Transfer-Encoding: chunked") + "3e8\r\n" + std::string(1000, 'x') +
                         "\r\n1\r\n");
  Wire wire;
  CHECK(wire.status(head_with("Content-Length: 1000") + std::string(1000, 'x')) == 200);
  CHECK(wire.status(head_with("Transfer-Encoding: chunked") + "3e8\r\n" + std::string(1000, 'x') +
                    "\r\n0\r\n\r\n") == 200);
}

TEST_CASE("HTTP/1.1: broken chunks and trailers are refused") {
  const std::string head = head_with("Transfer-Encoding: chunked");
  check_refused(400, head + "x\r\nabc");
  check_refused(400, head + "fffffffffffffffff\r\n");
  check_refused(400, head + "3\r\nabcd\r\n0\r\n\r\n");
  check_refused(400, head + "3\nabc\r\n0\r\n\r\n");
  check_refused(400, head + "3;" + std::string(17'000, 'a'));
  check_refused(400, head + "0\r\nX: a\r\n b\r\n\r\n");
  check_refused(400, head + "0\r\nX: a\nY: b\r\n\r\n");
  check_refused(400, head + "0\r\nContent-Length: 5\r\n\r\n");
  check_refused(400, head + "0\r\nHost: b\r\n\r\n");
  check_refused(400, head + "0\r\nX: " + std::string(17'000, 'a'));
}

TEST_CASE("HTTP/1.1: slow heads and bodies are ended, idle connections closed in silence") {
  Wire idle;
  idle.now += idle.carrier.settings.connection_idle_max - Duration(1);
  idle.protocol.expire(idle.now);
  CHECK(!idle.protocol.is_finished());
  idle.now += Duration(1);
  idle.protocol.expire(idle.now);
  CHECK(idle.protocol.is_finished());
  CHECK(idle.carrier.refusals.empty());

  Wire head;
  for (int i = 0; i < 10; ++i) {  // a byte now and then does not help
    CHECK(head.say("GET / HTTP"[i] == '\0' ? "" : std::string(1, "GET / HTTP"[i])).empty());
    head.now += head.carrier.settings.header_deadline / 10;
  }
  head.protocol.expire(head.now);
  CHECK(head.carrier.take_output().starts_with("HTTP/1.1 408"));
  CHECK(head.protocol.is_finished());

  Wire body;
  body.say(head_with("Content-Length: 5") + "ab");
  body.now += body.carrier.settings.body_deadline;
  body.protocol.expire(body.now);
  CHECK(body.carrier.take_output().starts_with("HTTP/1.1 408"));
  CHECK(body.protocol.is_finished());
}

TEST_CASE("HTTP/1.1: draining finishes the request under way and closes what rests") {
  Wire resting;
  resting.protocol.drain();
  CHECK(resting.protocol.is_finished());
  Wire busy;
  busy.carrier.answer = nullptr;
  busy.say(get + get);
  busy.protocol.drain();
  CHECK(!busy.protocol.is_finished());
  busy.protocol.answer(0, plain_text(200, "done"), busy.now);
  const std::string answer = busy.carrier.take_output();
  CHECK(answer.find("Connection: close\r\n") != answer.npos);
  CHECK(answer.ends_with("done"));
  CHECK(busy.protocol.is_finished());
  CHECK(busy.carrier.started.size() == 1);
}

TEST_CASE("HTTP/1.1: a client that stops sending still gets the answer under way") {
  Wire wire;
  wire.carrier.answer = nullptr;
  wire.say(get);
  wire.protocol.end_of_input();
  CHECK(!wire.protocol.is_finished());
  wire.protocol.answer(0, plain_text(200, "late"), wire.now);
  CHECK(wire.carrier.take_output().ends_with("late"));
  CHECK(wire.protocol.is_finished());
}
