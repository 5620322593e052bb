#include "server/app/app_state.h"

namespace gatehouse::app {
namespace {

using storage::Transaction;

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
               .parties = sso_parties,
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
           .read_metadata = [this](const Context& asked,
                                   ConnectionId connection) -> Result<Unit, Error> {
             const auto entry = catalog.current()->by_id(asked.environment);
             TRY(sso::update_metadata(metadata_deps(), asked, entry->environment, connection));
             return Unit{};
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
