#include "server/http/server/server.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/http/server/http2_client.h"

using namespace gatehouse;
using namespace gatehouse::http;
using namespace gatehouse::http::server;

namespace {

class SilentLog final : public Log {
 public:
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

// A gate that handlers wait at until the test opens it.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_open_; });
  }
  void await_waiting(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool is_open_ = false;
};

class TestApplication final : public Application {
 public:
  Plan plan(const Request& head) override {
    Plan plan;
    if (head.path.starts_with("/pooled") || head.path == "/gate") plan.run = Run::pooled;
    if (head.path.starts_with("/hash")) plan.run = Run::hash;
    plan.body_bytes_max = 1000;
    return plan;
  }
  Response handle(Request request, const Plan&) override {
    if (request.path == "/gate") gate.pass();
    if (request.path == "/throw") throw std::runtime_error("a bug");
    if (request.path == "/bad-status") return plain_text(42, "x");
    if (request.path == "/large") {
      Response response;
      response.shared_body = large_;
      return response;
    }
    return plain_text(200, request.path + "|" + request.body + "|" + request.peer_address);
  }
  void refused(int status, const char* reason, const std::string&) override {
    const std::lock_guard lock(mutex_);
    refusals_.emplace_back(status, reason);
    changed_.notify_all();
  }
  bool await_refusal(int status, std::string_view reason) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] {
      for (const auto& [s, r] : refusals_) {
        if (s == status && r == reason) return true;
      }
      return false;
    });
  }

  Gate gate;

 private:
  const std::shared_ptr<const std::string> large_ =
      std::make_shared<const std::string>(std::string(8'000'000, 'x'));
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<int, std::string>> refusals_;
};

struct Running {
  TestApplication application;
  SilentLog log;
  std::unique_ptr<Server> server;

  explicit Running(Settings settings = {}) {
    auto started = Server::start(application, log, std::move(settings));
    REQUIRE(started.ok());
    server = std::move(started).value();
  }
};

// A client that says exactly what it is told to.
class Client {
 public:
  explicit Client(const Server& server, int receive_buffer_bytes = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer_bytes > 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(int));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void stop_sending() { ::shutdown(socket_, SHUT_WR); }
  // Some bytes; nothing at the end of the connection, or after ten seconds.
  std::string receive() {
    pollfd wait{socket_, POLLIN, 0};
    if (::poll(&wait, 1, 10'000) != 1) return {};
    std::string bytes(64 * 1024, '\0');
    const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }
  std::string receive_until(std::string_view end) {
    std::string all;
    while (all.find(end) == all.npos) {
      const std::string part = receive();
      if (part.empty()) break;
      all += part;
    }
    return all;
  }
  std::string receive_all() {
    std::string all;
    for (std::string part = receive(); !part.empty(); part = receive()) all += part;
    return all;
  }
  std::string ask(std::string_view request, std::string_view end) {
    send(request);
    return receive_until(end);
  }

 private:
  int socket_;
};

std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a.test\r\n\r\n";
}

Settings hasty() {
  Settings settings;
  settings.header_deadline = settings.body_deadline = Duration(60);
  settings.connection_idle_max = Duration(120);
  settings.write_deadline = Duration(100);
  return settings;
}

}  // namespace

TEST_CASE("a connection is kept for several requests, inline and pooled") {
  Running running;
  Client client(*running.server);
  CHECK(client.ask(get("/a"), "127.0.0.1").ends_with("/a||127.0.0.1"));
  CHECK(client.ask(get("/pooled"), "127.0.0.1").ends_with("/pooled||127.0.0.1"));
  CHECK(client.ask(get("/hash"), "127.0.0.1").ends_with("/hash||127.0.0.1"));
  CHECK(running.server->open_connections() == 1);
}

TEST_CASE("pipelined requests are answered in order") {
  Running running;
  Client client(*running.server);
  const std::string all = client.ask(get("/pooled1") + get("/2") + get("/hash3"), "/hash3||");
  CHECK(all.find("/pooled1||") < all.find("/2||"));
  CHECK(all.find("/2||") < all.find("/hash3||"));
}

