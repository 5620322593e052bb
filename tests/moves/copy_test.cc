// gatehouse copy: what is there afterwards, what is refused, and what an interruption leaves.

#include <doctest/doctest.h>

#include "server/app/data_folder.h"
#include "server/storage/fault.h"
#include "tests/moves/shell.h"

namespace gatehouse::moves {
namespace {

using app::FolderLock;
using storage::CopyTarget;
using storage::Engine;
using storage::Location;

// Where a copy goes: another file, or on PostgreSQL a database of its own.
struct Target {
  storage::ScratchFolder folder = storage::ScratchFolder::make().value();
  std::optional<world::EmptyPostgres> postgres;

  Target() {
    if (world::is_on_postgres()) postgres.emplace();
  }
  [[nodiscard]] std::string url() const {
    return postgres.has_value() ? postgres->url() : "sqlite:" + folder.path() + "/copied.db";
  }
  [[nodiscard]] Location location() const { return Location::parse(url()).value(); }
  [[nodiscard]] Result<std::unique_ptr<storage::Database>, Error> open() const {
    storage::OpenSettings settings;
    settings.now = world::test_start;
    return storage::open(location(), settings);
  }
};

Context context() { return world::make_context(EnvironmentId(1)); }

Outcome copy(const std::string& from, const std::string& to, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"copy", "--from", from, "--to", to};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments);
}

TEST_CASE("copy: every row of every table arrives, and comes back the same") {
  const Data data;
  const Target target;
  const Outcome there = copy("sqlite:" + data.file(), target.url());
  CAPTURE(there.err);
  REQUIRE(there.status == 0);
  CHECK(contains(there.out, "every table is the same"));
  CHECK(!contains(there.out, "DIFFERENT"));
  CHECK(contains(there.out, "refresh_families"));
  const Outcome sound = run({"fsck", "--data", data.folder(), "--database", target.url()});
  CHECK(contains(sound.out, "Nothing is wrong with " + target.location().shown()));
  CHECK(sound.status == 0);

  const std::string back = data.path("back.db");
  const Outcome returned = copy(target.url(), "sqlite:" + back, {"--json"});
  CAPTURE(returned.err);
  REQUIRE(returned.status == 0);
  CHECK(contains(returned.out, "\"result\":\"same\""));
  CHECK(dump(back) == dump(data.file()));
}

TEST_CASE("copy: no table is left out but those of the schema and of servers that run") {
  const Data data;
  storage::TableStatements statements;
  const auto database = upgrade::Installation(Location::sqlite_file(data.file())).open_newest();
  std::string named;
  for (const auto& table : storage::digest_tables({*database.value(), Engine::sqlite}, statements,
                                                  context(), [](std::int64_t) {})
                               .value()) {
    named += "== " + table.table + "\n";
  }
  std::string wanted;
  for (const std::string& table :
       column(data.file(),
              "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN"
              " ('schema_migrations', 'compatible_migrations', 'nodes', 'job_leases')"
              " ORDER BY name")) {
    wanted += "== " + table + "\n";
  }
  CHECK(named == wanted);
}

TEST_CASE("copy: an installation that is there stays, unless it is to be replaced") {
  const Data data;
  const Target target;
  const std::string from = "sqlite:" + data.file();
  REQUIRE(copy(from, target.url()).status == 0);
  const Outcome again = copy(from, target.url());
  CHECK(again.status == 1);
  CHECK(contains(again.err, "--replace"));
  change(data.file(), "UPDATE users SET locale = 'nb-NO'");
  REQUIRE(copy(from, target.url(), {"--replace"}).status == 0);
  REQUIRE(copy(target.url(), "sqlite:" + data.path("back.db")).status == 0);
  CHECK(dump(data.path("back.db")) == dump(data.file()));
}

TEST_CASE("copy: a server on the source keeps it off, as does one on the target's file") {
  const Data data;
  const Target target;
  {
    const auto server = FolderLock::take(data.folder(), FolderLock::Kind::shared).value();
    const Outcome refused = copy("sqlite:" + data.file(), target.url());
    CHECK(refused.status == 1);
    CHECK(contains(refused.err, "a server runs on the database there"));
    CHECK(copy(target.url(), "sqlite:" + data.file(), {"--replace"}).status == 1);
  }
  CHECK(copy("sqlite:" + data.file(), target.url()).status == 0);
}

constexpr storage::Sql put_node{
    "test.put_node",
    "INSERT INTO nodes (slot, instance, host, version, started_at_ms, seen_at_ms)"
    " VALUES (1, 'x', 'db-host', '1', $1, $1)"};

TEST_CASE("copy: a server that was seen on PostgreSQL a moment ago keeps it off") {
  if (!world::is_on_postgres()) return;
  const Data data;
  const Target target;
  REQUIRE(copy("sqlite:" + data.file(), target.url()).status == 0);
  REQUIRE(storage::write(*target.open().value(), context(), [](storage::Transaction& transaction) {
            return transaction.execute(put_node, {SystemClock().now()});
          }).ok());
  const Outcome refused = copy(target.url(), "sqlite:" + data.path("back.db"));
  CHECK(refused.status == 1);
  CHECK(contains(refused.err, "db-host"));
}

