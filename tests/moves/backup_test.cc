// gatehouse backup and restore: one moment of a busy database, and no way back for what was ended
// since.

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "server/app/data_folder.h"
#include "tests/moves/shell.h"

namespace gatehouse::moves {
namespace {

using app::FolderLock;
using storage::Location;

constexpr storage::Sql put_revoked{
    "test.put_revoked",
    "INSERT INTO revoked_tokens (environment_id, token_id, expires_at_ms)"
    " SELECT id, $1, 4000000000000 FROM environments"};
constexpr storage::Sql count_up{"test.count_up",
                                "UPDATE configuration_version SET version = $1 WHERE id = 1"};

Outcome backup(const Data& data, const std::string& to) {
  return run({"backup", "--data", data.folder(), "--to", to});
}
Outcome restore(const std::string& folder, const std::string& from,
                std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"restore", "--data", folder, "--from", from};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments);
}
unsigned mode_of(const std::string& path) {
  struct ::stat facts {};
  REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 0777U;
}
bool exists(const std::string& path) { return std::filesystem::exists(path); }

TEST_CASE("backup: everything of one moment, for its owner only, and never over another file") {
  const Data data;
  const std::string file = data.path("backup.db");
  const Outcome made = backup(data, file);
  CAPTURE(made.err);
  REQUIRE(made.status == 0);
  CHECK(contains(made.out, "The master key is not in it"));
  CHECK(mode_of(file) == 0600U);
  CHECK(!exists(file + ".unfinished"));
  CHECK(!exists(file + "-wal"));
  const std::string bytes = read_file(file);
  CHECK(!contains(bytes, std::string(63, 'a')));
  CHECK(backup(data, file).status == 1);
  CHECK(read_file(file) == bytes);
  CHECK(backup(data, data.path("no/such/folder.db")).status == 1);

  const std::string folder = data.empty_folder("other");
  REQUIRE(restore(folder, file, {"--keep-sessions"}).status == 0);
  CHECK(mode_of(folder + "/gatehouse.db") == 0600U);
  CHECK(run({"fsck", "--data", folder}).status == 0);
  // All but the note that it was restored.
  change(folder + "/gatehouse.db", "DELETE FROM audit_records WHERE event = 'data.restored'");
  CHECK(dump(folder + "/gatehouse.db") == dump(data.file()));
}

TEST_CASE("backup: taken while others write, it is one of the states that there were") {
  const Data data;
  storage::OpenSettings settings;
  settings.now = world::test_start;
  const auto database = storage::open(Location::sqlite_file(data.file()), settings).value();
  std::atomic<bool> is_over = false;
  std::atomic<std::int64_t> written = 0;
  // Two rows that always agree: the newest revoked token is the version.
  std::thread writer([&] {
    for (std::int64_t number = 1'000'000; !is_over; ++number) {
      const auto done =
          storage::write(*database, world::make_context(EnvironmentId(1)),
                         [number](storage::Transaction& transaction) -> Result<Unit, Error> {
                           TRY(transaction.execute(put_revoked, {number}));
                           TRY(transaction.execute(count_up, {number}));
                           return Unit{};
                         });
      if (done.ok()) written = number;
    }
  });
  while (written == 0) std::this_thread::yield();
  int round = 0;
  for (; round < 5; ++round) {
    const std::int64_t before = written;
    const std::string file = data.path("backup" + std::to_string(round) + ".db");
    REQUIRE(backup(data, file).status == 0);
    const std::string version = column(file, "SELECT version FROM configuration_version").front();
    CHECK(column(file, "SELECT MAX(token_id) FROM revoked_tokens WHERE token_id < 1000000000")
              .front() == version);
    CHECK(std::stoll(version) >= before);
    CHECK(std::stoll(version) <= written + 1);
  }
  is_over = true;
  writer.join();
}

