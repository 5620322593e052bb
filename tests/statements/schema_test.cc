#include "tests/statements/schema.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace gatehouse::statements {
namespace {

std::string difference(const Lines& one, const Lines& other) {
  std::vector<std::string> only;
  std::ranges::set_difference(one, other, std::back_inserter(only));
  std::string text;
  for (const std::string& line : only) text += line + "\n";
  return text;
}

// The texts in brackets after each CHECK, in order, however they are broken into lines.
std::vector<std::string> checks_in(std::string_view script) {
  std::vector<std::string> checks;
  constexpr std::string_view word = "CHECK (";
  for (std::size_t i = script.find(word); i != script.npos; i = script.find(word, i + 1)) {
    std::string text;
    int depth = 0;
    for (std::size_t j = i + word.size() - 1; j < script.size(); ++j) {
      const char c = script[j];
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c != ' ' && c != '\n') text += c;
      if (depth == 0) break;
    }
    checks.push_back(std::move(text));
  }
  return checks;
}

TEST_CASE("schema: every migration is there for each engine, with the same checks") {
  const auto sqlite = storage::migrations_for("sqlite", storage::embedded_files()).take();
  const auto postgres = storage::migrations_for("postgres", storage::embedded_files()).take();
  REQUIRE(sqlite.size() == postgres.size());
  std::size_t checks = 0;
  for (std::size_t i = 0; i < sqlite.size(); ++i) {
    CAPTURE(sqlite[i].name);
    CHECK(sqlite[i].name == postgres[i].name);
    CHECK(sqlite[i].checksum != postgres[i].checksum);  // none is a text for both
    CHECK(checks_in(sqlite[i].script) == checks_in(postgres[i].script));
    checks += checks_in(sqlite[i].script).size();
  }
  CHECK(checks > 40);
}

TEST_CASE("schema: both engines have the same tables, columns, keys, indices and foreign keys" *
          doctest::skip(!world::is_on_postgres())) {
  SqliteJudge sqlite;
  const PostgresJudge postgres;
  const Lines here = sqlite_schema(sqlite);
  world::PlainConnection connection(postgres.url());
  const Lines there = postgres_schema(connection);
  CHECK(difference(here, there) == "");
  CHECK(difference(there, here) == "");
  CHECK(here.size() > 400);
}

TEST_CASE("schema: every difference is one" * doctest::skip(!world::is_on_postgres())) {
  SqliteJudge sqlite;
  const PostgresJudge postgres;
  world::PlainConnection connection(postgres.url());
  const Lines here = sqlite_schema(sqlite);
  for (const char* change : {
           "ALTER TABLE users ALTER COLUMN picture SET NOT NULL",
           "ALTER TABLE users ALTER COLUMN picture TYPE TEXT COLLATE \"POSIX\"",
           "ALTER TABLE users ALTER COLUMN created_at_ms TYPE INTEGER",
           "ALTER TABLE users ALTER COLUMN created_at_ms SET DEFAULT 0",
           "ALTER TABLE users RENAME COLUMN picture TO image",
           "ALTER TABLE users ADD COLUMN image TEXT",
           "ALTER TABLE domains DROP CONSTRAINT domains_organization_id_type_name_key",
           "ALTER TABLE portal_links ADD UNIQUE (organization_id)",
           "ALTER TABLE revoked_tokens DROP CONSTRAINT revoked_tokens_pkey",
           "ALTER TABLE sessions DROP CONSTRAINT sessions_user_id_fkey",
           "DROP INDEX sessions_by_user",
           "DROP INDEX roles_by_base; CREATE INDEX roles_by_base ON roles (extends_id)",
           "DROP INDEX domains_verified; CREATE UNIQUE INDEX domains_verified ON domains"
           " (environment_id, type, name) WHERE verification_status IN ('VERIFIED')",
           "CREATE TABLE more (id BIGINT)",
       }) {
    CAPTURE(change);
    connection.run(std::string("BEGIN; ") + change);
    CHECK(here != postgres_schema(connection));
    connection.run("ROLLBACK");
  }
}

}  // namespace
}  // namespace gatehouse::statements