TEST_CASE("several I/O threads share the connections") {
  Settings settings;
  settings.io_threads = 3;
  Running running(settings);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 9; ++i) clients.push_back(std::make_unique<Client>(*running.server));
  for (const auto& client : clients) {
    CHECK(client->ask(get("/pooled"), "127.0.0.1").ends_with("/pooled||127.0.0.1"));
  }
  CHECK(running.server->open_connections() == 9);
}

TEST_CASE("large bodies go both ways whole") {
  Running running;
  Client client(*running.server);
  const std::string body(1000, 'b');
  CHECK(
      client.ask("POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n" + body, "127.0.0.1")
          .find("/up|" + body + "|") != std::string::npos);
  client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string large = client.receive_all();
  CHECK(large.size() - large.find("\r\n\r\n") - 4 == 8'000'000);
}

TEST_CASE("a refusal reaches the client although it is still sending") {
  Running running;
  Client client(*running.server);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
  client.send(std::string(3'000'000, 'x'));
  CHECK(client.receive_all().starts_with("HTTP/1.1 413"));
  CHECK(running.application.await_refusal(413, "body too large"));
}

TEST_CASE("what a handler throws, or a status that is none, becomes 500") {
  Running running;
  Client client(*running.server);
  CHECK(client.ask(get("/throw"), "Error").starts_with("HTTP/1.1 500"));
  CHECK(client.ask(get("/bad-status"), "Error").starts_with("HTTP/1.1 500"));
  CHECK(client.ask(get("/ok"), "127.0.0.1").starts_with("HTTP/1.1 200"));
}

TEST_CASE("a full worker queue is answered at once with 503") {
  Settings settings;
  settings.worker_threads = 1;
  settings.worker_queue_max = 1;
  Running running(settings);
  Client working(*running.server);
  working.send(get("/gate"));
  running.application.gate.await_waiting(1);
  Client queued(*running.server);
  queued.send(get("/pooled"));
  // The queue is surely full once a further request has been refused.
  Client refused(*running.server);
  std::string answer = refused.ask(get("/pooled"), "\r\n\r\n");
  while (answer.starts_with("HTTP/1.1 200")) answer = refused.ask(get("/pooled"), "\r\n\r\n");
  CHECK(answer.starts_with("HTTP/1.1 503"));
  CHECK(answer.find("Retry-After: 1\r\n") != answer.npos);
  CHECK(running.application.await_refusal(503, "worker queue full"));
  running.application.gate.open();
  CHECK(working.receive_until("/gate").find("200 OK") != std::string::npos);
  CHECK(queued.receive_until("/pooled").find("200 OK") != std::string::npos);
}

TEST_CASE("slow heads, slow bodies and silent clients are ended") {
  Running running(hasty());
  Client silent(*running.server);
  Client head(*running.server);
  head.send("GET / HT");
  Client body(*running.server);
  body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  Client preface(*running.server);
  preface.send("PRI * HT");
  CHECK(head.receive_all().starts_with("HTTP/1.1 408"));
  CHECK(body.receive_all().starts_with("HTTP/1.1 408"));
  CHECK(preface.receive_all().empty());
  CHECK(silent.receive_all().empty());
  CHECK(running.application.await_refusal(408, "head too slow"));
  CHECK(running.application.await_refusal(408, "body too slow"));
  CHECK(running.application.await_refusal(0, "head too slow"));
}

TEST_CASE("a reader that takes nothing is dropped") {
  Running running(hasty());
  Client client(*running.server, 4096);
  client.send(get("/large"));
  CHECK(running.application.await_refusal(0, "reader too slow"));
}

TEST_CASE("connections beyond the maximum are closed at once") {
  Settings settings;
  settings.connections_max = 1;
  Running running(settings);
  Client first(*running.server);
  CHECK(first.ask(get("/"), "127.0.0.1").starts_with("HTTP/1.1 200"));
  Client second(*running.server);
  CHECK(second.receive_all().empty());
  CHECK(running.application.await_refusal(0, "too many connections"));
  CHECK(first.ask(get("/"), "127.0.0.1").starts_with("HTTP/1.1 200"));
}