TEST_CASE("copy: interrupted at any statement, no program starts on it, and it can be repeated") {
  const Data data;
  const Target target;
  storage::TableStatements statements;
  storage::OpenSettings settings;
  settings.now = world::test_start;
  const auto source = storage::open(Location::sqlite_file(data.file()), settings).value();
  const auto real = target.open().value();
  storage::FaultDatabase faults(*real);
  const Engine engine = target.location().engine();
  const storage::CopyOrder order{{*source, Engine::sqlite}, {faults, engine}, "here"};
  REQUIRE(storage::prepare_copy(order, statements, context()).ok());
  const auto ignore = [](std::int64_t) {};
  int interrupted = 0;
  for (std::int64_t number = 1;; number += 7) {
    faults.arm({.point = storage::FaultPoint::statement,
                .number = number,
                .span = storage::FaultSpan::from_then_on});
    const auto outcome = storage::copy_tables(order, statements, context(), ignore);
    const bool fired = faults.fired();
    faults.disarm();
    if (!fired) break;
    ++interrupted;
    CAPTURE(number);
    CHECK(!outcome.ok());
    if (number == 1) continue;  // before the target was touched
    CHECK(storage::look_at_target({*real, engine}, context()).value() ==
          CopyTarget::unfinished_copy);
    const auto opened = target.open();
    REQUIRE(!opened.ok());
    CHECK(contains(opened.error().detail, "gatehouse copy"));
  }
  CHECK(interrupted > 10);
}

TEST_CASE("copy: what an interrupted copy left is replaced without being asked for") {
  const Data data;
  const Target target;
  const std::string from = "sqlite:" + data.file();
  REQUIRE(copy(from, target.url()).status == 0);
  constexpr static storage::Sql mark{
      "test.mark_unfinished",
      "INSERT INTO schema_migrations (number, name, checksum, applied_at_ms)"
      " VALUES (1000000, 'from here', '', 0)"};
  REQUIRE(storage::write(*target.open().value(), context(), [](storage::Transaction& transaction) {
            return transaction.execute(mark, {});
          }).ok());
  CHECK(run({"fsck", "--data", data.folder(), "--database", target.url()}).status == 1);
  CHECK(copy(from, target.url()).status == 0);
  CHECK(run({"fsck", "--data", data.folder(), "--database", target.url()}).status == 0);
}

TEST_CASE("copy: any value that differs, also NULL for nothing, makes another digest") {
  const Data data;
  storage::TableStatements statements;
  const auto digest = [&] {
    storage::OpenSettings settings;
    settings.now = world::test_start;
    settings.schema = storage::OpenSettings::Schema::as_is;
    const auto database = storage::open(Location::sqlite_file(data.file()), settings).value();
    return storage::digest_tables({*database, Engine::sqlite}, statements, context(),
                                  [](std::int64_t) {})
        .value();
  };
  auto before = digest();
  for (const std::string_view damage :
       {"UPDATE users SET name = name || ' '", "UPDATE sessions SET last_active_at_ms = 1",
        "UPDATE users SET locale = ''", "UPDATE users SET locale = NULL",
        "UPDATE refresh_families SET nonce = zeroblob(16)", "DELETE FROM throttles",
        "UPDATE roles SET extends_id = NULL"}) {
    CAPTURE(damage);
    change(data.file(), std::string(damage));
    auto after = digest();
    CHECK(after != before);
    before = std::move(after);
  }
}

TEST_CASE("copy: what cannot be, is refused in words, and no password is in them") {
  const Data data;
  const Target target;
  const std::string from = "sqlite:" + data.file();
  const std::pair<std::vector<std::string>, std::string_view> cases[] = {
      {{from, from}, "the same database"},
      {{"sqlite:/nowhere/at/all.db", target.url()}, "there is no /nowhere"},
      {{"mysql://x", target.url()}, "--from is not a URL"},
      {{from, "postgres://ada:hunter2@db.example.com/g"}, "--to leads to another machine"},
      {{from, "postgres://ada:hunter2@127.0.0.1:1/g"}, "postgres://ada@127.0.0.1:1/g"},
  };
  for (const auto& [places, says] : cases) {
    CAPTURE(says);
    const Outcome refused = copy(places[0], places[1]);
    CHECK(refused.status == 1);
    CAPTURE(refused.err);
    CHECK(contains(refused.err, says));
    CHECK(!contains(refused.err + refused.out, "hunter2"));
  }
  change(data.file(), "CREATE TABLE extra (id INTEGER PRIMARY KEY) STRICT");
  const Outcome extra = copy(from, target.url());
  CHECK(extra.status == 1);
  CHECK(contains(extra.err, "extra"));
}

TEST_CASE("copy: a name that is not a plain one never gets into a statement") {
  for (const std::string_view name : {"", "Users", "a b", "1a", "us\"ers", "users--", "a;b"}) {
    CAPTURE(name);
    CHECK(!storage::is_plain_name(name));
  }
  CHECK(!storage::is_plain_name(std::string(64, 'a')));
  CHECK(storage::is_plain_name("_users_2"));
  const Data data;
  change(data.file(), "CREATE TABLE \"users\"\" WHERE 1; DROP TABLE users; --\" (id INTEGER)");
  const std::string before = dump(data.file());
  const Target target;
  const Outcome copied = copy("sqlite:" + data.file(), target.url());
  CAPTURE(copied.err);
  CHECK(copied.status == 0);
  CHECK(dump(data.file()) == before);
}

}  // namespace
}  // namespace gatehouse::moves
