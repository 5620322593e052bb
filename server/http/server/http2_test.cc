#include "server/http/server/http2.h"

#include <doctest/doctest.h>

#include "server/core/limits.h"
#include "server/http/server/http2_client.h"
#include "server/http/server/recording_carrier.h"

using namespace gatehouse;
using namespace gatehouse::http;
using namespace gatehouse::http::server;

namespace {

// A protocol with a real client at its other end; no sockets between them.
struct Wire {
  RecordingCarrier carrier;
  Deadline now = Deadline{} + std::chrono::hours(1);
  Http2Protocol protocol{carrier.parts(), now};
  Http2Client client;
  std::string received;  // by the client, as raw bytes

  explicit Wire(std::vector<nghttp2_settings_entry> settings = {}) : client(std::move(settings)) {
    carrier.answer = [](const Request& request) {
      return plain_text(200, request.path + "|" + request.body);
    };
  }
  enum class Delivered { nothing, something };
  Delivered deliver_output() {
    for (Delivered delivered = Delivered::nothing;; delivered = Delivered::something) {
      const std::string bytes = carrier.take_output();
      if (bytes.empty()) return delivered;
      received += bytes;
      client.feed(bytes);
      protocol.resume(now);
    }
  }
  // Lets both sides talk until neither has anything to say.
  void pump() {
    for (int i = 0; i < 1000; ++i) {
      const std::string bytes = client.take_output();
      if (!bytes.empty()) protocol.feed(bytes, now);
      if (deliver_output() == Delivered::nothing && bytes.empty()) return;
    }
    FAIL("the two sides never come to rest");
  }
  void say(std::string_view bytes) {
    protocol.feed(bytes, now);
    deliver_output();
  }
  Http2Client::Answer& answer(std::int32_t stream) { return client.answers[stream]; }
};

// Read from the raw bytes: a client may have lost interest before the end of its own flood.
bool ended_for_flood(const Wire& wire) {
  const std::string calm("\0\0\0\x0b", 4);
  const auto byte = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(wire.received[at]));
  };
  for (std::size_t at = 0; at + 9 <= wire.received.size();) {
    const std::size_t size = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    const bool is_goaway = byte(at + 3) == NGHTTP2_GOAWAY;
    if (is_goaway && wire.received.substr(at + 13, 4) == calm) return wire.protocol.is_finished();
    at += 9 + size;
  }
  return false;
}

// Requests as raw bytes, for clients that do not play by the rules. HPACK static table:
// 0x82 GET, 0x84 "/", 0x86 http; authority as a literal.
const std::string raw_head = std::string("\x82\x84\x86\x41\x01") + "a";
std::string raw_request(std::uint32_t stream) {
  return Http2Client::frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM,
                            stream, raw_head);
}
std::string raw_reset(std::uint32_t stream) {
  return Http2Client::frame(NGHTTP2_RST_STREAM, 0, stream, std::string("\0\0\0\x08", 4));
}

}  // namespace

