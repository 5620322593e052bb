// Random uses of refresh tokens against a model that is plain enough to be believed: tokens are
// numbered, the newest one moves on, the one before it is forgiven, anything older ends the family.

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "server/sessions/invariants.h"
#include "tests/world/signed_in.h"

namespace gatehouse::sessions {
namespace {

using storage::Transaction;
using Kind = RefreshUse::ClientKind;

constexpr Duration absolute_lifetime = hours(12);
constexpr Duration idle_lifetime = hours(1);

struct ModelSession {
  SessionId id;
  Instant expires_at;
  Instant last_active;
  bool ended = false;

  [[nodiscard]] Instant idle_expires() const {
    return std::min(last_active + idle_lifetime, expires_at);
  }
  [[nodiscard]] bool is_live(Instant now) const {
    return !ended && now < expires_at && now < idle_expires();
  }
};

struct ModelFamily {
  std::size_t session;
  ApplicationId application;
  std::vector<std::string> tokens;  // in the order they were handed out; the last is the head
  Instant rotated_at;
  bool ended = false;
};

struct Expectation {
  std::optional<RefreshRefusal> refusal;
  bool rotates = false;
};

class Model : public world::SignedIn {
 public:
  explicit Model(std::uint64_t seed) : dice_(seed) {
    for (int i = 0; i < 3; ++i) add_session();
  }

  void step() {
    context.now +=
        Duration(static_cast<std::int64_t>(pick(20) == 0 ? pick(3'000'000) : pick(40'000)));
    const std::uint64_t what = pick(100);
    if (what < (is_disabled_ ? 40U : 2U)) {
      set_state(is_disabled_ ? users::State::active : users::State::disabled);
      is_disabled_ = !is_disabled_;
    } else if (what < 5) {
      ModelSession& session = sessions_[pick(sessions_.size())];
      REQUIRE(end(session.id) == !session.ended);
      session.ended = true;
      if (!is_disabled_) add_session();
    } else if (what < 8) {
      if (!is_disabled_) add_session();
    } else if (what < 18) {
      show_strange(recent_family());
    } else if (what < 26) {
      show_at_once(recent_family());
    } else {
      show_some(recent_family());
    }
  }

  void check_database() {
    const auto problems =
        must([](Transaction& transaction) { return check_invariants(transaction); });
    REQUIRE(problems.empty());
    REQUIRE(audited("refresh.reused") == reuses_);
  }

  int grants = 0;
  int refusals = 0;

 private:
  std::uint64_t pick(std::uint64_t below) { return random_below(dice_, below); }

  ModelFamily& recent_family() {
    constexpr std::size_t recent = 8;
    const std::size_t count = std::min(families_.size(), recent);
    return families_[families_.size() - 1 - pick(count)];
  }

  void add_session() {
    const Session session = sign_in(absolute_lifetime, idle_lifetime).session;
    sessions_.push_back({session.id, session.expires_at, context.now});
    for (const ApplicationId application : {web, spa}) {
      families_.push_back({sessions_.size() - 1,
                           application,
                           {std::string(start_family(session.id, application).reveal())},
                           context.now});
    }
  }

  [[nodiscard]] Expectation expected(const ModelFamily& family, std::size_t age) const {
    if (family.ended || is_disabled_ || !sessions_[family.session].is_live(context.now)) {
      return {RefreshRefusal::ended};
    }
    if (age == 0) return {std::nullopt, true};
    const bool is_in_time =
        family.application == web || context.now < family.rotated_at + public_parent_grace;
    if (age == 1 && is_in_time) return {std::nullopt, false};
    return {RefreshRefusal::reused};
  }

  // `age`: 0 is the head, 1 its parent.
  void show_some(ModelFamily& family) {
    const std::size_t limit = std::min<std::size_t>(family.tokens.size(), 4);
    const std::size_t age = pick(30) == 0 ? pick(limit) : pick(std::min<std::size_t>(limit, 2));
    show(family, age);
  }

  void show(ModelFamily& family, std::size_t age) {
    const Expectation expectation = expected(family, age);
    const std::string shown = family.tokens[family.tokens.size() - 1 - age];
    const RefreshOutcome outcome = refresh(Secret(shown), family.application, kind(family)).take();
    if (expectation.refusal.has_value()) {
      REQUIRE(std::holds_alternative<RefreshRefusal>(outcome));
      REQUIRE(std::get<RefreshRefusal>(outcome) == *expectation.refusal);
      if (*expectation.refusal == RefreshRefusal::reused) {
        family.ended = true;
        ++reuses_;
      }
      ++refusals;
      return;
    }
    REQUIRE(std::holds_alternative<RefreshGrant>(outcome));
    take(family, expectation, std::string(std::get<RefreshGrant>(outcome).token.reveal()));
  }

  void take(ModelFamily& family, const Expectation& expectation, const std::string& token) {
    if (expectation.rotates) {
      REQUIRE(std::ranges::find(family.tokens, token) == family.tokens.end());
      family.tokens.push_back(token);
      family.rotated_at = context.now;
    } else {
      REQUIRE(token == family.tokens.back());
    }
    ModelSession& session = sessions_[family.session];
    if (context.now - session.last_active >= minutes(1)) session.last_active = context.now;
    ++grants;
  }

  // The head from three threads: all get the same answer, and it moves on by one.
  void show_at_once(ModelFamily& family) {
    const Expectation expectation = expected(family, 0);
    std::vector<std::string> answers(3);
    std::vector<std::thread> threads;
    for (std::string& answer : answers) {
      threads.emplace_back([this, &family, &answer] {
        const auto outcome =
            refresh(Secret(family.tokens.back()), family.application, kind(family));
        if (!outcome.ok()) return;
        const auto* grant = std::get_if<RefreshGrant>(&outcome.value());
        answer = grant == nullptr ? "refused" : std::string(grant->token.reveal());
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& answer : answers) REQUIRE(answer == answers[0]);
    if (expectation.refusal.has_value()) {
      REQUIRE(answers[0] == "refused");
    } else {
      take(family, expectation, answers[0]);
    }
  }

  // A token that is damaged, or shown by another client or in another environment.
  void show_strange(ModelFamily& family) {
    std::string shown = family.tokens[pick(family.tokens.size())];
    ApplicationId application = family.application;
    EnvironmentId environment = here;
    switch (pick(3)) {
      case 0: {
        char& c = shown[pick(shown.size())];
        c = c == 'x' ? 'y' : 'x';
        break;
      }
      case 1: application = application == web ? spa : web; break;
      default: environment = elsewhere; break;
    }
    const RefreshOutcome outcome =
        refresh(Secret(shown), application, kind(family), environment).take();
    REQUIRE(std::holds_alternative<RefreshRefusal>(outcome));
    REQUIRE(std::get<RefreshRefusal>(outcome) == RefreshRefusal::unknown);
  }

  static Kind kind(const ModelFamily& family) {
    return family.application == web ? Kind::confidential : Kind::public_;
  }

  world::SeededRandom dice_;
  std::vector<ModelSession> sessions_;
  std::vector<ModelFamily> families_;
  std::int64_t reuses_ = 0;
  bool is_disabled_ = false;
};

}  // namespace

TEST_CASE("refresh: whatever is shown in whatever order, the model says what happens") {
  int grants = 0;
  int refusals = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    Model model(seed);
    for (int step = 0; step < 500; ++step) {
      CAPTURE(step);
      model.step();
    }
    model.check_database();
    grants += model.grants;
    refusals += model.refusals;
  }
  CHECK(grants > 500);
  CHECK(refusals > 500);
}

}  // namespace gatehouse::sessions
