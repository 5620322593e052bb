// What becomes of acknowledged writes when the process is killed, the power fails, or the disk is
// full or broken.

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <latch>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "server/storage/fsck.h"
#include "server/storage/sqlite/test_disk.h"
#include "server/storage/test_support.h"

namespace gatehouse::storage {
namespace {

using namespace testing;

struct File {
  ScratchFolder folder = ScratchFolder::make().value();
  std::string path = folder.path() + "/test.db";
};

SqliteSettings on_disk(const File& file, const TestDisk& disk) {
  SqliteSettings settings = in_file(file.path);
  settings.vfs = disk.name();
  return settings;
}

bool sound(Database& database) { return check_sqlite(database, context()).value().empty(); }

TEST_CASE("a full disk refuses writes, keeps reads, and is forgotten once there is room") {
  const File file;
  std::atomic<bool> full{false};
  const TestDisk disk("full", [&](const DiskEvent& event) {
    return full && event.kind == DiskEvent::Kind::write ? SQLITE_FULL : SQLITE_OK;
  });
  const auto database = SqliteDatabase::open(on_disk(file, disk)).value();
  REQUIRE(add(*database, 1).ok());
  full = true;
  for (int i = 2; i < 5; ++i) {
    const auto refused = add(*database, i);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == ErrorCode::unavailable);
  }
  CHECK(ids(*database).value() == std::vector<std::int64_t>{1});
  CHECK_FALSE(database->failed());
  full = false;
  CHECK(add(*database, 5).ok());
  CHECK(ids(*database).value() == std::vector<std::int64_t>{1, 5});
  CHECK(sound(*database));
}

TEST_CASE("writes that wait together share one sync, a write alone has its own") {
  const File file;
  std::atomic<int> syncs{0};
  std::latch first_sync{1};
  std::latch all_queued{1};
  std::atomic<bool> hold{false};
  const TestDisk disk("counting", [&](const DiskEvent& event) {
    if (event.kind != DiskEvent::Kind::sync || !event.is_wal()) return SQLITE_OK;
    ++syncs;
    if (hold.exchange(false)) {
      first_sync.count_down();
      all_queued.wait();
    }
    return SQLITE_OK;
  });
  const auto database = SqliteDatabase::open(on_disk(file, disk)).value();
  REQUIRE(add(*database, 1).ok());
  syncs = 0;
  REQUIRE(add(*database, 2).ok());
  REQUIRE(syncs == 1);

  hold = true;
  syncs = 0;
  constexpr int waiting = 15;
  std::atomic<int> started{0};
  std::vector<std::thread> threads;
  threads.emplace_back([&] { CHECK(add(*database, 3).ok()); });
  first_sync.wait();
  for (int i = 0; i < waiting; ++i) {
    threads.emplace_back([&, i] {
      ++started;
      CHECK(add(*database, 10 + i).ok());
    });
  }
  while (started < waiting) std::this_thread::yield();
  all_queued.count_down();
  for (std::thread& thread : threads) thread.join();
  CHECK(syncs < waiting);  // two, unless a thread is slow to reach the queue
  CHECK(ids(*database).value().size() == 3 + waiting);
}

TEST_CASE("a disk that turned read-only refuses writes as unavailable") {
  const File file;
  std::atomic<bool> read_only{false};
  const TestDisk disk("read-only", [&](const DiskEvent& event) {
    return read_only && event.kind == DiskEvent::Kind::write ? SQLITE_READONLY : SQLITE_OK;
  });
  const auto database = SqliteDatabase::open(on_disk(file, disk)).value();
  REQUIRE(add(*database, 1).ok());
  read_only = true;
  CHECK(add(*database, 2).error().code == ErrorCode::unavailable);
  CHECK(ids(*database).value() == std::vector<std::int64_t>{1});
}

TEST_CASE("after one failed sync of a commit nothing is written any more, until a restart") {
  const File file;
  std::atomic<int> failures_left{0};
  std::atomic<int> changes{0};
  const TestDisk disk("broken", [&](const DiskEvent& event) {
    ++changes;
    if (event.kind != DiskEvent::Kind::sync || !event.is_wal()) return SQLITE_OK;
    return failures_left > 0 && failures_left-- > 0 ? SQLITE_IOERR_FSYNC : SQLITE_OK;
  });
  {
    const auto database = SqliteDatabase::open(on_disk(file, disk)).value();
    REQUIRE(add(*database, 1).ok());
    CHECK_FALSE(database->failed());
    failures_left = 1;
    CHECK(add(*database, 2).error().code == ErrorCode::unavailable);
    CHECK(database->failed());
    const int changes_before = changes;
    CHECK(add(*database, 3).error().code == ErrorCode::unavailable);
    CHECK(changes == changes_before);
    CHECK(ids(*database).value() == std::vector<std::int64_t>{1});
  }
  const auto database = SqliteDatabase::open(in_file(file.path)).value();
  const auto stored = ids(*database).value();
  CHECK(stored.front() == 1);                           // acknowledged
  CHECK(std::ranges::find(stored, 3) == stored.end());  // refused before it began; 2 is unknown
  CHECK(sound(*database));
}

TEST_CASE("a checkpoint that the disk fails stops the writer too") {
  const File file;
  std::atomic<bool> broken{false};
  const TestDisk disk("broken-checkpoint", [&](const DiskEvent& event) {
    return broken && event.kind == DiskEvent::Kind::sync && !event.is_wal() ? SQLITE_IOERR_FSYNC
                                                                            : SQLITE_OK;
  });
  SqliteSettings settings = on_disk(file, disk);
  settings.checkpoint_pages = 5;
  {
    const auto database = SqliteDatabase::open(settings).value();
    broken = true;
    for (int i = 0; i < 100 && !database->failed(); ++i) (void)add(*database, i);
    CHECK(database->failed());
    broken = false;
  }
  CHECK(sound(*SqliteDatabase::open(in_file(file.path)).value()));
}

// Forks; the child runs `act`, then leaves. Returns how it ended.
int in_a_child(const std::function<void()>& act) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    act();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

TEST_CASE("kill -9 at any moment loses no acknowledged write") {
  std::mt19937 random(1);
  for (int round = 0; round < 8; ++round) {
    const File file;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      SqliteSettings settings = in_file(file.path);
      settings.checkpoint_pages = 30;
      const auto database = SqliteDatabase::open(settings).value();
      std::vector<std::thread> threads;
      for (std::int64_t thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&, thread] {
          for (std::int64_t id = thread;; id += 4) {
            if (!add(*database, id).ok()) ::_exit(1);
            if (::write(ends[1], &id, sizeof id) != sizeof id) ::_exit(1);
          }
        });
      }
      for (std::thread& thread : threads) thread.join();
    }
    ::close(ends[1]);
    std::vector<std::int64_t> acknowledged;
    const std::size_t enough = 20 + random() % 400;
    std::int64_t id = 0;
    while (::read(ends[0], &id, sizeof id) == sizeof id) {
      acknowledged.push_back(id);
      if (acknowledged.size() == enough) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    CHECK(acknowledged.size() >= enough);

    const auto database = SqliteDatabase::open(in_file(file.path)).value();
    const auto stored = ids(*database).value();
    for (const std::int64_t each : acknowledged) {
      CHECK(std::ranges::binary_search(stored, each));
    }
    CHECK(sound(*database));
  }
}

