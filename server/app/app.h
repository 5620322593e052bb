// App: the whole application behind the sockets. It builds every object in the order of their
// dependencies; nothing else constructs services. What touches the world (database, clock, random
// source, mail, outbound calls) is handed in, so tests run the very same thing in memory.

#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "server/app/front.h"
#include "server/app/jobs.h"
#include "server/cluster/node.h"
#include "server/crypto/master_key.h"
#include "server/keys/key_ring.h"
#include "server/keys/key_source.h"
#include "server/keys/rotate.h"
#include "server/login/deps.h"
#include "server/mail/sender.h"
#include "server/net/dns.h"
#include "server/net/http_client.h"
#include "server/storage/database.h"

namespace gatehouse::app {

// The job that sees what other processes have changed.
inline constexpr std::string_view follow_changes_job = "follow changes";

struct Parts {
  storage::Database& database;
  const Clock& clock;
  Random& random;
  Log& log;
  mail::MailTransport& mail;
  net::HttpClient& http;
  keys::KeySource& key_source;
  // This server among those on the same database; absent in tests of one alone. Not owned.
  cluster::Node* node = nullptr;
  // Absent: domains cannot be proven by the DNS. Not owned.
  net::DnsResolver* dns = nullptr;
};

struct AppSettings {
  crypto::MasterKey master_key;
  std::string admin_command = "gatehouse admin";
  login::ThrottleLimits throttle = {};
  std::vector<std::string> trusted_proxies = {};
  // Signing algorithms that every environment has, used or not.
  std::vector<crypto::SignatureAlgorithm> algorithms = {crypto::SignatureAlgorithm::rs256};
  // Of `gatehouse dev`: its own pages; where templates are read from while working on them.
  std::function<std::vector<http::Route>(const pages::Pages&, applications::Catalog&)> more_routes =
      {};
  std::string template_folder = {};
};

class App {
 public:
  // Builds everything and loads catalog and keys. Errors: the database's; failed_precondition if
  // another master key has sealed the signing keys.
  static Result<std::unique_ptr<App>, Error> build(const Parts& parts, AppSettings settings);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  [[nodiscard]] Front& front();
  [[nodiscard]] const applications::Catalog& catalog() const;
  [[nodiscard]] const keys::KeyRings& keys() const;
  [[nodiscard]] const pages::Pages& pages() const;
  [[nodiscard]] telemetry::Metrics& metrics();
  [[nodiscard]] mail::Sender& mail_sender();
  [[nodiscard]] const login::Deps& login_deps() const;
  // The periodic work, for a JobThread or for tests to run at will.
  [[nodiscard]] const std::vector<Job>& jobs() const;

  // Makes signing keys where environments lack them (up to a second for RSA) and loads them.
  Result<Unit, Error> make_keys();
  // Whether /readyz may say so: it does while the database answers and our clock is right.
  enum class Readiness { ready, not_ready };
  void set_readiness(Readiness readiness);
  // Called when a letter waits; set by whoever runs the sender's thread.
  void on_mail(std::function<void()> wake);
  // Called when this node has changed what others keep in memory; likewise.
  void on_change(std::function<void()> tell);

 private:
  struct State;
  explicit App(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// A context for work that no request asked for.
[[nodiscard]] Context system_context(EnvironmentId environment, const Clock& clock, Random& random);

}  // namespace gatehouse::app
