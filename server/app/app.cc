#include "server/app/app.h"

#include "server/api/api.h"
#include "server/app/domain_checks.h"
#include "server/app/key_policy.h"
#include "server/app/mail_sealer.h"
#include "server/app/maintenance.h"
#include "server/app/routes.h"
#include "server/cluster/lease.h"
#include "server/cluster/watch.h"
#include "server/oidc/back_channel.h"

namespace gatehouse::app {
namespace {

using storage::Transaction;

// Jobs and start-up work on all environments; where a context needs one, it is not read.
const EnvironmentId all_environments(1);

// What has others waiting gives up early, to try again on a new connection.
constexpr Duration follow_patience = seconds(5);

// "gatehouse admin --data …" as the doctor is called.
std::string doctor_command_of(std::string admin_command) {
  constexpr std::string_view verb = " admin";
  const auto at = admin_command.find(verb);
  return at == std::string::npos ? admin_command
                                 : admin_command.replace(at, verb.size(), " doctor sso");
}

}  // namespace

Context system_context(EnvironmentId environment, const Clock& clock, Random& random) {
  const Instant now = clock.now();
  return {.request = RequestId::make(random, now),
          .now = now,
          .deadline = std::chrono::steady_clock::now() + seconds(30),
          .environment = environment,
          .actor = {ActorType::system, "gatehouse"},
          .client_address = {},
          .user_agent = {}};
}

struct App::State {
  State(const Parts& given, AppSettings wanted, pages::Pages loaded, mail::Letters written);

  Parts parts;
  AppSettings settings;
  crypto::SealingKey key_seal;
  crypto::SealingKey client_secret_seal;
  crypto::SealingKey provider_key_seal;
  MailSealer mail_sealer;
  const std::string instance;
  std::atomic<bool> is_serving{false};
  std::atomic<bool> keys_may_be_missing{false};
  std::function<void()> wake_mail;
  std::function<void()> tell_change;

  pages::Pages pages;
  mail::Letters letters;
  mail::Outbox outbox;
  mail::Sender sender;
  audit::RefusalLog refusals;
  applications::SecretUses secret_uses;
  applications::Catalog catalog;
  keys::KeyRings keys;
  cluster::Watch watch;

  login::Deps login_deps;
  login::Steps login;
  login::InvitationPages invitations;
  sso::oidc_rp::ProviderDirectory providers;
  sso::ProviderKeys provider_keys;
  sso::Deps sso_deps;
  sso::Endpoints sso;
  oidc::Deps oidc_deps;
  oidc::AccessTokens access_tokens;
  oidc::AuthorizeEndpoint authorize;
  oidc::TokenEndpoint token;
  oidc::UserinfoEndpoint userinfo;
  oidc::IntrospectionEndpoint introspection;
  oidc::RevocationEndpoint revocation;
  oidc::EndSessionEndpoint end_session;
  oidc::DiscoveryEndpoint discovery;
  oidc::BackChannel back_channel;
  portal::Deps portal_deps;
  portal::AccountPages account;
  portal::AdminPortal admin_portal;

  api::Api api;

  std::vector<http::Route> routes;
  telemetry::Metrics metrics;
  Front front;
  std::vector<Job> jobs;