TEST_CASE("HTTP/2: a request becomes values and its answer is complete") {
  Wire wire;
  const auto id = wire.client.request(
      "POST", "/a%20b?q=1", {{"cookie", "a=1"}, {"cookie", "b=2"}, {"x-test", "y"}}, "hello");
  wire.pump();
  REQUIRE(wire.carrier.started.size() == 1);
  const Request& request = wire.carrier.started[0].second;
  CHECK(request.method == Method::post);
  CHECK(request.version == Version::http_2);
  CHECK(request.path == "/a b");
  CHECK(request.query == "q=1");
  CHECK(request.authority == "a.test");
  CHECK(request.headers.get("cookie") == "a=1; b=2");
  CHECK(request.headers.get("X-Test") == "y");
  CHECK(request.body == "hello");
  CHECK(wire.answer(id).status == 200);
  CHECK(wire.answer(id).body == "/a b|hello");
  CHECK(wire.answer(id).headers["content-length"] == "10");
  CHECK(wire.answer(id).headers["date"] == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(wire.answer(id).is_closed);
  CHECK(wire.answer(id).error_code == 0);
}

TEST_CASE("HTTP/2: many streams are open at once and answered in any order") {
  Wire wire;
  wire.carrier.answer = nullptr;
  std::vector<std::int32_t> ids;
  for (int i = 0; i < 50; ++i) ids.push_back(wire.client.request("GET", "/" + std::to_string(i)));
  wire.pump();
  REQUIRE(wire.carrier.started.size() == 50);
  for (std::size_t i = 50; i-- > 0;) {
    const auto& [stream, request] = wire.carrier.started[i];
    wire.protocol.answer(stream, plain_text(200, request.path), wire.now);
    wire.pump();
    CHECK(wire.answer(ids[i]).body == "/" + std::to_string(i));
  }
}

TEST_CASE("HTTP/2: trailers go both ways and empty bodies may have them") {
  Wire wire;
  wire.carrier.answer = [](const Request& request) {
    Response response;
    response.body = request.path == "/empty" ? "" : "grpc";
    response.trailers.add("Grpc-Status", "12");
    return response;
  };
  const auto with = wire.client.request("GET", "/body");
  const auto without = wire.client.request("GET", "/empty");
  wire.pump();
  CHECK(wire.answer(with).body == "grpc");
  CHECK(wire.answer(with).trailers["grpc-status"] == "12");
  CHECK(wire.answer(without).trailers["grpc-status"] == "12");
  CHECK(wire.answer(without).is_closed);
}

TEST_CASE("HTTP/2: answers without a body have none") {
  Wire wire;
  const auto head = wire.client.request("HEAD", "/h");
  wire.pump();
  CHECK(wire.answer(head).headers["content-length"] == "3");
  CHECK(wire.answer(head).body.empty());
  wire.carrier.answer = [](const Request&) { return plain_text(204, "no"); };
  const auto none = wire.client.request("GET", "/");
  wire.pump();
  CHECK(wire.answer(none).status == 204);
  CHECK(wire.answer(none).body.empty());
  CHECK(wire.answer(none).headers.count("content-length") == 0);
}

TEST_CASE("HTTP/2: large answers arrive whole and are bounded in memory") {
  Wire wire;
  wire.carrier.answer = [](const Request&) { return plain_text(200, std::string(1'000'000, 'x')); };
  const auto id = wire.client.request("GET", "/");
  wire.protocol.feed(wire.client.take_output(), wire.now);
  CHECK(wire.carrier.output.pending() <= limits::output_buffer_bytes_max + 32 * 1024);
  wire.pump();
  CHECK(wire.answer(id).body.size() == 1'000'000);
}

TEST_CASE("HTTP/2: heads that are not served") {
  using Fields = std::vector<Http2Client::Field>;
  struct Row {
    int status;
    Fields pseudo;
    Fields more;
    std::string body = {};
  };
  const auto head = [](const char* method, const char* path, const char* authority) {
    return Fields{
        {":method", method}, {":scheme", "http"}, {":authority", authority}, {":path", path}};
  };
  const std::vector<Row> rows = {
      {405, head("TRACE", "/", "a"), {}},
      {400, head("GET", "/%2e%2e/x", "a"), {}},
      {400, head("GET", "/%zz", "a"), {}},
      {400, head("OPTIONS", "*", "a"), {}},
      {400, head("GET", "/", "u@a"), {}},
      {400, head("GET", "/", "a"), {{"host", "b"}}},
      {414, head("GET", ("/" + std::string(8192, 'a')).c_str(), "a"), {}},
      {413, head("POST", "/", "a"), {{"content-length", "1001"}}, std::string(1001, 'x')},
      {431, head("GET", "/", "a"), Fields(101, {"x", "y"})},
      {431, head("GET", "/", "a"), {{"x", std::string(17'000, 'a')}}},
      {501, Fields{{":method", "CONNECT"}, {":authority", "a:1"}}, {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.status);
    Wire wire;
    const auto id = wire.client.request(row.pseudo, row.more, row.body);
    wire.pump();
    CHECK(wire.answer(id).status == row.status);
    CHECK(wire.carrier.started.empty());
    REQUIRE(wire.carrier.refusals.size() == 1);
    CHECK(wire.carrier.refusals[0].first == row.status);
    // The connection and its other streams live on.
    const auto next = wire.client.request("GET", "/next");
    wire.pump();
    CHECK(wire.answer(next).status == 200);
  }
}

TEST_CASE("HTTP/2: a body over the limit of its route is refused while it arrives") {
  Wire wire;
  const auto id = wire.client.request("POST", "/", {}, std::string(1001, 'x'));
  const auto fits = wire.client.request("POST", "/", {}, std::string(1000, 'x'));
  wire.pump();
  CHECK(wire.answer(id).status == 413);
  CHECK(wire.answer(fits).status == 200);
}

TEST_CASE("HTTP/2: a header list far over the limit ends the connection") {
  Wire wire;
  // One large field in the dynamic table, then references to it: few bytes, much memory.
  const std::string name_and_value =
      std::string("\x40\x01x\x7f\xa1\x1e", 6) + std::string(4000, 'v');
  std::string block = raw_head + name_and_value + std::string(5000, '\xbe');
  wire.say(wire.client.take_output());
  wire.say(Http2Client::frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS | NGHTTP2_FLAG_END_STREAM,
                              1, block));
  CHECK(ended_for_flood(wire));
  CHECK(wire.carrier.started.empty());
}

TEST_CASE("HTTP/2: streams reset in the same breath never run a handler") {
  Wire wire;
  wire.say(wire.client.take_output());
  std::string bytes;
  for (std::uint32_t id = 1; id < 200; id += 2) bytes += raw_request(id) + raw_reset(id);
  wire.say(bytes);
  CHECK(wire.carrier.started.empty());
  CHECK(!wire.protocol.is_finished());
}

TEST_CASE("HTTP/2: a flood of resets ends the connection within the burst") {
  Wire wire;
  wire.say(wire.client.take_output());
  std::uint32_t resets = 0;
  for (std::uint32_t id = 1; id < 4000 && !wire.protocol.is_finished(); id += 2, ++resets) {
    wire.say(raw_request(id) + raw_reset(id));
  }
  CHECK(ended_for_flood(wire));
  CHECK(resets <= limits::h2_resets_burst_max + 1);
  // A patient client stays under the rate.
  Wire patient;
  patient.say(patient.client.take_output());
  for (std::uint32_t id = 1; id < 1200; id += 2) {
    patient.say(raw_request(id) + raw_reset(id));
    patient.now += Duration(31);
  }
  CHECK(!patient.protocol.is_finished());
}

TEST_CASE("HTTP/2: making the server reset its streams counts as resetting them") {
  Wire wire;
  wire.carrier.answer = nullptr;
  wire.say(wire.client.take_output());
  std::uint32_t tries = 0;
  for (std::uint32_t id = 1; id < 4000 && !wire.protocol.is_finished(); id += 2, ++tries) {
    // A window increment of zero is an error of the stream.
    wire.say(raw_request(id) +
             Http2Client::frame(NGHTTP2_WINDOW_UPDATE, 0, id, std::string(4, '\0')));
  }
  CHECK(wire.protocol.is_finished());
  CHECK(tries <= limits::h2_resets_burst_max + 1);
  CHECK(wire.carrier.started.size() <= limits::h2_streams_max);
}

TEST_CASE("HTTP/2: handlers of reset streams still count against the number of streams") {
  Wire wire;
  wire.carrier.answer = nullptr;
  wire.say(wire.client.take_output());
  for (std::uint32_t i = 0; i < 180; ++i) {
    wire.say(raw_request(2 * i + 1));
    wire.say(raw_reset(2 * i + 1));
    wire.now += Duration(100);
  }
  CHECK(wire.carrier.started.size() == limits::h2_streams_max);
  CHECK(!wire.protocol.is_finished());
  wire.protocol.answer(wire.carrier.started[0].first, plain_text(200, "late"), wire.now);
  wire.say(raw_request(1001));
  CHECK(wire.carrier.started.size() == limits::h2_streams_max + 1);
}

TEST_CASE("HTTP/2: floods of control frames end the connection") {
  const std::vector<std::string> floods = {
      Http2Client::frame(NGHTTP2_PING, 0, 0, std::string(8, 'p')),
      Http2Client::frame(NGHTTP2_SETTINGS, 0, 0, ""),
      Http2Client::frame(NGHTTP2_PRIORITY, 0, 3, std::string("\0\0\0\0\x10", 5)),
      Http2Client::frame(NGHTTP2_WINDOW_UPDATE, 0, 0, std::string("\0\0\0\x01", 4)),
  };
  for (const std::string& frame : floods) {
    CAPTURE(static_cast<int>(frame[3]));
    Wire wire;
    wire.say(wire.client.take_output());
    std::size_t count = 0;
    for (; count < 5000 && !wire.protocol.is_finished(); ++count) wire.say(frame);
    CHECK(ended_for_flood(wire));
    CHECK(count <= limits::h2_control_frames_burst_max + 1);
  }
}

TEST_CASE("HTTP/2: empty DATA frames are a flood, too") {
  Wire wire;
  wire.say(wire.client.take_output());
  wire.say(Http2Client::frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, raw_head));
  for (int i = 0; i < 5000 && !wire.protocol.is_finished(); ++i) {
    wire.say(Http2Client::frame(NGHTTP2_DATA, 0, 1, ""));
  }
  CHECK(ended_for_flood(wire));
}

TEST_CASE("HTTP/2: pings that come with requests are no flood") {
  Wire wire;
  wire.say(wire.client.take_output());
  for (std::uint32_t id = 1; id < 10'000; id += 2) {
    wire.say(raw_request(id) + Http2Client::frame(NGHTTP2_PING, 0, 0, std::string(8, 'p')));
  }
  CHECK(!wire.protocol.is_finished());
  CHECK(wire.carrier.started.size() == 5000);
}

TEST_CASE("HTTP/2: a flood of CONTINUATION frames ends the connection") {
  Wire wire;
  wire.say(wire.client.take_output());
  wire.say(Http2Client::frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, 1, raw_head));
  int count = 0;
  for (; count < 5000 && !wire.protocol.is_finished(); ++count) {
    wire.say(Http2Client::frame(NGHTTP2_CONTINUATION, 0, 1, ""));
  }
  CHECK(ended_for_flood(wire));
  CHECK(count <= 20);
  CHECK(wire.carrier.started.empty());
}

TEST_CASE("HTTP/2: a head that does not end in time ends the connection") {
  Wire wire;
  wire.say(wire.client.take_output());
  wire.say(Http2Client::frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, 1, raw_head));
  wire.now += wire.carrier.settings.header_deadline;
  wire.protocol.expire(wire.now);
  CHECK(wire.protocol.is_finished());
}

TEST_CASE("HTTP/2: a body that does not end in time gets 408") {
  Wire wire;
  wire.say(wire.client.take_output());
  wire.say(Http2Client::frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_HEADERS, 1, raw_head));
  wire.now += wire.carrier.settings.body_deadline;
  wire.protocol.expire(wire.now);
  REQUIRE(wire.carrier.refusals.size() == 1);
  CHECK(wire.carrier.refusals[0].first == 408);
  CHECK(!wire.protocol.is_finished());
}

TEST_CASE("HTTP/2: a reader that keeps its window shut is dropped") {
  Wire wire({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0}});
  wire.client.request("GET", "/");
  wire.pump();
  CHECK(!wire.protocol.is_finished());
  wire.now += wire.carrier.settings.write_deadline;
  wire.protocol.expire(wire.now);
  CHECK(wire.protocol.is_finished());
  REQUIRE(wire.carrier.refusals.size() == 1);
  CHECK(wire.carrier.refusals[0] == std::pair<int, std::string>(0, "reader too slow"));
}

