#include "server/keys/plan.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/world/seeded_random.h"

namespace gatehouse::keys {
namespace {

using crypto::SignatureAlgorithm;

constexpr Instant start = instant_from_ms(1'790'000'000'000);

// A token that was signed in the simulation.
struct Token {
  KeyId key;
  Instant expires_at;
};

// The keys of one environment without cryptography or database: it carries plans out, signs tokens
// with whatever is current, and holds every step against what is promised.
class Simulation {
 public:
  std::vector<SigningKeyRow> rows;
  KeyPolicy policy;
  Instant now = start;
  std::set<std::string> faults;  // the promises that were broken

  // Runs the job, as it runs in production.
  KeyPlan rotate() {
    KeyPlan plan = plan_rotation(rows, policy, now);
    for (const KeyId id : plan.remove) {
      demand(row(id).state != KeyState::current, "the current key is removed");
      rows.erase(std::find_if(rows.begin(), rows.end(), [&](auto& r) { return r.id == id; }));
    }
    for (const Retirement& each : plan.retire) {
      demand(row(each.key).state == KeyState::current, "a step does not fit its key");
      row(each.key).state = KeyState::retired;
      row(each.key).retired_at = now;
      row(each.key).remove_at = each.remove_at;
    }
    for (const KeyId id : plan.activate) {
      demand(row(id).state == KeyState::next, "a step does not fit its key");
      row(id).state = KeyState::current;
      row(id).active_from = now;
      row(id).longest_token = policy.longest_token;
    }
    for (const Raise& each : plan.raise) row(each.key).longest_token = each.longest_token;
    for (const Creation& each : plan.create) add(each);
    check_sound();
    return plan;
  }

  // Signs a token of each algorithm with the longest life that the policy allows.
  void sign() {
    for (const SigningKeyRow& each : rows) {
      if (each.state != KeyState::current) continue;
      const bool is_first = first_.at(each.algorithm) == each.id;
      demand(is_first || each.publish_from + policy.publish_lead <= now,
             "a key signs that nobody knows");
      tokens_.push_back({each.id, now + policy.longest_token});
    }
  }

  // Every token that is alive has its key among the published ones.
  void check_tokens() {
    std::erase_if(tokens_, [&](const Token& token) { return token.expires_at <= now; });
    for (const Token& token : tokens_) {
      demand(std::any_of(rows.begin(), rows.end(), [&](auto& r) { return r.id == token.key; }),
             "a living token has no key");
    }
  }

  SigningKeyRow& row(KeyId id) {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](auto& each) { return each.id == id; });
    REQUIRE(found != rows.end());
    return *found;
  }

  long count(SignatureAlgorithm algorithm, KeyState state) const {
    return std::count_if(rows.begin(), rows.end(), [&](const SigningKeyRow& each) {
      return each.algorithm == algorithm && each.state == state;
    });
  }

 private:
  // Counted, not asserted: there are millions of these.
  // tidy: allow bool-parameter: a demand is a condition
  void demand(bool holds, const char* otherwise) {
    if (!holds) faults.emplace(otherwise);
  }

  void add(const Creation& creation) {
    rows.push_back({.id = KeyId(next_id_++),
                    .algorithm = creation.algorithm,
                    .state = creation.state,
                    .created_at = now,
                    .publish_from = now,
                    .active_from = creation.active_from,
                    .retired_at = std::nullopt,
                    .remove_at = std::nullopt,
                    .longest_token = policy.longest_token,
                    .sealed_key = {},
                    .public_jwk = {}});
    if (creation.state == KeyState::current) {
      first_.insert_or_assign(creation.algorithm, rows.back().id);
    }
  }

  // After every run, each wanted algorithm has one key that signs and one that waits.
  void check_sound() {
    for (const auto algorithm : {SignatureAlgorithm::rs256, SignatureAlgorithm::es256}) {
      const bool is_wanted = std::find(policy.algorithms.begin(), policy.algorithms.end(),
                                       algorithm) != policy.algorithms.end();
      demand(count(algorithm, KeyState::current) == (is_wanted ? 1 : 0), "not one current key");
      demand(count(algorithm, KeyState::next) == (is_wanted ? 1 : 0), "not one next key");
    }
  }

  std::int64_t next_id_ = 1;
  std::map<SignatureAlgorithm, KeyId> first_;  // the one that may sign unseen
  std::vector<Token> tokens_;
};

TEST_CASE("plan: an environment without keys gets one that signs and one that waits, for RS256") {
  Simulation world;
  const KeyPlan plan = world.rotate();
  CHECK_EQ(plan.create.size(), 2);
  CHECK_EQ(world.count(SignatureAlgorithm::rs256, KeyState::current), 1);
  CHECK_EQ(world.count(SignatureAlgorithm::es256, KeyState::current), 0);
  CHECK(world.rotate().empty());
}

TEST_CASE("plan: the next key takes over after a period to the millisecond, and not before") {
  Simulation world;
  world.rotate();
  const KeyId first = world.rows[0].id;
  const KeyId second = world.rows[1].id;
  world.now = start + days(90) - milliseconds(1);
  CHECK(world.rotate().empty());
  world.now = start + days(90);
  const KeyPlan plan = world.rotate();
  CHECK(plan.activate == std::vector<KeyId>{second});
  REQUIRE_EQ(plan.retire.size(), 1);
  CHECK(plan.retire[0].key == first);
  CHECK(plan.retire[0].remove_at == world.now + hours(48));
  world.now += hours(48) - milliseconds(1);
  CHECK(world.rotate().empty());
  world.now += milliseconds(1);
  CHECK(world.rotate().remove == std::vector<KeyId>{first});
}

