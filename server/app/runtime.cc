#include "server/app/runtime.h"

#include <csignal>

namespace gatehouse::app {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

Runtime::Runtime(App& app, Log& log)
    : app_(app), mail_(app.mail_sender(), log), jobs_(app.jobs(), log) {
  app_.on_mail([this] { mail_.wake(); });
  app_.on_change([this] {
    if (storage::PostgresListener* announcer = announcer_.load()) announcer->announce();
  });
}

Result<std::unique_ptr<Runtime>, Error> Runtime::start(App& app, Log& log,
                                                       http::server::Settings settings) {
  // tidy: allow new: the constructor is private
  std::unique_ptr<Runtime> runtime(new Runtime(app, log));
  runtime->server_ = TRY(http::server::Server::start(app.front(), log, std::move(settings)));
  app.set_readiness(App::Readiness::ready);
  return runtime;
}

Result<Unit, Error> Runtime::listen_for_changes(const storage::Location& location) {
  if (location.engine() != storage::Engine::postgres) return Unit{};
  listener_ = TRY(storage::PostgresListener::start(location.target(), "gatehouse",
                                                   [this] { jobs_.wake(follow_changes_job); }));
  announcer_.store(listener_.get());
  return Unit{};
}

Runtime::~Runtime() {
  app_.set_readiness(App::Readiness::not_ready);
  if (server_ != nullptr) server_->drain();
  server_.reset();
  app_.on_mail({});
  app_.on_change({});
  listener_.reset();
}

void hold_stop_signals() {
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

StopReason wait_for_stop(const storage::Database& database) {
  const sigset_t signals = stop_signals();
  for (;;) {
    const timespec wait{.tv_sec = 1, .tv_nsec = 0};
    if (sigtimedwait(&signals, nullptr, &wait) > 0) return StopReason::signal;
    if (database.failed()) return StopReason::database_failed;
  }
}

}  // namespace gatehouse::app
