#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "server/audit/query.h"
#include "server/crypto/hash.h"
#include "server/crypto/master_key.h"
#include "server/encoding/json.h"
#include "server/jose/jwt.h"
#include "server/keys/invariants.h"
#include "server/keys/key_ring.h"
#include "server/keys/key_store.h"
#include "server/keys/rotate.h"
#include "tests/world/seeded_random.h"
#include "tests/world/test_database.h"
#include "tests/world/test_keys.h"

namespace gatehouse::keys {
namespace {

using crypto::SignatureAlgorithm;
using storage::Sql;
using storage::Transaction;
using world::make_context;
using world::test_start;

const EnvironmentId home(11);
const EnvironmentId elsewhere(12);

constexpr Sql insert_environment{
    "test.insert_environment",
    "INSERT INTO environments (id, name, kind, base_url, settings, created_at_ms, updated_at_ms) "
    "VALUES ($1, $2, 'development', $2, '{}', 0, 0)"};
constexpr Sql damage_key{"test.damage_key",
                         "UPDATE signing_keys SET sealed_key = $1 WHERE state = $2"};
constexpr Sql show_other_key{"test.show_other_key",
                             "UPDATE signing_keys SET public_jwk = '{}' WHERE state = $1"};
constexpr Sql swap_keys{
    "test.swap_keys",
    "UPDATE signing_keys SET sealed_key = (SELECT other.sealed_key FROM signing_keys other "
    "WHERE other.state = 'next' AND other.algorithm = 'RS256') WHERE state = 'current'"};
constexpr Sql copy_keys{
    "test.copy_keys",
    "INSERT INTO signing_keys SELECT id + 1, $1, algorithm, state, created_at_ms, publish_from_ms, "
    "active_from_ms, retired_at_ms, remove_at_ms, longest_token_ms, sealed_key, public_jwk "
    "FROM signing_keys WHERE state = 'current'"};
constexpr Sql move_keys{"test.move_keys", "UPDATE signing_keys SET environment_id = $1"};
constexpr Sql delete_algorithm{"test.delete_algorithm",
                               "DELETE FROM signing_keys WHERE algorithm = $1"};
constexpr Sql delete_next{"test.delete_next", "DELETE FROM signing_keys WHERE state = 'next'"};

crypto::SealingKey sealing_key_of(std::string_view seed) {
  return crypto::MasterKey::from_bytes(Secret(crypto::sha256(seed))).value().sealing_key("seal");
}

class Fixture {
 public:
  Fixture() {
    for (const EnvironmentId environment : {home, elsewhere}) {
      change(insert_environment, {environment, environment.text()});
    }
  }

  storage::Database& database() { return test_database_.database(); }
  KeyDeps deps() { return {database(), random, source, sealing_key}; }
  KeyChanges ensure() { return ensure_keys(context, deps(), policy).value(); }
  std::vector<SigningKeyRow> rows(EnvironmentId environment = home) {
    return storage::read(
               database(), context,
               [&](Transaction& transaction) { return list_keys(transaction, environment); })
        .value();
  }
  std::vector<std::string> findings(const crypto::SealingKey& key) {
    return storage::read(database(), context,
                         [&](Transaction& transaction) {
                           return check_invariants(transaction, home, key, context.now);
                         })
        .value();
  }
  std::int64_t change(const Sql& sql, storage::Params params) {
    return storage::write(
               database(), context,
               [&](Transaction& transaction) { return transaction.execute(sql, params); })
        .value();
  }
  std::shared_ptr<const KeyRing> ring() {
    REQUIRE(rings.reload(context).ok());
    return rings.snapshot(home);
  }
  std::string token() {
    return ring()
        ->signer(SignatureAlgorithm::rs256)
        ->sign(jose::TokenType::jwt, R"({"iss":"i","exp":4000000000})");
  }
  bool verifies(const std::string& token) {
    return jose::verify_jws(token, ring()->published()).ok();
  }

 private:
  world::TestDatabase test_database_;