constexpr EmbeddedFile two_steps[] = {
    things_migration,
    {"0002_more.sql",
     "CREATE TABLE more (id INTEGER PRIMARY KEY) STRICT;"
     "INSERT INTO more VALUES (1); INSERT INTO thing (id) VALUES (42);"}};

TEST_CASE("killed at each single change of a file while migrating, the next start completes it") {
  int survived_at = 0;
  for (int n = 1; survived_at == 0; ++n) {
    const File file;
    const int status = in_a_child([&] {
      int left = n;
      const TestDisk disk("killer", [&](const DiskEvent&) {
        if (--left == 0) ::kill(::getpid(), SIGKILL);
        return SQLITE_OK;
      });
      SqliteSettings settings = on_disk(file, disk);
      settings.migrations = two_steps;
      const auto database = SqliteDatabase::open(settings);
      ::_exit(database.ok() ? 0 : 1);
    });
    if (!WIFSIGNALED(status)) {
      CHECK(WEXITSTATUS(status) == 0);
      survived_at = n;
    }
    const auto database = SqliteDatabase::open(in_file(file.path, two_steps)).value();
    CHECK(ids(*database).value() == std::vector<std::int64_t>{42});
    CHECK(sound(*database));
  }
  CHECK(survived_at > 5);
}

