// gatehouse fsck: damage of each kind is planted in an installation that is in order, and seen.

#include <doctest/doctest.h>

#include "server/app/invariants.h"
#include "server/app/key_policy.h"
#include "server/crypto/master_key.h"
#include "tests/moves/shell.h"
#include "tests/world/test_postgres.h"

namespace gatehouse::moves {
namespace {

using storage::Engine;

struct Damage {
  std::string_view sql;   // for every engine
  std::string_view says;  // a part of the finding
};

// What the rows can show of the invariants, by their numbers.
const Damage row_damages[] = {
    // I1: what works once.
    {"UPDATE one_time SET expires_at_ms = created_at_ms", "a one-time thing was over before"},
    {"UPDATE one_time SET environment_id = 7", "a one-time thing has no environment"},
    // I2: refresh families.
    {"UPDATE refresh_families SET generation = 0", "a refresh family has an impossible state"},
    {"UPDATE refresh_families SET rotated_at_ms = created_at_ms - 1",
     "a refresh family that was not exchanged yet has a time of that"},
    {"UPDATE refresh_families SET ended_at_ms = NULL, end_reason = NULL",
     "a refresh family lives on under an ended session"},
    // I4: what was ended stays so.
    {"UPDATE sessions SET ended_at_ms = NULL, end_reason = NULL",
     "a session lives after its end stands in the audit log"},
    {"UPDATE api_tokens SET invalidated_at_ms = NULL",
     "an API token is valid after it was invalidated"},
    {"UPDATE audit_records SET event = 'user.deleted' WHERE event = 'user.created'",
     "a user is there again after being deleted"},
    // I5: one of each.
    {"UPDATE users SET email = UPPER(email)", "an e-mail address is not in its normal form"},
    // I6: the audit log.
    {"UPDATE audit_records SET detail = 'another'", "was altered"},
    {"DELETE FROM audit_records WHERE event = 'session.created'",
     "a session began without standing in the audit log"},
    {"DELETE FROM audit_records WHERE event = 'session.ended'",
     "a session ended without standing in the audit log"},
    // I8: keys.
    {"UPDATE signing_keys SET public_jwk = '{}'", "public_jwk is not the public half"},
    {"DELETE FROM signing_keys", "0 current keys"},
    // I10: what expired is gone. The log was sealed long after.
    {"UPDATE audit_seals SET sealed_at_ms = 4000000000000", "rows are kept that expired days ago"},
    // Counts and references.
    {"UPDATE user_counts SET count = count + 1", "the number of users is not the one that is kept"},
    {"DELETE FROM machine_client_secrets", "a machine client has no secret"},
    {"UPDATE login_flows SET code_tries = -1", "a sign-in has an impossible state"},
    {"UPDATE passwordless_requests SET verified_at_ms = expires_at_ms + 1",
     "a proof of an address was given outside its time"},
    {"UPDATE domains SET verification_method = 'NOT_APPLICABLE'", "a domain is verified in a way"},
    {"DELETE FROM configuration_version", "the configuration version is gone"},
};

// What only the schema keeps out: it is broken first. SQLite, PostgreSQL.
struct SchemaDamage {
  std::string_view sqlite;
  std::string_view postgres;
  std::string_view says;
};
const SchemaDamage schema_damages[] = {
    {"DROP INDEX sessions_by_user", "DROP INDEX sessions_by_user",
     "schema: index sessions_by_user is missing"},
    {"ALTER TABLE users DROP COLUMN picture", "ALTER TABLE users DROP COLUMN picture",
     "schema: column users.picture is missing"},
    {"DROP TABLE throttles", "DROP TABLE throttles", "schema: table throttles is missing"},
    {"DROP INDEX users_by_external_id; UPDATE users SET external_id = 'x'",
     "DROP INDEX users_by_external_id; UPDATE users SET external_id = 'x'",
     "two users have one external id"},
};

class Sick {
 public:
  Sick() {
    if (world::is_on_postgres()) {
      postgres_.emplace();
      const Outcome copied =
          run({"copy", "--from", "sqlite:" + data_.file(), "--to", postgres_->url()});
      REQUIRE(copied.status == 0);
    }
  }
  void damage(std::string_view sql) const {
    if (postgres_.has_value()) {
      world::PlainConnection(postgres_->url()).run(std::string(sql));
    } else {
      change(data_.file(), std::string(sql));
    }
  }
  [[nodiscard]] Outcome fsck() const {
    std::vector<std::string> arguments{"fsck", "--json", "--data", data_.folder()};
    if (postgres_.has_value()) arguments.insert(arguments.end(), {"--database", postgres_->url()});
    return run(arguments);
  }
  [[nodiscard]] const Data& data() const { return data_; }

