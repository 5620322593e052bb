#include "tests/statements/statements.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace gatehouse::statements {
namespace {

template <class Judge>
void check_all(std::string_view engine, Judge& judge) {
  for (const Statement& statement : every_statement()) {
    if (!is_for(engine, statement)) continue;
    const auto objection = judge.objection(statement.text);
    CHECK_MESSAGE(!objection.has_value(), statement.place, " ", statement.name, ": ",
                  objection.value_or(""), "\n", statement.text);
  }
}

bool is_listed(std::string_view name) {
  const auto all = every_statement();
  return std::ranges::any_of(all, [&](const Statement& each) { return each.name == name; });
}

// The numbers of the parameters that a text mentions.
std::set<int> parameters_of(std::string_view text) {
  std::set<int> numbers;
  for (std::size_t i = text.find('$'); i != text.npos; i = text.find('$', i + 1)) {
    int number = 0;
    std::from_chars(text.data() + i + 1, text.data() + text.size(), number);
    numbers.insert(number);
  }
  return numbers;
}

TEST_CASE("statements: SQLite takes every one") {
  SqliteJudge judge;
  check_all("sqlite", judge);
}

TEST_CASE("statements: PostgreSQL takes every one, with types that our driver knows" *
          doctest::skip(!world::is_on_postgres())) {
  PostgresJudge judge;
  check_all("postgres", judge);
}

TEST_CASE("statements: what an engine does not take is noticed") {
  SqliteJudge sqlite;
  CHECK(sqlite.objection("SELECT id FROM users WHERE id = $1") == std::nullopt);
  CHECK(sqlite.objection("SELECT nothing FROM users").has_value());
  CHECK(sqlite.objection("SELECT id FROM users WHERE id = ANY ($1)").has_value());
}

TEST_CASE("statements: what PostgreSQL does not take, or our driver cannot read, is noticed" *
          doctest::skip(!world::is_on_postgres())) {
  PostgresJudge postgres;
  CHECK(postgres.objection("SELECT id FROM users WHERE id = $1") == std::nullopt);
  for (const char* text : {
           "SELECT IFNULL(external_id, '') FROM users", "SELECT rowid FROM users",
           "SELECT SUM(count) FROM user_counts",                // numeric
           "SELECT id FROM users WHERE $1 IS NULL OR id = $1",  // of no type
           "SELECT id FROM users WHERE CAST($1 AS BOOLEAN)",    // no parameter of ours
           "UPDATE users SET email_verified = (id = $1)",       // a truth is no number
           "INSERT OR IGNORE INTO user_counts VALUES ($1, $2)",
           "SELECT id, MAX(name) FROM users WHERE id = $1",  // one row of which?
       }) {
    CAPTURE(text);
    CHECK(postgres.objection(text).has_value());
  }
}

// What every engine has to answer alike: with the statements' words, on either kind of database.
TEST_CASE("statements: texts are compared byte by byte, and are texts") {
  using storage::Sql;
  world::TestDatabase place;
  const Context context = world::make_context(EnvironmentId(1));
  const auto ask = [&](const Sql& sql, std::string_view one, std::string_view other) {
    return storage::read(place.database(), context, [&](storage::Transaction& transaction) {
      return transaction.find(sql, {one, other},
                              [](const storage::Row& row) { return row.integer(0); });
    });
  };
  constexpr Sql like{"test.like",
                     "SELECT CASE WHEN CAST($1 AS TEXT) LIKE $2 ESCAPE '!' THEN 1 ELSE 0 END"};
  CHECK(ask(like, "sk_read", "sk!_%").take() == 1);
  CHECK(ask(like, "SK_read", "sk!_%").take() == 0);
  CHECK(ask(like, "skXread", "sk!_%").take() == 0);
  constexpr Sql kept{"test.kept",
                     "SELECT COUNT(*) FROM environments WHERE name = $1 OR base_url = $2"};
  CHECK(ask(kept, "a", "b").take() == 0);
  CHECK(ask(kept, "a", "\xc3\xa9").take() == 0);
  for (const std::string_view bytes :
       {std::string_view("a\0b", 3), std::string_view("a\xff"), std::string_view("\xc3"),
        std::string_view("\xed\xa0\x80")}) {
    CAPTURE(bytes.size());
    CHECK(ask(kept, "a", bytes).error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("statements: letters beyond ASCII stay what they are, where a statement folds letters") {
  world::TestDatabase place;
  const Context context = world::make_context(EnvironmentId(1));
  static constexpr storage::Sql environment{
      "test.environment",
      "INSERT INTO environments (id, name, kind, base_url, settings, created_at_ms, updated_at_ms)"
      " VALUES (1, 'One', 'development', 'http://one.test', '{}', 1, 1)"};
  static constexpr storage::Sql organization{
      "test.organization",
      "INSERT INTO organizations (id, environment_id, display_name, external_id, metadata,"
      " created_at_ms, updated_at_ms) VALUES (2, 1, $1, 'CRM-7', '{}', 1, 1)"};
  static constexpr storage::Sql found{"test.found", "SELECT search_text FROM organizations"};
  auto text = storage::write(
      place.database(), context,
      [&](storage::Transaction& transaction) -> Result<std::optional<std::string>, Error> {
        TRY(transaction.execute(environment, {}));
        TRY(transaction.execute(organization, {"\xc3\x89toile AG"}));
        return transaction.find(found, {}, [](const storage::Row& row) { return row.string(0); });
      });
  CHECK(text.value() == "\xc3\x89toile ag\ncrm-7\n");
}

TEST_CASE("statements: the list has those that macros and tables make, and is no part of all") {
  CHECK(every_statement().size() > 400);
  CHECK(is_listed("users.find"));                  // a macro of a header
  CHECK(is_listed("connections.search_older"));    // a macro with parameters
  CHECK(is_listed("users.fsck_credential_user"));  // in an array of invariants
  CHECK(is_listed("migrate.make_table"));
  CHECK(is_listed("connections.find_test"));
}

TEST_CASE("statements: each has a name of its own and numbers its parameters from one on") {
  std::map<std::string_view, std::string_view> texts;
  for (const Statement& statement : every_statement()) {
    CAPTURE(statement.place);
    CAPTURE(statement.name);
    const auto [known, is_new] = texts.emplace(statement.name, statement.text);
    CHECK((is_new || known->second == statement.text));
    const auto numbers = parameters_of(statement.text);
    CHECK((numbers.empty() || *numbers.rbegin() == static_cast<int>(numbers.size())));
  }
}

}  // namespace
}  // namespace gatehouse::statements