  std::vector<http::Route> all_routes();
  std::vector<Job> all_jobs();
  [[nodiscard]] Context context(EnvironmentId environment = all_environments) {
    return system_context(environment, parts.clock, parts.random);
  }
  [[nodiscard]] Context context_within(Duration patience);
  // Empty: it is.
  [[nodiscard]] std::string_view not_ready_because() const;
  [[nodiscard]] std::string metrics_text();
  // A job that one node of the cluster does.
  Job once(std::string_view name, Duration every, Result<Unit, Error> (State::*act)());
  Result<Unit, Error> load();
  Result<Unit, Error> load_keys();
  // `if_made` trusts that what is loaded was current a moment ago.
  enum class Reload { if_made, always };
  Result<Unit, Error> make_keys(Reload reload);
  Result<Unit, Error> follow_changes();
  Result<Unit, Error> follow_own_changes();
  Result<Unit, Error> make_missing_keys();
  Result<Unit, Error> rotate_keys() { return make_keys(Reload::always); }
  Result<Unit, Error> seal_audit() {
    return seal_audit_logs(parts.database, *catalog.current(), [this] { return context(); });
  }
  Result<Unit, Error> reclaim() {
    return app::reclaim(parts.database, sender, [this] { return context(); });
  }
  Result<Unit, Error> verify_domains() {
    return check_domains(parts.database, parts.random, txt_lookup(parts.dns),
                         [this] { return context(); });
  }
  Result<Unit, Error> sum_up_counts() {
    return app::sum_up_counts(parts.database, [this] { return context(); });
  }
};

App::State::State(const Parts& given, AppSettings wanted, pages::Pages loaded,
                  mail::Letters written)
    : parts(given),
      settings(std::move(wanted)),
      key_seal(settings.master_key.sealing_key(key_seal_label)),
      client_secret_seal(settings.master_key.sealing_key(connections::client_secret_seal_label)),
      provider_key_seal(settings.master_key.sealing_key(sso::provider_key_seal_label)),
      mail_sealer(settings.master_key, parts.random),
      instance(parts.node == nullptr ? cluster::make_instance(parts.random)
                                     : parts.node->instance()),
      pages(std::move(loaded)),
      letters(std::move(written)),
      outbox({mail_sealer, parts.random}),
      sender({parts.database, outbox, parts.mail, parts.clock, parts.random, parts.log}),
      refusals(parts.database, parts.random),
      secret_uses(parts.database),
      catalog(parts.database),
      keys(parts.database, key_seal),
      watch(parts.database, parts.clock, cluster::newest_migration()),
      login_deps{.database = parts.database,
                 .catalog = catalog,
                 .refusals = refusals,
                 .random = parts.random,
                 .pages = pages,
                 .outbox = outbox,
                 .letters = letters,
                 .form_key = settings.master_key.derive("forms"),
                 .code_key = settings.master_key.derive("sign-in codes"),
                 .throttle = settings.throttle,
                 .mail_waits =
                     [this] {
                       if (wake_mail) wake_mail();
                     }},
      login(login_deps),
      invitations(login_deps),
      providers(parts.http),
      provider_keys(parts.database, parts.random, provider_key_seal),
      sso_deps{.login = login_deps,
               .keys = keys,
               .providers = providers,
               .provider_keys = provider_keys,
               .client_secrets = client_secret_seal,
               .flow_key = settings.master_key.derive("single sign-on flows"),
               .doctor_command = doctor_command_of(settings.admin_command)},
      sso(sso_deps),
      oidc_deps{.database = parts.database,
                .catalog = catalog,
                .keys = keys,
                .refusals = refusals,
                .secret_uses = secret_uses,
                .random = parts.random,
                .pages = pages,
                .refresh_key = settings.master_key.derive("refresh tokens"),
                .form_key = settings.master_key.derive("forms"),
                .admin_command = settings.admin_command},
      authorize(oidc_deps),
      token(oidc_deps),
      userinfo(oidc_deps, access_tokens),
      introspection(oidc_deps, access_tokens),
      revocation(oidc_deps, access_tokens),
      end_session(oidc_deps),
      discovery(oidc_deps),
      back_channel({parts.database, catalog, keys, parts.http, parts.random, parts.log}),
      portal_deps{.database = parts.database,
                  .catalog = catalog,
                  .random = parts.random,
                  .pages = pages,
                  .form_key = settings.master_key.derive("forms")},
      account(portal_deps),
      admin_portal(portal_deps, refusals),
      api({.database = parts.database,
           .catalog = catalog,
           .refusals = refusals,
           .random = parts.random,
           .master_key = settings.master_key,
           .oidc = oidc_deps,
           .access_tokens = access_tokens,
           .login = login_deps,
           .configuration_changed =
               [this] {
                 // A failure leaves the old snapshot; the job tries again within half a second.
                 (void)follow_own_changes().ok();
                 if (tell_change) tell_change();
               },
           .is_ready = [this] { return not_ready_because().empty(); },
           .txt_lookup = txt_lookup(parts.dns)}),
      routes(all_routes()),
      metrics(Front::labels(routes)),
      front({.catalog = catalog,
             .pages = pages,
             .clock = parts.clock,
             .random = parts.random,
             .log = parts.log,
             .metrics = metrics,
             .trusted_proxies = settings.trusted_proxies,
             .reads = parts.database.waits_for_network() ? http::server::Run::pooled
                                                         : http::server::Run::inline_,
             .unknown_call =
                 [this](const Context& asked, const http::Request& request) {
                   return api.unknown_call(asked, request);
                 }},
            routes),
      jobs(all_jobs()) {}

std::vector<http::Route> App::State::all_routes() {
  auto all = make_routes({.authorize = authorize,
                          .token = token,
                          .userinfo = userinfo,
                          .introspection = introspection,
                          .revocation = revocation,
                          .end_session = end_session,
                          .discovery = discovery,
                          .login = login,
                          .invitations = invitations,
                          .sso = sso,
                          .account = account,
                          .admin_portal = admin_portal,
                          .pages = pages,
                          .not_ready_because = [this] { return not_ready_because(); },
                          .metrics = [this] { return metrics_text(); }});
  std::ranges::copy(api.routes(), std::back_inserter(all));
  if (settings.more_routes) {
    std::ranges::copy(settings.more_routes(pages, catalog), std::back_inserter(all));
  }
  return all;
}

Context App::State::context_within(Duration patience) {
  Context here = context();
  here.deadline = std::chrono::steady_clock::now() + patience;
  return here;
}

std::string_view App::State::not_ready_because() const {
  if (!is_serving.load()) return "starting or stopping";
  return cluster::finding_text(watch.finding());
}

std::string App::State::metrics_text() {
  using std::chrono::duration_cast;
  metrics.set_health(
      {.is_ready = not_ready_because().empty() ? 1.0 : 0.0,
       .database_answers = watch.finding() == cluster::Finding::database_away ? 0.0 : 1.0,
       .clock_offset_s = std::chrono::duration<double>(watch.clock_offset()).count()});
  return metrics.text();
}

Job App::State::once(std::string_view name, Duration every, Result<Unit, Error> (State::*act)()) {
  return {name, every, [this, name, every, act]() -> Result<Unit, Error> {
            TRY(cluster::run_leased(parts.database, context(),
                                    {.name = name, .holder = instance, .every = every},
                                    [&] { return (this->*act)(); }));
            return Unit{};
          }};
}

// Those of every node, then those that one node does for all.
std::vector<Job> App::State::all_jobs() {
  std::vector<Job> all = {
      {follow_changes_job, milliseconds(500), [this] { return follow_changes(); }},
      {"make missing keys", milliseconds(250), [this] { return make_missing_keys(); }},
      {"watch database", cluster::watch_interval,
       [this] { return watch.probe(context_within(cluster::watch_patience)); }},
      {"write refusals", seconds(1), [this] { return refusals.flush(context()); }},
      {"write uses of secrets", seconds(1), [this] { return secret_uses.flush(context()); }},
      // Each letter and each logout has a lease of its own.
      {"back-channel logout", seconds(1),
       [this]() -> Result<Unit, Error> {
         TRY(back_channel.deliver_due(context()));
         return Unit{};
       }},
      once("seal audit log", seconds(10), &State::seal_audit),
      once("rotate keys", hours(1), &State::rotate_keys),
      once("reclaim", minutes(5), &State::reclaim),
      once("sum up counts", seconds(10), &State::sum_up_counts),
      once("verify domains", hours(1), &State::verify_domains),
  };
  if (parts.node != nullptr) {
    all.push_back({"keep place among nodes", cluster::heartbeat_interval,
                   [this] { return parts.node->heartbeat(); }});
  }
  return all;
}

Result<Unit, Error> App::State::load() {
  TRY(catalog.refresh(context()));
  return load_keys();
}

Result<Unit, Error> App::State::load_keys() {
  for (const auto& entry : catalog.current()->entries) {
    TRY(keys.reload(context(entry->environment.id)));
  }
  return Unit{};
}

Result<Unit, Error> App::State::make_keys(Reload reload) {
  for (const auto& entry : catalog.current()->entries) {
    const Context here = context(entry->environment.id);
    const keys::KeyChanges made =
        TRY(keys::ensure_keys(here, {parts.database, parts.random, parts.key_source, key_seal},
                              key_policy(*entry, settings.algorithms)));
    if (reload == Reload::always || made.any()) TRY(keys.reload(here));
  }
  return Unit{};
}

// What other processes have changed. Keys are read apart: making them does not count as a change of
// the configuration.
Result<Unit, Error> App::State::follow_changes() {
  if (TRY(catalog.refresh(context_within(follow_patience)))) keys_may_be_missing.store(true);
  TRY(keys.refresh(context_within(follow_patience)));
  return Unit{};
}

Result<Unit, Error> App::State::follow_own_changes() {
  const bool is_changed = TRY(catalog.refresh(context()));
  return is_changed ? make_keys(Reload::always) : Result<Unit, Error>(Unit{});
}

// An application with a new algorithm needs keys, as does an environment that a command has made.
// Apart from following changes, which must not wait for it.
Result<Unit, Error> App::State::make_missing_keys() {
  if (!keys_may_be_missing.exchange(false)) return Unit{};
  auto outcome = make_keys(Reload::if_made);
  if (!outcome.ok()) keys_may_be_missing.store(true);
  return outcome;
}

App::App(std::unique_ptr<State> state) : state_(std::move(state)) {}

App::~App() {
  // What was refused but not yet written down must not be lost with a clean stop.
  (void)state_->refusals.flush(state_->context()).ok();
  (void)state_->secret_uses.flush(state_->context()).ok();
}

Result<std::unique_ptr<App>, Error> App::build(const Parts& parts, AppSettings settings) {
  pages::Pages pages = settings.template_folder.empty()
                           ? TRY(pages::Pages::load())
                           : TRY(pages::Pages::load_from(settings.template_folder));
  mail::Letters letters = TRY(mail::Letters::load());
  auto state =
      std::make_unique<State>(parts, std::move(settings), std::move(pages), std::move(letters));
  TRY(state->load());
  // tidy: allow new: the constructor is private
  return std::unique_ptr<App>(new App(std::move(state)));
}

Front& App::front() { return state_->front; }
const applications::Catalog& App::catalog() const { return state_->catalog; }
const keys::KeyRings& App::keys() const { return state_->keys; }
const pages::Pages& App::pages() const { return state_->pages; }
telemetry::Metrics& App::metrics() { return state_->metrics; }
mail::Sender& App::mail_sender() { return state_->sender; }
const login::Deps& App::login_deps() const { return state_->login_deps; }
const std::vector<Job>& App::jobs() const { return state_->jobs; }
// Called at start, right after the keys were loaded.
Result<Unit, Error> App::make_keys() { return state_->make_keys(State::Reload::if_made); }
void App::set_readiness(Readiness readiness) {
  state_->is_serving.store(readiness == Readiness::ready);
}
void App::on_mail(std::function<void()> wake) { state_->wake_mail = std::move(wake); }
void App::on_change(std::function<void()> tell) { state_->tell_change = std::move(tell); }

}  // namespace gatehouse::app