 private:
  Data data_;
  std::optional<world::EmptyPostgres> postgres_;
};

TEST_CASE("fsck: damage to rows of each kind is named") {
  const Sick sound;
  CHECK(sound.fsck().out == "[]\n");
  for (const Damage& damage : row_damages) {
    CAPTURE(damage.sql);
    const Sick sick;
    sick.damage(damage.sql);
    const Outcome found = sick.fsck();
    CHECK(found.status == 1);
    CAPTURE(found.out + found.err);
    CHECK(contains(found.out, damage.says));
  }
}

TEST_CASE("fsck: damage to the schema is named, and what it would have kept out as well") {
  for (const SchemaDamage& damage : schema_damages) {
    CAPTURE(damage.says);
    const Sick sick;
    sick.damage(world::is_on_postgres() ? damage.postgres : damage.sqlite);
    const Outcome found = sick.fsck();
    CHECK(found.status == 1);
    CAPTURE(found.out + found.err);
    CHECK(contains(found.out, damage.says));
  }
}

TEST_CASE("fsck: on SQLite a row that points nowhere, and a page that is none, are named") {
  if (world::is_on_postgres()) return;
  const Sick sick;
  sick.damage("PRAGMA foreign_keys=OFF; DELETE FROM organizations");
  CHECK(contains(sick.fsck().out, "point to no row of organizations"));
  const std::string file = sick.data().file();
  std::string bytes = read_file(file);
  for (std::size_t at = bytes.size() / 2; at < bytes.size() / 2 + 40'000; ++at) bytes[at] = '\x7f';
  write_file(file, bytes);
  const Outcome found = sick.fsck();
  CHECK(found.status == 1);
}

TEST_CASE("fsck: on PostgreSQL constraints, indices and collations that do not hold are named") {
  if (!world::is_on_postgres()) return;
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"ALTER TABLE users DROP CONSTRAINT users_environment_id_email_key;"
       "UPDATE users SET email = 'ada@acme.test'",
       "two users have one e-mail address"},
      {"ALTER TABLE users DROP CONSTRAINT users_environment_id_email_key",
       "table users has 0 UNIQUE constraints, not 1"},
      {"ALTER TABLE sessions DROP CONSTRAINT sessions_user_id_fkey;"
       "ALTER TABLE sessions ADD CONSTRAINT later FOREIGN KEY (user_id) REFERENCES users NOT VALID",
       "constraint later of sessions is not validated"},
      {"ALTER TABLE users ALTER COLUMN name TYPE TEXT COLLATE \"POSIX\"", "users.name compares by"},
      {"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'sessions_by_user'::regclass",
       "index sessions_by_user is not valid"},
  };
  for (const auto& [sql, says] : cases) {
    CAPTURE(sql);
    const Sick sick;
    sick.damage(sql);
    const Outcome found = sick.fsck();
    CHECK(found.status == 1);
    CAPTURE(found.out + found.err);
    CHECK(contains(found.out, says));
  }
}

TEST_CASE("fsck: without amcheck it says that indices were not compared, and with it they are") {
  if (!world::is_on_postgres()) return;
  const Data data;
  const world::EmptyPostgres postgres;
  REQUIRE(run({"copy", "--from", "sqlite:" + data.file(), "--to", postgres.url()}).status == 0);
  const auto fsck = [&] {
    return run({"fsck", "--data", data.folder(), "--database", postgres.url()});
  };
  const Outcome without = fsck();
  CHECK(without.status == 0);
  CHECK(contains(without.out, "CREATE EXTENSION amcheck"));
  world::PlainConnection plain(postgres.url());
  if (!plain.try_run("CREATE EXTENSION amcheck")) return;
  const Outcome with = fsck();
  CAPTURE(with.out);
  CHECK(with.status == 0);
  CHECK(!contains(with.out, "amcheck"));
}

TEST_CASE("fsck: a master key that opens nothing is a finding, and the rest is still looked at") {
  const Sick sick;
  sick.damage("UPDATE user_counts SET count = count + 1");
  write_file(sick.data().folder() + "/master.key", std::string(63, 'b') + "7\n");
  const Outcome found = sick.fsck();
  CHECK(found.status == 1);
  CHECK(contains(found.out, "\"area\":\"keys\""));
  CHECK(contains(found.out, "\"area\":\"users\""));
}

}  // namespace
}  // namespace gatehouse::moves
