#include "tests/world/world.h"

#include <algorithm>
#include <cstring>

#include "server/app/dev/seed.h"
#include "server/app/invariants.h"
#include "server/app/key_policy.h"

namespace gatehouse::world {
namespace {

using applications::NewApplication;
using applications::Type;
using storage::Transaction;

crypto::MasterKey fixed_master_key() {
  std::string bytes;
  for (char c = 'a'; bytes.size() < crypto::MasterKey::key_bytes; ++c) bytes.push_back(c);
  return crypto::MasterKey::from_bytes(Secret(bytes)).value();
}

app::dev::Seed development_seed() {
  app::dev::Seed seed;
  seed.product_name = "Acme Console";
  seed.main.wanted = {.type = Type::env,
                      .name = "Console",
                      .api_access = NewApplication::ApiAccess::allowed,
                      .callback_uris = {"http://localhost:4321/api/auth/callback"},
                      .post_logout_uris = {"http://localhost:4321"},
                      .back_channel_logout_uris = {"http://localhost:4321/api/auth/logged-out"},
                      .initiate_login_uri = "http://localhost:4321/api/auth/login"};
  seed.applications = {
      {.wanted = {.type = Type::web_app,
                  .name = "Wiki",
                  .signing_algorithm = "ES256",
                  .callback_uris = {"http://localhost:4330/callback"},
                  .post_logout_uris = {"http://localhost:4330/bye"},
                  .back_channel_logout_uris = {"http://localhost:4330/logged-out"}}},
      {.wanted = {.type = Type::spa,
                  .name = "Docs",
                  .callback_uris = {"http://localhost:4322/auth/callback"},
                  .post_logout_uris = {"http://localhost:4322"}}},
      {.wanted = {.type = Type::native,
                  .name = "Desk",
                  .callback_uris = {"http://127.0.0.1/callback", "com.acme.desk:/callback"}}},
      {.wanted = {.type = Type::m2m,
                  .name = "Batch",
                  .scopes = {"read:items", "write:items"},
                  .audience = {"https://api.acme.test"}}}};
  seed.users = {{"ada@acme.test", "Ada", "Lovelace"},
                {"bob@acme.test", "Bob", "Builder"},
                {"lone@acme.test", "Lone", "Wolf"}};
  seed.organizations = {
      {.name = "Acme", .members = {{"ada@acme.test", "admin"}, {"bob@acme.test", "member"}}},
      {.name = "Globex", .external_id = "gx-1", .members = {{"bob@acme.test", "admin"}}}};
  return seed;
}

std::string join(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out.append(out.empty() ? "" : " ").append(part);
  return out;
}

// Whether `secret` stands in `text` by itself: a mailed code is no part of a longer number.
bool stands_in(std::string_view text, std::string_view secret) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  // memmem: with hundreds of secrets and thousands of lines this is what a World's end costs.
  const auto find = [&](std::size_t from) {
    const void* found =
        ::memmem(text.data() + from, text.size() - from, secret.data(), secret.size());
    return found == nullptr
               ? std::string_view::npos
               : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
  };
  for (std::size_t at = find(0); at != std::string_view::npos; at = find(at + 1)) {
    const std::size_t end = at + secret.size();
    if (secret.size() > 6) return true;
    const bool is_part =
        (at > 0 && is_digit(text[at - 1])) || (end < text.size() && is_digit(text[end]));
    if (!is_part) return true;
  }
  return false;
}

}  // namespace