TEST_CASE("HTTP/2 with prior knowledge is recognized, also when its preface comes in pieces") {
  Running running;
  for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, std::size_t{1000}}) {
    Client client(*running.server);
    Http2Client http2;
    const auto one = http2.request("GET", "/pooled");
    const auto two = http2.request("POST", "/two", {}, "body");
    std::string bytes = http2.take_output();
    for (std::size_t at = 0; at < bytes.size(); at += piece) client.send(bytes.substr(at, piece));
    while (!http2.answers[one].is_closed || !http2.answers[two].is_closed) {
      const std::string part = client.receive();
      REQUIRE(!part.empty());
      http2.feed(part);
      client.send(http2.take_output());
    }
    CHECK(http2.answers[one].body == "/pooled||127.0.0.1");
    CHECK(http2.answers[two].body == "/two|body|127.0.0.1");
  }
  Client other(*running.server);
  other.send("P");
  CHECK(other.ask("OST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "127.0.0.1")
            .ends_with("/p||127.0.0.1"));
}

TEST_CASE("a client that has said all still gets its answer") {
  Running running;
  Client client(*running.server);
  client.send(get("/pooled"));
  client.stop_sending();
  CHECK(client.receive_all().ends_with("/pooled||127.0.0.1"));
}

TEST_CASE("draining finishes requests under way and closes what rests") {
  Running running;
  Client resting(*running.server);
  CHECK(resting.ask(get("/"), "127.0.0.1").starts_with("HTTP/1.1 200"));
  Client working(*running.server);
  working.send(get("/gate"));
  running.application.gate.await_waiting(1);
  std::thread draining([&] { running.server->drain(); });
  CHECK(resting.receive_all().empty());
  running.application.gate.open();
  const std::string answer = working.receive_all();
  CHECK(answer.find("Connection: close\r\n") != answer.npos);
  CHECK(answer.find("/gate||") != answer.npos);
  draining.join();
  CHECK(running.server->open_connections() == 0);
}

TEST_CASE("draining gives up on requests that take too long") {
  Settings settings;
  settings.drain_deadline = Duration(50);
  Running running(settings);
  Client working(*running.server);
  working.send(get("/gate"));
  running.application.gate.await_waiting(1);
  running.server->drain();
  CHECK(working.receive_all().empty());
  running.application.gate.open();  // the answer comes home to a connection that is gone
}

TEST_CASE("a connection may go while its handler works, and a server while connections are open") {
  Running running;
  {
    Client client(*running.server);
    client.send(get("/gate") + get("/2"));
    running.application.gate.await_waiting(1);
  }
  Client open(*running.server);
  open.send("GET / HT");
  running.application.gate.open();
  running.server.reset();
  CHECK(open.receive_all().empty());
}

TEST_CASE("running out of files pauses accepting and nothing else") {
  Running running;
  Client before(*running.server);
  CHECK(before.ask(get("/"), "127.0.0.1").starts_with("HTTP/1.1 200"));
  rlimit usual{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &usual) == 0);
  Client waiting(*running.server);  // may or may not be accepted before the limit falls
  rlimit none = usual;
  none.rlim_cur = 3;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  CHECK(before.ask(get("/"), "127.0.0.1").starts_with("HTTP/1.1 200"));
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &usual) == 0);
  CHECK(waiting.ask(get("/"), "127.0.0.1").starts_with("HTTP/1.1 200"));
}

TEST_CASE("what cannot be started says why") {
  TestApplication application;
  SilentLog log;
  const auto code_of = [&](Settings settings) {
    auto started = Server::start(application, log, std::move(settings));
    REQUIRE(!started.ok());
    return started.error().code;
  };
  Running running;
  Settings settings;
  settings.port = running.server->port();
  CHECK(code_of(settings) == ErrorCode::unavailable);
  settings = {};
  settings.bind_address = "not an address";
  CHECK(code_of(settings) == ErrorCode::invalid_argument);
  settings = {};
  settings.tls_certificate_path = "/nowhere/certificate.pem";
  CHECK(code_of(settings) == ErrorCode::invalid_argument);
  settings.tls_key_path = "/nowhere/key.pem";
  CHECK(code_of(settings) == ErrorCode::invalid_argument);
}
