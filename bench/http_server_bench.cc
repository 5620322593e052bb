// A server with one inlined, cached answer: what the wire itself costs. To be loaded from outside:
//
//   taskset -c 0 build/release/bench/http_server_bench 8080 &
//   taskset -c 1 wrk -t1 -c32 -d5 http://127.0.0.1:8080/
//
// Paths under /pooled run on the worker pool.

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "server/http/server/server.h"

namespace {

namespace http = gatehouse::http;
namespace server = gatehouse::http::server;

class CachedAnswer final : public server::Application {
 public:
  server::Plan plan(const http::Request& head) override {
    server::Plan plan;
    if (head.path.starts_with("/pooled")) plan.run = server::Run::pooled;
    plan.body_bytes_max = 64 * 1024;
    return plan;
  }
  http::Response handle(http::Request, const server::Plan&) override {
    http::Response response;
    response.headers.add("Content-Type", "application/json");
    response.headers.add("Cache-Control", "public, max-age=300");
    response.shared_body = body_;
    return response;
  }
  void refused(int, const char*, const std::string&) override {}

 private:
  const std::shared_ptr<const std::string> body_ =
      std::make_shared<const std::string>(std::string(900, 'x'));
};

class SilentLog final : public gatehouse::Log {
 public:
  void write(gatehouse::LogLevel, std::string_view,
             std::initializer_list<gatehouse::LogField>) override {}
};

}  // namespace

int main(int count, char** arguments) {
  CachedAnswer application;
  SilentLog log;
  server::Settings settings;
  settings.port =
      static_cast<std::uint16_t>(count > 1 ? std::strtoul(arguments[1], nullptr, 10) : 0);
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  sigprocmask(SIG_BLOCK, &ending, nullptr);
  auto started = server::Server::start(application, log, settings);
  if (!started.ok()) {
    std::fprintf(stderr, "%s\n", started.error().detail.c_str());
    return 1;
  }
  std::printf("listening on port %u\n", static_cast<unsigned>(started.value()->port()));
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ending, &signal);
  started.value()->drain();
  return 0;
}