TEST_CASE("HTTP/2: a connection without streams is closed when idle, one at work is not") {
  Wire wire;
  wire.pump();
  wire.carrier.answer = nullptr;
  wire.client.request("GET", "/");
  wire.pump();
  wire.now += 2 * wire.carrier.settings.connection_idle_max;
  wire.protocol.expire(wire.now);
  CHECK(!wire.protocol.is_finished());
  wire.protocol.answer(1, plain_text(200, "x"), wire.now);
  wire.pump();
  wire.now += wire.carrier.settings.connection_idle_max;
  wire.protocol.expire(wire.now);
  CHECK(wire.protocol.is_finished());
  wire.deliver_output();
  CHECK(wire.client.saw_goaway);
  CHECK(wire.client.goaway_code == NGHTTP2_NO_ERROR);
}

TEST_CASE("HTTP/2: draining finishes the streams under way") {
  Wire wire;
  wire.carrier.answer = nullptr;
  const auto id = wire.client.request("GET", "/");
  wire.pump();
  wire.protocol.drain();
  wire.pump();
  CHECK(wire.client.saw_goaway);
  CHECK(!wire.protocol.is_finished());
  wire.protocol.answer(1, plain_text(200, "done"), wire.now);
  wire.pump();
  CHECK(wire.answer(id).body == "done");
  CHECK(wire.protocol.is_finished());
}

TEST_CASE("HTTP/2: bytes that are not HTTP/2 end the connection") {
  Wire wire;
  wire.protocol.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n", wire.now);
  CHECK(wire.protocol.is_finished());
  CHECK(wire.carrier.started.empty());
}