TEST_CASE("restore: nothing that could have been revoked since comes back") {
  const Data data;
  // A refresh family ends also where its session is over by itself.
  change(data.file(), "UPDATE sessions SET idle_expires_at_ms = created_at_ms + 1");
  const std::string file = data.path("backup.db");
  REQUIRE(backup(data, file).status == 0);
  const std::string folder = data.empty_folder("other");
  const Outcome restored = restore(folder, file);
  CAPTURE(restored.err);
  REQUIRE(restored.status == 0);
  CHECK(contains(restored.out, "Every session is over"));
  const std::string database = folder + "/gatehouse.db";
  const auto count = [&database](const std::string& what) {
    return column(database, "SELECT COUNT(*) FROM " + what).front();
  };
  CHECK(column(data.file(), "SELECT COUNT(*) FROM sessions WHERE ended_at_ms IS NULL").front() !=
        "0");
  CHECK(count("refresh_families WHERE ended_at_ms IS NULL") == "0");
  CHECK(count("one_time WHERE state = 'live'") == "0");
  CHECK(count("login_flows") == "0");
  CHECK(count("portal_links") == "0");
  CHECK(count("audit_records WHERE event = 'data.restored' AND actor_type = 'operator'") == "1");
  // Whatever was signed before, and revoked after the backup, is worth nothing.
  for (const std::string& key : column(data.file(), "SELECT id FROM signing_keys")) {
    CHECK(count("signing_keys WHERE id = " + key) == "0");
  }
  CHECK(count("signing_keys WHERE state = 'current'") == "1");
  CHECK(run({"fsck", "--data", folder}).out == "Nothing is wrong with " + database + ".\n");
}

TEST_CASE("restore: a live session is ended like any other, and told to its applications") {
  const Data data;
  change(data.file(),
         "UPDATE sessions SET expires_at_ms = 4000000000000, idle_expires_at_ms = 4000000000000"
         " WHERE ended_at_ms IS NULL");
  const std::string file = data.path("backup.db");
  REQUIRE(backup(data, file).status == 0);
  const std::string ended = data.empty_folder("ended");
  const Outcome restored = restore(ended, file, {"--json"});
  REQUIRE(restored.status == 0);
  CHECK(contains(restored.out, "\"sessions_ended\":1"));
  CHECK(column(ended + "/gatehouse.db", "SELECT COUNT(*) FROM sessions WHERE ended_at_ms IS NULL")
            .front() == "0");
  CHECK(run({"fsck", "--data", ended}).status == 0);
  const std::string kept = data.empty_folder("kept");
  const Outcome went_on = restore(kept, file, {"--keep-sessions"});
  REQUIRE(went_on.status == 0);
  CHECK(contains(went_on.out, "Sessions go on"));
  CHECK(column(kept + "/gatehouse.db", "SELECT COUNT(*) FROM sessions WHERE ended_at_ms IS NULL")
            .front() == "1");
}

TEST_CASE("restore: what is there stays, or is kept aside as a whole") {
  const Data data;
  const std::string file = data.path("backup.db");
  REQUIRE(backup(data, file).status == 0);
  change(data.file(), "UPDATE users SET locale = 'nb-NO'");
  const std::string before = dump(data.file());
  const Outcome refused = restore(data.folder(), file);
  CHECK(refused.status == 1);
  CHECK(contains(refused.err, "--replace"));
  CHECK(dump(data.file()) == before);
  REQUIRE(restore(data.folder(), file, {"--replace"}).status == 0);
  CHECK(!contains(dump(data.file()), "nb-NO"));
  std::string aside;
  for (const auto& entry : std::filesystem::directory_iterator(data.folder())) {
    if (contains(entry.path().string(), ".before-restore-")) aside = entry.path().string();
  }
  REQUIRE(!aside.empty());
  CHECK(dump(aside) == before);
  CHECK(!exists(data.file() + ".restoring"));
}

