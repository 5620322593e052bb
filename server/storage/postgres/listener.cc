#include "server/storage/postgres/listener.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "server/core/ensure.h"
#include "server/storage/postgres/connection.h"
#include "server/storage/postgres/wait.h"

namespace gatehouse::storage {
namespace {

constexpr milliseconds lock_timeout{5000};
constexpr seconds connect_timeout{5};
constexpr milliseconds pause{1000};  // between attempts to connect

struct FreeNotice {
  void operator()(PGnotify* notice) const { PQfreemem(notice); }
};

}  // namespace

struct PostgresListener::Parts {
  Parts(std::vector<ServerAddress> given, const std::string& channel,
        std::function<void()> callback)
      : servers(std::move(given)),
        listen("LISTEN " + channel),
        notify("NOTIFY " + channel),
        on_notice(std::move(callback)) {}

  const std::vector<ServerAddress> servers;
  const std::string listen;  // statements
  const std::string notify;
  const std::function<void()> on_notice;
  const int event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);  // something below has changed
  std::atomic<bool> stopping{false};
  std::atomic<bool> has_news{false};  // to announce
  std::thread thread;

  void serve();
  void wake();
  void take_event();
  std::unique_ptr<PostgresConnection> connect();
  // Until the connection breaks or it is time to stop.
  void hear(PostgresConnection& connection);
};

Result<std::unique_ptr<PostgresListener>, Error> PostgresListener::start(
    const std::string& conninfo, const std::string& channel, std::function<void()> on_notice) {
  auto servers = TRY(server_addresses(conninfo));
  auto parts = std::make_unique<Parts>(std::move(servers), channel, std::move(on_notice));
  ENSURE(parts->event >= 0);
  parts->thread = std::thread([raw = parts.get()] { raw->serve(); });
  return std::make_unique<PostgresListener>(std::move(parts));
}

PostgresListener::PostgresListener(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

PostgresListener::~PostgresListener() {
  parts_->stopping.store(true);
  parts_->wake();
  parts_->thread.join();
  ::close(parts_->event);
}

void PostgresListener::announce() {
  parts_->has_news.store(true);
  parts_->wake();
}

void PostgresListener::Parts::wake() {
  const std::uint64_t one = 1;
  (void)!::write(event, &one, sizeof one);  // that it is full is as good
}

void PostgresListener::Parts::take_event() {
  std::uint64_t count = 0;
  (void)!::read(event, &count, sizeof count);  // that it is empty is as good
}

void PostgresListener::Parts::serve() {
  while (!stopping.load()) {
    if (const auto connection = connect()) {
      on_notice();
      hear(*connection);
    }
    // News need not wait for the next connection: whoever connects looks anyway.
    const Deadline again_at = std::chrono::steady_clock::now() + pause;
    while (!stopping.load() && wait_for(event, POLLIN, again_at) == Waited::ready) take_event();
  }
}

std::unique_ptr<PostgresConnection> PostgresListener::Parts::connect() {
  for (const ServerAddress& server : servers) {
    const Deadline deadline = std::chrono::steady_clock::now() + connect_timeout;
    auto made = PostgresConnection::connect(server, lock_timeout, deadline);
    if (made.ok() && made.value()->run_plain(listen, "listen", deadline).ok()) {
      return std::move(made).value();
    }
    if (stopping.load()) break;
  }
  return nullptr;
}

void PostgresListener::Parts::hear(PostgresConnection& connection) {
  PGconn* handle = connection.handle();
  while (!stopping.load() && PQstatus(handle) == CONNECTION_OK) {
    ::pollfd waited[] = {{.fd = PQsocket(handle), .events = POLLIN, .revents = 0},
                         {.fd = event, .events = POLLIN, .revents = 0}};
    (void)::poll(waited, 2, -1);
    take_event();
    if (stopping.load() || PQconsumeInput(handle) != 1) return;
    if (has_news.exchange(false) &&
        !connection.run_plain(notify, "notify", std::chrono::steady_clock::now() + connect_timeout)
             .ok()) {
      return;
    }
    bool has_heard = false;
    while (std::unique_ptr<PGnotify, FreeNotice>(PQnotifies(handle)) != nullptr) has_heard = true;
    if (has_heard) on_notice();
  }
}

}  // namespace gatehouse::storage