 public:
  world::SeededRandom random;
  world::TestKeys source;
  crypto::SealingKey sealing_key = sealing_key_of("master");
  Context context = make_context(home);
  KeyPolicy policy;
  KeyRings rings{database(), sealing_key};
};

TEST_CASE("keys: a new environment gets a current and a next key, once, and a sound key ring") {
  Fixture fixture;
  CHECK_EQ(fixture.ensure().created.size(), 2);
  CHECK_FALSE(fixture.ensure().any());
  CHECK_EQ(fixture.rows().size(), 2);
  CHECK(fixture.rows(elsewhere).empty());
  CHECK(fixture.findings(fixture.sealing_key).empty());
  CHECK(fixture.verifies(fixture.token()));
  const Json set = Json::parse(*fixture.ring()->jwks()).value();
  REQUIRE_EQ(set.array("keys")->size(), 2);
  for (const Json& key : *set.array("keys")) {
    CHECK(key.string("kty") == "RSA");
    CHECK(KeyId::parse(key.string("kid").value()).has_value());
  }
}

TEST_CASE("keys: nothing of a private key is stored in the clear") {
  Fixture fixture;
  fixture.ensure();
  for (const SigningKeyRow& row : fixture.rows()) {
    CHECK_EQ(row.public_jwk.find("\"d\""), std::string::npos);
    CHECK_FALSE(crypto::SigningKey::import_pkcs8(Secret(row.sealed_key)).ok());
  }
}

TEST_CASE("keys: rotation signs with the key that was published, and old tokens stay good") {
  Fixture fixture;
  fixture.ensure();
  const std::string before = fixture.token();
  const std::string published_before = *fixture.ring()->jwks();
  fixture.context.now = test_start + days(90);
  const KeyChanges changes = fixture.ensure();
  CHECK_EQ(changes.activated.size(), 1);
  CHECK_EQ(changes.retired.size(), 1);
  CHECK_EQ(changes.created.size(), 1);
  CHECK_NE(published_before.find(changes.activated.front().text()), std::string::npos);
  const std::string after = fixture.token();
  CHECK(fixture.verifies(before));
  CHECK(fixture.verifies(after));
  CHECK(fixture.findings(fixture.sealing_key).empty());

  fixture.context.now += hours(48);
  CHECK(fixture.ensure().removed == changes.retired);
  CHECK_FALSE(fixture.verifies(before));
  CHECK(fixture.verifies(after));
}

TEST_CASE("keys: a retired key has no private half any more") {
  Fixture fixture;
  fixture.ensure();
  fixture.context.now = test_start + days(90);
  fixture.ensure();
  const auto rows = fixture.rows();
  REQUIRE(rows.front().state == KeyState::retired);
  CHECK(rows.front().sealed_key.size() < 600);  // PKCS#8 of RSA-2048 has about 1,200 bytes
  CHECK(rows.back().sealed_key.size() > 1200);
}

TEST_CASE("keys: ES256 keys come when they are wanted, and leave the set when they are not") {
  Fixture fixture;
  fixture.ensure();
  CHECK(fixture.ring()->signer(SignatureAlgorithm::es256) == nullptr);
  fixture.policy.algorithms.push_back(SignatureAlgorithm::es256);
  CHECK_EQ(fixture.ensure().created.size(), 2);
  const auto ring = fixture.ring();
  REQUIRE(ring->signer(SignatureAlgorithm::es256) != nullptr);
  CHECK_NE(ring->jwks()->find("P-256"), std::string::npos);
  CHECK(ring->jwks()->find("RSA") < ring->jwks()->find("P-256"));
  fixture.policy.algorithms.pop_back();
  fixture.ensure();
  fixture.context.now += hours(48);
  fixture.ensure();
  CHECK_EQ(fixture.ring()->jwks()->find("P-256"), std::string::npos);
  CHECK(fixture.findings(fixture.sealing_key).empty());
}

TEST_CASE("keys: many nodes that see to the keys at once make two, not twenty") {
  Fixture fixture;
  fixture.policy.algorithms = {SignatureAlgorithm::es256};  // quick to make, so that they collide
  std::vector<std::thread> nodes;
  std::array<bool, 10> done = {};
  for (bool& each : done) {
    nodes.emplace_back([&fixture, &each] {
      each = ensure_keys(fixture.context, fixture.deps(), fixture.policy).ok();
    });
  }
  for (auto& node : nodes) node.join();
  CHECK(std::count(done.begin(), done.end(), true) == std::ssize(done));
  CHECK_EQ(fixture.rows().size(), 2);
}

TEST_CASE("keys: every change has its audit record") {
  Fixture fixture;
  fixture.ensure();
  fixture.context.now = test_start + days(90);
  fixture.ensure();
  fixture.context.now += hours(48);
  fixture.ensure();
  const auto records =
      storage::read(fixture.database(), fixture.context, [&](Transaction& transaction) {
        return audit::list(transaction, home, audit::Filter{});
      }).value();
  CHECK_EQ(records.size(), 6);  // three created, one each activated, retired, removed
}

TEST_CASE("keys: with another master key nothing opens, and the ring before stays in place") {
  Fixture fixture;
  fixture.ensure();
  const crypto::SealingKey other = sealing_key_of("another");
  KeyRings rings(fixture.database(), other);
  CHECK(rings.reload(fixture.context).error().code == ErrorCode::failed_precondition);
  CHECK(rings.snapshot(home) == nullptr);
  CHECK_EQ(fixture.findings(other).size(), 2);
}

TEST_CASE("keys: a damaged, swapped or foreign row is noticed, by fsck and before anything signs") {
  Fixture fixture;
  fixture.ensure();
  const auto good = fixture.ring();
  SUBCASE("damaged") { fixture.change(damage_key, {storage::Blob{"nonsense"}, "current"}); }
  SUBCASE("swapped with another row's") { fixture.change(swap_keys, {}); }
  CHECK(fixture.rings.reload(fixture.context).error().code == ErrorCode::internal);
  CHECK(fixture.rings.snapshot(home) == good);
  CHECK_EQ(fixture.findings(fixture.sealing_key).size(), 1);
}

TEST_CASE("keys: a key that was carried to another environment, or to another id, does not open") {
  Fixture fixture;
  fixture.ensure();
  Context other = make_context(elsewhere);
  SUBCASE("the very rows") { fixture.change(move_keys, {elsewhere}); }
  SUBCASE("a copy") { fixture.change(copy_keys, {elsewhere}); }
  CHECK(fixture.rings.reload(other).error().code == ErrorCode::internal);
  CHECK(fixture.rings.snapshot(elsewhere) == nullptr);
}

// Lets somebody else delete all ES256 keys while a key is being made.
class MeddlingSource final : public KeySource {
 public:
  explicit MeddlingSource(Fixture& fixture) : fixture_(fixture) {}