TEST_CASE("restore: what is no backup, damaged or changed is refused, and nothing happens") {
  const Data data;
  const std::string file = data.path("backup.db");
  REQUIRE(backup(data, file).status == 0);
  const std::string good = read_file(file);
  const std::string folder = data.empty_folder("other");
  const auto refusal = [&](std::string_view says) {
    const Outcome refused = restore(folder, file);
    CAPTURE(refused.err);
    CHECK(refused.status == 1);
    CHECK(contains(refused.err, says));
    CHECK(!exists(folder + "/gatehouse.db"));
    CHECK(!exists(folder + "/gatehouse.db.restoring"));
  };
  change(file, "UPDATE users SET email_verified = 1 - email_verified");
  refusal("was changed after it was made");
  write_file(file, good);
  change(file, "DELETE FROM revoked_tokens");
  refusal("was changed after it was made");
  write_file(file, good);
  change(file, "DROP TABLE backup_manifest");
  refusal("it has no manifest");
  write_file(file, "nothing of the kind");
  refusal("");
  write_file(file, good.substr(0, good.size() / 2));
  refusal("");
  std::filesystem::remove(file);
  refusal("");

  int found = 0;
  int tried = 0;
  for (std::size_t at = 5000; at < good.size(); at += 20'011) {
    std::string damaged = good;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    damaged[at + 1] = static_cast<char>(damaged[at + 1] ^ 0x55);
    write_file(file, damaged);
    ++tried;
    if (restore(folder, file, {"--keep-sessions"}).status != 0) {
      ++found;
      continue;
    }
    // In what no row uses, damage does no harm.
    CHECK(run({"fsck", "--data", folder}).status == 0);
    std::filesystem::remove(folder + "/gatehouse.db");
  }
  CHECK(tried > 20);
  CHECK(found > 0);
}

TEST_CASE("restore: with another master key, or beside a server, nothing happens") {
  const Data data;
  const std::string file = data.path("backup.db");
  REQUIRE(backup(data, file).status == 0);
  const std::string folder = data.empty_folder("other");
  REQUIRE(app::write_secret_file(folder + "/master.key", std::string(63, 'b') + "7\n").ok());
  const Outcome other = restore(folder, file);
  CHECK(other.status == 1);
  CHECK(contains(other.err, "master key"));
  CHECK(!exists(folder + "/gatehouse.db"));
  const auto server = FolderLock::take(data.folder(), FolderLock::Kind::shared).value();
  const std::string before = dump(data.file());
  const Outcome beside = restore(data.folder(), file, {"--replace"});
  CHECK(beside.status == 1);
  CHECK(contains(beside.err, "a server runs"));
  CHECK(dump(data.file()) == before);
  CHECK(backup(data, data.path("second.db")).status == 0);  // which a server does not keep off
}

TEST_CASE("restore: a backup of an older schema is brought up to date") {
  const Data data;
  const std::string folder = data.empty_folder("old");
  {
    const upgrade::Installation old(Location::sqlite_file(folder + "/gatehouse.db"));
    REQUIRE(old.open(upgrade::released_migrations).ok());
    old.load("tests/upgrade/schema_17.sqlite.sql");
  }
  const std::string file = data.path("old.db");
  REQUIRE(run({"backup", "--data", folder, "--to", file}).status == 0);
  CHECK(column(file, "SELECT MAX(number) FROM schema_migrations").front() == "17");
  REQUIRE(restore(folder, file, {"--replace"}).status == 0);
  CHECK(run({"fsck", "--data", folder}).status == 0);
}

TEST_CASE("backup and restore: PostgreSQL has tools of its own, which are named") {
  const Data data;
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"backup", "--to", "/nowhere/b.db"},
        std::vector<std::string>{"restore", "--from", "/nowhere/b.db"}}) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), {"--database", "postgres://ada:hunter2@127.0.0.1:1/g"});
    const Outcome answer = run(all);
    CHECK(answer.status == 2);
    CHECK(contains(answer.out, "pg_dump"));
    CHECK(contains(answer.out, "pg_basebackup"));
    CHECK(!contains(answer.out + answer.err, "hunter2"));
  }
}

}  // namespace
}  // namespace gatehouse::moves