login::ThrottleLimits no_throttle() {
  return {.mails_per_address_per_minute = 100'000,
          .mails_per_address_per_hour = 100'000,
          .mails_per_source_per_hour = 100'000,
          .wrong_codes_per_address_per_hour = 100'000,
          .wrong_codes_per_source_per_hour = 100'000,
          .sign_on_records_per_source_per_hour = 100'000};
}

World::World(WorldSettings settings)
    : random_(settings.seed),
      master_key_(fixed_master_key()),
      stored_({.place = settings.place}),
      faults_(std::make_unique<storage::FaultDatabase>(stored_.database())),
      recorded_(std::make_unique<RecordingDatabase>(*faults_)) {
  seed();
  build(settings.throttle);
  for (const auto& [name, application] : applications_) {
    if (!application.secret.empty()) keep_canary(application.secret);
  }
  telling_ = std::make_unique<doctest::detail::ContextScope<Telling>>(
      [this](std::ostream* out) { tell(*out); });
}

World::~World() {
  faults_->disarm();
  check_nothing_leaked();
}

void World::seed() {
  Context setup = make_context(EnvironmentId(1), now());
  setup.actor = {ActorType::operator_, "setup"};
  const auto seed = development_seed();
  storage::write(*recorded_, setup, [&](Transaction& transaction) -> Result<Unit, Error> {
    const auto seeded = TRY(app::dev::apply_seed(
        transaction, setup, random_, master_key_, seed,
        {.environment_name = "Development", .base_url = std::string(development_url)}));
    development_ = seeded.environment;
    for (std::size_t i = 0; i < seeded.applications.size(); ++i) {
      const auto& made = seeded.applications[i];
      const auto& wanted = i == 0 ? seed.main.wanted : seed.applications[i - 1].wanted;
      Registered known{std::string(development_url), made.client_id, {}, {}};
      if (made.client_secret.has_value()) known.secret = made.client_secret->reveal();
      if (!wanted.callback_uris.empty()) known.callback = wanted.callback_uris.front();
      applications_.insert_or_assign(made.name, std::move(known));
    }
    seed_production(transaction);
    return Unit{};
  }).take();
}

void World::seed_production(Transaction& transaction) {
  const Context setup = make_context(EnvironmentId(1), now());
  const auto whole =
      app::create_whole_environment(transaction, setup, random_,
                                    {.name = "Production",
                                     .kind = environments::Kind::production,
                                     .base_url = std::string(production_url)},
                                    {.type = Type::env,
                                     .name = "Portal",
                                     .callback_uris = {"https://portal.example.test/callback"},
                                     .post_logout_uris = {"https://portal.example.test"}})
          .take();
  production_ = whole.environment.id;
  const Context there = app::in_environment(setup, *production_);
  const auto secret =
      applications::add_secret(transaction, whole.environment, there, random_, whole.application.id)
          .take();
  applications_.insert_or_assign(
      "Portal",
      Registered{std::string(production_url), whole.application.client_id,
                 std::string(secret.plain.reveal()), "https://portal.example.test/callback"});
  const UserId ada = users::create(transaction, *production_, there, random_,
                                   {.email = *users::Email::parse("ada@acme.test"),
                                    .email_verified = users::NewUser::Verified::yes})
                         .take()
                         .id;
  const OrgId initech =
      orgs::create(transaction, *production_, there, random_, {.display_name = "Initech"})
          .take()
          .id;
  orgs::add_member(transaction, *production_, initech, there, random_, ada,
                   orgs::Provisioning::direct_provision)
      .take();
}

void World::build(const login::ThrottleLimits& throttle) {
  app_ =
      app::App::build({*recorded_, clock_, random_, log_, mailbox_, http_, keys_, nullptr, &dns_},
                      {.master_key = master_key_, .throttle = throttle})
          .value();
  app_->make_keys().take();
  app_->set_readiness(app::App::Readiness::ready);
}

http::Response World::send(http::Request request) {
  static_cast<void>(recorded_->take_statements());
  http::Request head = request;
  head.body.clear();
  app::App& serving = serving_ == nullptr ? *app_ : *serving_;
  const auto plan = serving.front().plan(head);
  std::string told = std::string(http::method_name(request.method)) + " " + request.authority +
                     request.path + (request.query.empty() ? "" : "?" + request.query);
  if (!request.body.empty()) told += "  [" + request.body.substr(0, 300) + "]";
  http::Response response;
  if (request.body.size() > plan.body_bytes_max) {
    serving.front().refused(413, "body too large", request.peer_address);
    response = http::plain_text(413, "too_large\n");
  } else {
    response = serving.front().handle(std::move(request), plan);
  }
  const std::lock_guard lock(mutex_);
  statements_ = recorded_->take_statements();
  story_.push_back(told + "\n    -> " + std::to_string(response.status) + " " +
                   std::string(response.headers.get("Location").value_or("")) + "\n    " +
                   join(statements_));
  return response;
}

void World::run_job(std::string_view name) {
  for (const app::Job& job : app_->jobs()) {
    if (job.name != name) continue;
    CHECK(job.run().ok());
    return;
  }
  FAIL("no such job: ", std::string(name));
}

mail::DeliveredLetter World::mail(std::string_view to) {
  const auto letters = all_mail(to);
  REQUIRE(!letters.empty());
  return letters.front();
}

std::vector<mail::DeliveredLetter> World::all_mail(std::string_view to) {
  // Past the faults: they are meant for the requests.
  recorded_->use(stored_.database());
  CHECK(app_->mail_sender().send_due().ok());
  recorded_->use(*faults_);
  auto letters = mailbox_.letters(to);
  for (const auto& letter : letters) {
    // A letter may have a code or a link alone.
    if (!letter.code.empty()) keep_canary(letter.code);
    const std::size_t token = letter.link.find("token=");
    if (token != std::string::npos) keep_canary(std::string_view(letter.link).substr(token + 6));
  }
  return letters;
}

const Registered& World::application(std::string_view name) const {
  const auto found = applications_.find(name);
  REQUIRE(found != applications_.end());
  return found->second;
}

UserId World::user(std::string_view email) {
  return must([&](Transaction& transaction) {
           return users::find_user_by_email(transaction, *development_,
                                            *users::Email::parse(email));
         })
      .value()
      .id;
}

OrgId World::organization(std::string_view name) {
  const auto all = must([&](Transaction& transaction) {
    return orgs::list_organizations(transaction, *development_, std::nullopt, 500);
  });
  const auto found = std::ranges::find(all, name, &orgs::Organization::display_name);
  REQUIRE(found != all.end());
  return found->id;
}

Context World::context() {
  Context context = make_context(*development_, now());
  context.actor = {ActorType::operator_, "test"};
  return context;
}

void World::disable(std::string_view email) {
  const UserId disabled = user(email);
  must([&](Transaction& transaction) -> Result<Unit, Error> {
    TRY(users::set_state(transaction, *development_, context(), random_, disabled,
                         users::State::disabled));
    TRY(sessions::end_all_of_user(transaction, *development_, context(), random_, disabled,
                                  sessions::EndReason::user_disabled));
    return Unit{};
  });
}

void World::change_settings(FunctionRef<void(environments::Settings&)> change) {
  must([&](Transaction& transaction) -> Result<Unit, Error> {
    auto settings = TRY(environments::find_environment(transaction, *development_))->settings;
    change(settings);
    return environments::set_settings(transaction, *development_, context(), random_, settings);
  });
  run_job("follow changes");
}

void World::change_application(std::string_view name, applications::RedirectKind kind,
                               std::string_view added_uri) {
  must([&](Transaction& transaction) -> Result<Unit, Error> {
    const auto environment = TRY(environments::find_environment(transaction, *development_));
    const auto found = TRY(
        applications::find_application(transaction, *development_, application(name).client_id));
    return applications::add_redirect(transaction, *environment, context(), random_, found->id,
                                      kind, added_uri);
  });
  run_job("follow changes");
}

std::vector<audit::StoredRecord> World::audit(std::optional<std::string> event) {
  // Ids of one millisecond are in no order: what is written now comes after what was before.
  advance(milliseconds(1));
  run_job("write refusals");
  auto records = must([&](Transaction& transaction) {
    return audit::list(transaction, *development_, {.event = event, .limit = 500});
  });
  std::ranges::reverse(records);
  return records;
}

std::string World::last_refusal(std::string_view event) {
  const auto records = audit(std::string(event));
  return records.empty() ? std::string() : records.back().detail;
}

std::string World::violations() {
  const Result<crypto::SealingKey, Error> seal = master_key_.sealing_key(app::key_seal_label);
  const auto engine = is_on_postgres() ? storage::Engine::postgres : storage::Engine::sqlite;
  std::string all;
  // Tests move the clock by months, and jobs run when they are told to.
  const app::DataCheck check =
      app::check_data({*recorded_, engine, seal, app::Depth::rows}, context());
  for (const auto& finding : check.findings) all += finding.area + ": " + finding.finding + "\n";
  return all;
}

void World::keep_canary(std::string_view secret) {
  const std::lock_guard lock(mutex_);
  if (!secret.empty()) canaries_.emplace(secret);
}

void World::tell(std::ostream& out) const {
  const std::lock_guard lock(mutex_);
  constexpr std::size_t told_max = 20;
  const std::size_t left_out_count = story_.size() - std::min(story_.size(), told_max);
  out << "requests so far (" << left_out_count << " earlier ones left out):\n";
  for (std::size_t i = left_out_count; i < story_.size(); ++i) out << "  " << story_[i] << "\n";
  for (const std::string& line : log_.lines()) {
    if (!line.starts_with("request ")) out << "  log: " << line << "\n";
  }
}

void World::check_nothing_leaked() {
  std::string text;
  for (const std::string& line : log_.lines()) text += line + "\n";
  for (const audit::StoredRecord& record : audit()) {
    text += record.detail + "\n" + record.subject_id + "\n" + record.actor_id + "\n" +
            record.client_id.value_or("") + "\n" + record.user_agent + "\n";
  }
  for (const std::string& canary : canaries_) {
    if (stands_in(text, canary)) FAIL_CHECK("a secret was logged or audited: ", canary);
  }
}

}  // namespace gatehouse::world
