#include "server/http/server/server.h"

#include <boost/asio/post.hpp>
#include <cerrno>
#include <condition_variable>
#include <mutex>

#include "server/http/server/io_thread.h"

namespace gatehouse::http::server {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr auto accept_pause = std::chrono::milliseconds(100);

std::string endpoint_text(const Settings& settings) {
  return settings.bind_address + ":" + std::to_string(settings.port);
}

// Errors of accept() that pass once others have closed their files.
bool is_exhaustion(const error_code& error) {
  return error == boost::system::errc::too_many_files_open ||
         error == boost::system::errc::too_many_files_open_in_system ||
         error == boost::system::errc::no_buffer_space ||
         error == boost::system::errc::not_enough_memory;
}

class ServerOnSockets final : public Server {
 public:
  ServerOnSockets(Application& application, Log& log, Settings settings,
                  std::unique_ptr<TlsContext> tls)
      : application_(application),
        log_(log),
        settings_(std::move(settings)),
        tls_(std::move(tls)),
        workers_({settings_.worker_threads, settings_.worker_queue_max},
                 [this](Job job) { work(std::move(job)); }),
        hash_workers_({settings_.hash_threads, settings_.worker_queue_max},
                      [this](Job job) { work(std::move(job)); }) {
    const std::size_t count = static_cast<std::size_t>(std::max(settings_.io_threads, 1));
    for (std::size_t i = 0; i < count; ++i) {
      threads_.push_back(std::make_unique<IoThread>(
          i, IoThread::Deps{application_, log_, settings_, clock_, tls_.get(), workers_,
                            hash_workers_, open_connections_, [this] { gone_.notify_all(); }}));
    }
    acceptor_.emplace(threads_[0]->io());
    accept_timer_.emplace(threads_[0]->io());
  }

  ~ServerOnSockets() override {
    for (const auto& thread : threads_) thread->stop();
  }

  Result<Unit, Error> listen() {
    error_code error;
    const auto address = boost::asio::ip::make_address(settings_.bind_address, error);
    if (error) {
      return Error(ErrorCode::invalid_argument,
                   "bind address " + settings_.bind_address + " is not an IP address");
    }
    const tcp::endpoint endpoint(address, settings_.port);
    acceptor_->open(endpoint.protocol(), error);
    if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_->bind(endpoint, error);
    if (!error) acceptor_->listen(boost::asio::socket_base::max_listen_connections, error);
    if (!error) port_ = acceptor_->local_endpoint(error).port();
    if (error) {
      return Error(ErrorCode::unavailable,
                   "cannot listen on " + endpoint_text(settings_) + ": " + error.message());
    }
    accept();
    for (const auto& thread : threads_) thread->run();
    return Unit{};
  }

  std::uint16_t port() const override { return port_; }
  std::size_t open_connections() const override { return open_connections_.load(); }

  void drain() override {
    // After this has run on the accepting thread no connection is handed out any more.
    boost::asio::post(threads_[0]->io(), [this] {
      error_code ignored;
      acceptor_->close(ignored);
      accept_timer_->cancel();
      for (const auto& thread : threads_) thread->drain();
      const std::lock_guard lock(mutex_);
      is_drain_begun_ = true;
      gone_.notify_all();
    });
    const auto until = std::chrono::steady_clock::now() + settings_.drain_deadline;
    std::unique_lock lock(mutex_);
    const auto all_gone = [this] { return is_drain_begun_ && open_connections_.load() == 0; };
    while (!all_gone() && std::chrono::steady_clock::now() < until) {
      // The count is not under our mutex; a short wait makes a lost wake-up harmless.
      gone_.wait_for(lock, std::chrono::milliseconds(20));
    }
    if (!all_gone()) {
      for (const auto& thread : threads_) thread->abort_all();
    }
  }

 private:
  void work(Job job) {
    Response response = handle_safely(application_, std::move(job.request), job.plan);
    threads_[job.io_thread]->answer(job.connection, job.stream, std::move(response));
  }

  void accept() {
    IoThread& target = *threads_[next_thread_++ % threads_.size()];
    acceptor_->async_accept(
        target.io(), [this, &target](const error_code& error, tcp::socket socket) {
          if (!acceptor_->is_open()) return;
          if (!error) {
            hand_over(target, std::move(socket));
          } else if (is_exhaustion(error)) {
            log_.write(LogLevel::warning, "accept_paused", {{"reason", error.message()}});
            return accept_later();
          }
          accept();
        });
  }

  void accept_later() {
    accept_timer_->expires_after(accept_pause);
    accept_timer_->async_wait([this](const error_code& error) {
      if (!error && acceptor_->is_open()) accept();
    });
  }

  void hand_over(IoThread& target, tcp::socket socket) {
    if (open_connections_.fetch_add(1) >= settings_.connections_max) {
      open_connections_.fetch_sub(1);
      application_.refused(0, "too many connections", {});
      return;  // closes the socket
    }
    target.adopt(std::move(socket));
  }

  Application& application_;
  Log& log_;
  const Settings settings_;
  const SystemClock clock_;
  const std::unique_ptr<TlsContext> tls_;
  std::atomic<std::size_t> open_connections_{0};
  std::mutex mutex_;
  std::condition_variable gone_;
  bool is_drain_begun_ = false;
  std::uint16_t port_ = 0;
  std::size_t next_thread_ = 0;
  // The loops outlive the workers, who hand answers to them, and refer to the pools only while they
  // run, which the destructor ends first.
  std::vector<std::unique_ptr<IoThread>> threads_;
  std::optional<tcp::acceptor> acceptor_;
  std::optional<boost::asio::steady_timer> accept_timer_;
  WorkerPool workers_;
  WorkerPool hash_workers_;
};

}  // namespace

Result<std::unique_ptr<Server>, Error> Server::start(Application& application, Log& log,
                                                     Settings settings) {
  if (settings.tls_certificate_path.empty() != settings.tls_key_path.empty()) {
    return Error(ErrorCode::invalid_argument, "TLS needs both a certificate and a key");
  }
  try {
    std::unique_ptr<TlsContext> tls;
    if (!settings.tls_certificate_path.empty()) {
      tls = TRY(TlsContext::load({settings.tls_certificate_path, settings.tls_key_path,
                                  settings.tls_addressed_certificate_path}));
    }
    auto server =
        std::make_unique<ServerOnSockets>(application, log, std::move(settings), std::move(tls));
    TRY(server->listen());
    return std::unique_ptr<Server>(std::move(server));
  } catch (const std::exception& exception) {
    return Error(ErrorCode::unavailable,
                 std::string("cannot start the server: ") + exception.what());
  }
}

}  // namespace gatehouse::http::server