  crypto::SigningKey make(crypto::SigningKeyKind kind) override {
    if (!is_done_) fixture_.change(delete_algorithm, {"ES256"});
    is_done_ = true;
    return fixture_.source.make(kind);
  }

 private:
  Fixture& fixture_;
  bool is_done_ = false;
};

TEST_CASE("keys: if more is missing at writing than at reading, it is planned anew") {
  Fixture fixture;
  fixture.policy.algorithms.push_back(SignatureAlgorithm::es256);
  fixture.ensure();
  fixture.change(delete_algorithm, {"RS256"});
  MeddlingSource source(fixture);
  const KeyDeps deps{fixture.database(), fixture.random, source, fixture.sealing_key};
  const auto changes = ensure_keys(fixture.context, deps, fixture.policy);
  REQUIRE(changes.ok());
  CHECK_EQ(changes.value().created.size(), 4);
  CHECK(fixture.findings(fixture.sealing_key).empty());
}

TEST_CASE("keys: the key that is published is the sealed one, whatever the readable column says") {
  Fixture fixture;
  fixture.ensure();
  const std::string jwks = *fixture.ring()->jwks();
  fixture.change(show_other_key, {"current"});
  CHECK_EQ(*fixture.ring()->jwks(), jwks);
  CHECK_EQ(fixture.findings(fixture.sealing_key).size(), 1);
}

TEST_CASE("keys: fsck misses what is not there, and what should be gone") {
  Fixture fixture;
  CHECK_EQ(fixture.findings(fixture.sealing_key).size(), 2);
  fixture.ensure();
  fixture.context.now = test_start + days(90);
  fixture.ensure();
  fixture.change(delete_next, {});
  CHECK_EQ(fixture.findings(fixture.sealing_key).size(), 1);
  fixture.context.now += days(5);
  CHECK_EQ(fixture.findings(fixture.sealing_key).size(), 2);
}

TEST_CASE("keys: an emergency withdraws the key at once, the next one takes over") {
  Fixture fixture;
  fixture.ensure();
  const std::string stolen = fixture.token();
  const auto rows = fixture.rows();
  SUBCASE("soon after the start the next key is young, and says so") {
    const auto outcome =
        rotate_in_emergency(fixture.context, fixture.deps(), fixture.policy,
                            {SignatureAlgorithm::rs256, EmergencyScope::current_key})
            .value();
    CHECK(outcome.new_tokens_need_restart);
    CHECK_NE(outcome.warning.find("refuse every new token"), std::string::npos);
    CHECK(outcome.signs_now == rows[1].id);
  }
  SUBCASE("a month later it is known, but the withdrawn one is trusted where it is cached") {
    fixture.context.now += days(30);
    const auto outcome =
        rotate_in_emergency(fixture.context, fixture.deps(), fixture.policy,
                            {SignatureAlgorithm::rs256, EmergencyScope::current_key})
            .value();
    CHECK_FALSE(outcome.new_tokens_need_restart);
    CHECK_NE(outcome.warning.find("until it is restarted"), std::string::npos);
    CHECK_EQ(outcome.warning.find("refuse every new token"), std::string::npos);
  }
  CHECK_FALSE(fixture.verifies(stolen));
  CHECK(fixture.verifies(fixture.token()));
  CHECK(fixture.findings(fixture.sealing_key).empty());
}

TEST_CASE("keys: after the loss of everything every key goes, and fresh ones take over") {
  Fixture fixture;
  fixture.ensure();
  fixture.context.now += days(90);
  fixture.ensure();
  const auto rows = fixture.rows();
  REQUIRE_EQ(rows.size(), 3);
  const auto outcome = rotate_in_emergency(fixture.context, fixture.deps(), fixture.policy,
                                           {SignatureAlgorithm::rs256, EmergencyScope::every_key})
                           .value();
  CHECK_EQ(outcome.changes.removed.size(), 3);
  CHECK(outcome.new_tokens_need_restart);
  for (const SigningKeyRow& old : rows) {
    CHECK_EQ(fixture.ring()->jwks()->find(old.id.text()), std::string::npos);
  }
  CHECK(fixture.findings(fixture.sealing_key).empty());
}

TEST_CASE("keys: an emergency of an algorithm that has no keys is refused and changes nothing") {
  Fixture fixture;
  fixture.ensure();
  CHECK(rotate_in_emergency(fixture.context, fixture.deps(), fixture.policy,
                            {SignatureAlgorithm::es256, EmergencyScope::every_key})
            .error()
            .code == ErrorCode::failed_precondition);
  CHECK_EQ(fixture.rows().size(), 2);
}

TEST_CASE("keys: one environment's tokens are not another's, and a dropped one has no keys") {
  Fixture fixture;
  fixture.ensure();
  const std::string token = fixture.token();
  Context other = make_context(elsewhere);
  REQUIRE(ensure_keys(other, fixture.deps(), fixture.policy).ok());
  REQUIRE(fixture.rings.reload(other).ok());
  CHECK(fixture.verifies(token));
  CHECK_FALSE(jose::verify_jws(token, fixture.rings.snapshot(elsewhere)->published()).ok());
  fixture.rings.drop(elsewhere);
  CHECK(fixture.rings.snapshot(elsewhere) == nullptr);
  CHECK(fixture.rings.snapshot(home) != nullptr);
}

TEST_CASE("keys: snapshots are taken while others reload, and each one is whole") {
  Fixture fixture;
  fixture.policy.algorithms = {SignatureAlgorithm::es256};
  fixture.ensure();
  REQUIRE(fixture.rings.reload(fixture.context).ok());
  std::array<int, 3> good = {};
  std::vector<std::thread> readers;
  for (int& each : good) {
    readers.emplace_back([&fixture, &each] {
      for (int i = 0; i < 2000; ++i) {
        const auto ring = fixture.rings.snapshot(home);
        each += ring != nullptr && ring->published().size() == 2 ? 1 : 0;
      }
    });
  }
  for (int i = 0; i < 50; ++i) REQUIRE(fixture.rings.reload(fixture.context).ok());
  for (auto& reader : readers) reader.join();
  for (const int count : good) CHECK_EQ(count, 2000);
}

}  // namespace
}  // namespace gatehouse::keys
