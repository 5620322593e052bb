// Commands on the database that a configuration names: which one, and who may change its schema.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "server/app/data_folder.h"
#include "tests/moves/shell.h"

namespace gatehouse::moves {
namespace {

// A configuration on the engine that the tests run on, and the folder that it names.
struct Configured {
  storage::ScratchFolder scratch = storage::ScratchFolder::make().value();
  std::optional<world::EmptyPostgres> postgres;

  explicit Configured(const std::string& database_settings = {}) {
    if (world::is_on_postgres()) postgres.emplace();
    write(database_settings);
    REQUIRE(
        app::write_secret_file(scratch.path() + "/master.key", std::string(63, 'a') + "7\n").ok());
  }
  [[nodiscard]] std::string file() const { return scratch.path() + "/gatehouse.toml"; }
  void write(const std::string& database_settings) const {
    const std::string url = postgres.has_value() ? "url = \"" + postgres->url() + "\"\n" : "";
    const std::string text =
        "[server]\nport = 8443\ntrusted_proxies = [\"10.0.0.2\"]\n"
        "[data]\nfolder = \"" +
        scratch.path() +
        "/data\"\n"
        "[database]\n" +
        url + database_settings + "[master_key]\nfile = \"" + scratch.path() +
        "/master.key\"\n"
        "[environment]\nbase_url = \"https://id.example.test\"\n"
        "product_name = \"Acme\"\n"
        "[mail]\nhost = \"127.0.0.1\"\nfrom = \"id@example.test\"\n";
    REQUIRE(app::write_secret_file(file(), text).ok());
  }
  [[nodiscard]] Outcome gatehouse(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--config", file()});
    return run(arguments);
  }
};

TEST_CASE("a configuration's commands work on the database that it names") {
  const Configured here;
  const Outcome migrated = here.gatehouse({"migrate"});
  CAPTURE(migrated.err);
  REQUIRE(migrated.status == 0);
  CHECK(contains(migrated.out, "user_counts"));
  const Outcome again = here.gatehouse({"migrate"});
  CHECK(contains(again.out, "is up to date, at migration " +
                                std::to_string(upgrade::newest_migration()) + "."));
  REQUIRE(here.gatehouse({"admin", "environments", "create", "--name", "Test", "--base-url",
                          "https://id.example.test"})
              .status == 0);
  CHECK(contains(here.gatehouse({"admin", "environments", "list"}).out, "https://id.example.test"));
  REQUIRE(here.gatehouse({"keys", "rotate"}).status == 0);
  const Outcome sound = here.gatehouse({"fsck"});
  CAPTURE(sound.out);
  CHECK(sound.status == 0);
}

TEST_CASE("where the schema may not be changed at start, only `migrate` changes it") {
  const Configured here("migrate = \"never\"\n");
  REQUIRE(here.gatehouse({"migrate"}).status == 0);
  CHECK(here.gatehouse({"admin", "environments", "list"}).status == 0);

  const Configured old("migrate = \"never\"\n");
  REQUIRE(app::DataFolder::open(old.scratch.path() + "/data").ok());
  const auto place =
      old.postgres.has_value()
          ? storage::Location::parse(old.postgres->url()).value()
          : storage::Location::sqlite_file(old.scratch.path() + "/data/gatehouse.db");
  REQUIRE(upgrade::Installation(place).open(upgrade::released_migrations).ok());
  const Outcome refused = old.gatehouse({"admin", "environments", "list"});
  CHECK(refused.status == 1);
  CHECK(contains(refused.err, "run `gatehouse migrate`"));
  CHECK(old.gatehouse({"serve"}).status == 1);
  CHECK(contains(old.gatehouse({"migrate"}).out, "cluster"));
  CHECK(old.gatehouse({"admin", "environments", "list"}).status == 0);
}

TEST_CASE("a database that is away is named without its password") {
  const Data data;
  for (const std::string command : {"fsck", "migrate"}) {
    const Outcome away = run({command, "--data", data.folder(), "--database",
                              "postgres://ada:hunter2@127.0.0.1:1/gatehouse?password=hunter2"});
    CAPTURE(away.err);
    CHECK(away.status == 1);
    CHECK(contains(away.err, "postgres://ada@127.0.0.1:1/gatehouse: "));
    CHECK(!contains(away.err + away.out, "hunter2"));
  }
}

}  // namespace
}  // namespace gatehouse::moves