// The power fails: of what was written since a file's last sync, any part may be missing.
class PowerCut {
 public:
  explicit PowerCut(std::uint32_t seed) : random_(seed) {}

  // The content of the files in `before`, had the machine stopped right after the first `count`
  // events.
  std::map<std::string, std::string> image(std::map<std::string, std::string> before,
                                           const std::vector<DiskEvent>& events,
                                           std::size_t count) {
    std::map<std::string, std::size_t> synced;  // path → the number of events before its last sync
    for (std::size_t i = 0; i < count; ++i) {
      if (events[i].kind == DiskEvent::Kind::sync) synced[events[i].path] = i;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const DiskEvent& event = events[i];
      const bool safe = synced.contains(event.path) && i < synced[event.path];
      if (safe || random_() % 2 == 0)
        apply(event, before[event.path], safe ? Arrives::whole : Arrives::maybe_torn);
    }
    return before;
  }

 private:
  enum class Arrives { whole, maybe_torn };

  void apply(const DiskEvent& event, std::string& file, Arrives arrives) {
    if (event.kind == DiskEvent::Kind::truncate) {
      file.resize(static_cast<std::size_t>(event.offset));
    } else if (event.kind == DiskEvent::Kind::write) {
      std::string bytes = event.bytes;
      if (arrives == Arrives::maybe_torn && random_() % 3 == 0)
        bytes.resize(random_() % (bytes.size() / 512 + 1) * 512);
      const auto offset = static_cast<std::size_t>(event.offset);
      if (file.size() < offset + bytes.size()) file.resize(offset + bytes.size());
      file.replace(offset, bytes.size(), bytes);
    }
  }

  std::mt19937 random_;
};

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Recording {
  std::map<std::string, std::string> before;  // the files at the start
  std::vector<DiskEvent> events;
  std::vector<std::pair<std::size_t, std::int64_t>>
      acknowledged;  // after how many events, which id
};

// Writes through checkpoints from several threads and notes what reaches the disk, in order.
Recording record_writes(const File& file) {
  Recording recording;
  std::mutex mutex;
  const TestDisk disk("recorder", [&](const DiskEvent& event) {
    const std::lock_guard lock(mutex);
    recording.events.push_back(event);
    return SQLITE_OK;
  });
  (void)SqliteDatabase::open(in_file(file.path)).value();
  SqliteSettings settings = on_disk(file, disk);
  settings.checkpoint_pages = 10;
  const auto database = SqliteDatabase::open(settings).value();
  {
    const std::lock_guard lock(mutex);
    recording.events.clear();
    for (const std::string& path : {file.path, file.path + "-wal"}) {
      recording.before[path] = content_of(path);
    }
  }
  std::vector<std::thread> threads;
  for (std::int64_t thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::int64_t id = thread; id < 90; id += 3) {
        CHECK(add(*database, id, std::string(300, 'x') + std::to_string(id)).ok());
        const std::lock_guard lock(mutex);
        recording.acknowledged.emplace_back(recording.events.size(), id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::lock_guard lock(mutex);
  Recording copy = recording;  // without what closing will add
  return copy;
}

TEST_CASE("a power cut after any write loses no acknowledged write and damages nothing") {
  const File file;
  const Recording recording = record_writes(file);
  REQUIRE(recording.events.size() > 100);
  int round = 0;
  for (std::size_t count = 0; count <= recording.events.size(); count += 1 + round % 3, ++round) {
    const File after;
    PowerCut cut(static_cast<std::uint32_t>(count));
    for (const auto& [path, bytes] : cut.image(recording.before, recording.events, count)) {
      const std::string suffix = path.substr(file.path.size());
      std::ofstream(after.path + suffix, std::ios::binary) << bytes;
    }
    const auto database = SqliteDatabase::open(in_file(after.path)).value();
    const auto stored = ids(*database).value();
    for (const auto& [seen_after, id] : recording.acknowledged) {
      if (seen_after <= count) CHECK(std::ranges::binary_search(stored, id));
    }
    CHECK(sound(*database));
  }
}

}  // namespace
}  // namespace gatehouse::storage