TEST_CASE("plan: ten years of runs every six hours break no promise") {
  Simulation world;
  world.policy.algorithms = {SignatureAlgorithm::rs256, SignatureAlgorithm::es256};
  int rotations = 0;
  for (; world.now < start + days(3650); world.now += hours(6)) {
    rotations += static_cast<int>(world.rotate().activate.size());
    world.sign();
    world.check_tokens();
    REQUIRE(world.rows.size() <= 6);
  }
  CHECK(world.faults == std::set<std::string>());
  CHECK_EQ(rotations, 2 * (3650 / 90));
}

TEST_CASE("plan: whatever the downtimes, policies and algorithms, no promise is broken") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Simulation world;
    world::SeededRandom random(seed);
    CAPTURE(seed);
    world.rotate();
    for (int step = 0; step < 300; ++step) {
      world.check_tokens();  // before the job, as after a start
      if (random_below(random, 20) == 0) {
        world.policy.longest_token = hours(1 + static_cast<int>(random_below(random, 24 * 60)));
      }
      if (random_below(random, 20) == 0) {
        world.policy.rotation_period = days(1 + static_cast<int>(random_below(random, 200)));
      }
      if (random_below(random, 10) == 0) {
        world.policy.algorithms = {SignatureAlgorithm::rs256};
        if (random_below(random, 2) == 0) {
          world.policy.algorithms.push_back(SignatureAlgorithm::es256);
        }
      }
      world.rotate();
      world.sign();
      world.check_tokens();
      // Mostly minutes or days, now and then a server that was away for a year or two.
      const std::uint64_t kind = random_below(random, 20);
      const std::uint64_t minutes_max = kind == 0 ? 60 * 24 * 700 : kind < 10 ? 60 * 24 * 20 : 90;
      world.now += minutes(1 + static_cast<int>(random_below(random, minutes_max)));
    }
    CHECK(world.faults == std::set<std::string>());
  }
}

TEST_CASE("plan: after two years away one step is taken, with the key that was known before") {
  Simulation world;
  world.rotate();
  const KeyId known = world.rows[1].id;
  world.now = start + days(730);
  CHECK(world.rotate().activate == std::vector<KeyId>{known});
  CHECK(world.rotate().empty());
}

TEST_CASE("plan: a next key that is due but young waits until it has been published long enough") {
  Simulation world;
  world.rotate();
  world.row(world.rows[1].id).active_from = start;
  world.now = start + days(30) - milliseconds(1);
  CHECK(world.rotate().empty());
  world.now = start + days(30);
  CHECK_EQ(world.rotate().activate.size(), 1);
}

TEST_CASE("plan: a lost next key is replaced and does not sign before its lead, though overdue") {
  Simulation world;
  world.rotate();
  world.rows.erase(world.rows.begin() + 1);
  world.now = start + days(89);
  CHECK_EQ(world.rotate().create.size(), 1);
  world.now = start + days(118);
  CHECK(world.rotate().empty());
  world.now = start + days(119);
  CHECK_EQ(world.rotate().activate.size(), 1);
}

TEST_CASE("plan: a lost current key is replaced by the next one, the best known there is") {
  Simulation world;
  world.rotate();
  const KeyId next = world.rows[1].id;
  world.rows.erase(world.rows.begin());
  CHECK(plan_rotation(world.rows, world.policy, world.now).activate == std::vector<KeyId>{next});
}

TEST_CASE("plan: an algorithm that nobody wants any more retires, its unused next key goes") {
  Simulation world;
  world.policy.algorithms = {SignatureAlgorithm::rs256, SignatureAlgorithm::es256};
  world.rotate();
  world.now += days(1);
  world.policy.algorithms = {SignatureAlgorithm::rs256};
  const KeyPlan plan = world.rotate();
  CHECK_EQ(plan.retire.size(), 1);
  CHECK_EQ(plan.remove.size(), 1);
  CHECK_EQ(world.count(SignatureAlgorithm::es256, KeyState::retired), 1);
  world.now += hours(48);
  world.rotate();
  CHECK_EQ(world.count(SignatureAlgorithm::es256, KeyState::retired), 0);
}

TEST_CASE("plan: lifetimes that were longer once keep a key published for their sake") {
  Simulation world;
  world.rotate();
  const KeyId first = world.rows[0].id;
  world.policy.longest_token = days(20);
  CHECK_EQ(world.rotate().raise.size(), 1);
  world.now = start + days(89);
  world.policy.longest_token = hours(1);
  CHECK(world.rotate().empty());
  world.now = start + days(90);
  world.rotate();
  CHECK(world.row(first).remove_at == world.now + days(20) + hours(24));
}

TEST_CASE("plan: a clock that went back changes nothing") {
  Simulation world;
  world.rotate();
  world.now = start - days(500);
  CHECK(world.rotate().empty());
}

}  // namespace
}  // namespace gatehouse::keys
