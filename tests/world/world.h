// World: the whole application on a TestDatabase. What a test moves is the time, the random seed,
// the mail that is fetched, the answers of other servers, and which statement of the database
// fails; all else is what the product runs. A failing check prints what was asked of the server so
// far.
//
//   World world;
//   Browser browser(world);
//   const Page back = browser.sign_in("Console", "ada@acme.test");
//   const Answer tokens = Client(world, "Console").exchange(back);
//
// In it are two environments. Development (http://localhost:8080) has the applications
//   Console  ENV, RS256     Wiki   WEB_APP, ES256     Docs  SPA     Desk  NTV     Batch  M2M
// and the people ada@acme.test (admin of Acme), bob@acme.test (member of Acme, admin of Globex) and
// lone@acme.test (no organization). Production (https://auth.example.test) has the application
// Portal and an ada@acme.test of its own, in the organization Initech.

#pragma once

#include <doctest/doctest.h>

#include <set>

#include "server/app/app.h"
#include "server/audit/query.h"
#include "server/mail/mailbox.h"
#include "server/orgs/organization.h"
#include "server/sessions/session.h"
#include "server/storage/fault.h"
#include "tests/world/captured_log.h"
#include "tests/world/fake_dns_resolver.h"
#include "tests/world/fake_http_client.h"
#include "tests/world/manual_clock.h"
#include "tests/world/page.h"
#include "tests/world/recording_database.h"
#include "tests/world/seeded_random.h"
#include "tests/world/test_database.h"
#include "tests/world/test_keys.h"

namespace gatehouse::world {

inline constexpr std::string_view development_url = "http://localhost:8080";
inline constexpr std::string_view production_url = "https://auth.example.test";

// Limits that no test meets by accident.
[[nodiscard]] login::ThrottleLimits no_throttle();

struct WorldSettings {
  std::uint64_t seed = 1;
  login::ThrottleLimits throttle = no_throttle();
  TestDatabaseSettings::Place place = TestDatabaseSettings::Place::memory;
};

// An application as its developers know it.
struct Registered {
  std::string base_url;
  std::string client_id;
  std::string secret;  // empty: a public client
  std::string callback;
};

class World {
 public:
  explicit World(WorldSettings settings = {});
  // Checks that no secret that went over the wire was logged or audited.
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // One request, as the server would hand it over. Safe from any thread; the statements of requests
  // at the same time are not told apart.
  http::Response send(http::Request request);
  // The names of the statements that the last request ran.
  [[nodiscard]] const std::vector<std::string>& last_statements() const { return statements_; }

  void advance(Duration by) { clock_.advance(by); }
  [[nodiscard]] Instant now() const { return clock_.now(); }
  void run_job(std::string_view name);

  // Has waiting mail delivered and returns the newest letter to that address.
  mail::DeliveredLetter mail(std::string_view to);
  std::vector<mail::DeliveredLetter> all_mail(std::string_view to = {});

  [[nodiscard]] const Registered& application(std::string_view name) const;
  [[nodiscard]] EnvironmentId development() const { return *development_; }
  [[nodiscard]] EnvironmentId production() const { return *production_; }
  [[nodiscard]] UserId user(std::string_view email);
  [[nodiscard]] OrgId organization(std::string_view name);

  // A transaction in the development environment, by an operator.
  [[nodiscard]] Context context();
  template <class Work>
  auto must(Work work) -> typename std::invoke_result_t<Work, storage::Transaction&>::Value {
    return storage::write(*recorded_, context(), work).take();
  }
  // Disables a user as the administration does: together with their sessions.
  void disable(std::string_view email);
  void change_settings(FunctionRef<void(environments::Settings&)> change);
  void change_application(std::string_view name, applications::RedirectKind kind,
                          std::string_view added_uri);

  // Audit records of the development environment, oldest first, refusals included.
  std::vector<audit::StoredRecord> audit(std::optional<std::string> event = std::nullopt);
  // "invalid_request: a check" of the newest refusal of that event.
  std::string last_refusal(std::string_view event);
  // What does not hold of the stored data, a line each; empty if all is well.
  std::string violations();

  app::App& app() { return *app_; }
  // Requests go to another node on the same database from here on; nullptr: to the World's own. Not
  // while a request is under way.
  void turn_to(app::App* node) { serving_ = node; }
  [[nodiscard]] const crypto::MasterKey& master_key() const { return master_key_; }
  storage::FaultDatabase& faults() { return *faults_; }
  storage::Database& database() { return *recorded_; }
  // What is stored, past the faults and the product.
  [[nodiscard]] const TestDatabase& stored() const { return stored_; }
  FakeHttpClient& http() { return http_; }
  FakeDnsResolver& dns() { return dns_; }
  CapturedLog& log() { return log_; }
  SeededRandom& random() { return random_; }
  // Something that must never be seen in a log, an audit record or the database.
  void keep_canary(std::string_view secret);
  [[nodiscard]] const std::set<std::string>& canaries() const { return canaries_; }

 private:
  void seed();
  void seed_production(storage::Transaction& transaction);
  void build(const login::ThrottleLimits& throttle);
  void tell(std::ostream& out) const;
  void check_nothing_leaked();

  ManualClock clock_;
  SeededRandom random_;
  CapturedLog log_;
  mail::Mailbox mailbox_;
  FakeHttpClient http_;
  FakeDnsResolver dns_;
  TestKeys keys_;
  crypto::MasterKey master_key_;
  TestDatabase stored_;
  std::unique_ptr<storage::FaultDatabase> faults_;
  std::unique_ptr<RecordingDatabase> recorded_;
  std::optional<EnvironmentId> development_, production_;
  std::map<std::string, Registered, std::less<>> applications_;
  mutable std::mutex mutex_;        // guards the next three
  std::vector<std::string> story_;  // of all requests, for failing tests
  std::vector<std::string> statements_;
  std::set<std::string> canaries_;
  std::unique_ptr<app::App> app_;
  app::App* serving_ = nullptr;  // not owned; nullptr: app_
  // Last, so that it goes first: doctest asks it for the story of a failing check.
  using Telling = std::function<void(std::ostream*)>;
  std::unique_ptr<doctest::detail::ContextScope<Telling>> telling_;
};

}  // namespace gatehouse::world
