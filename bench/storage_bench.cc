// How many durable transactions and how many reads a second the embedded database gives, one core
// or more. Prints a table; ends with an error if an answer is wrong.
//
//   storage_bench [folder]     the database file is made there; default: the current folder

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "server/storage/one_time.h"
#include "server/storage/sqlite/sqlite_database.h"

namespace gatehouse::storage {
namespace {

constexpr auto run_time = std::chrono::seconds(2);
constexpr EnvironmentId environment{1};

constexpr Sql make_row{
    "bench.make_row",
    "INSERT INTO one_time VALUES"
    " ($1, 'bench', $2, 0, 'payload of the usual length, a few dozen bytes', 'live', 0, $3)"};
constexpr Sql find_row{"bench.find",
                       "SELECT subject, payload FROM one_time"
                       " WHERE environment_id = $1 AND purpose = 'bench' AND key_hash = $2"};
constexpr Sql add_one{"bench.add_one",
                      "UPDATE one_time SET subject = subject + 1"
                      " WHERE environment_id = $1 AND purpose = 'bench' AND key_hash = $2"};
constexpr Sql sum_up{"bench.sum", "SELECT sum(subject) FROM one_time"};

[[noreturn]] void wrong(const char* what) {
  std::fprintf(stderr, "storage_bench: wrong answer: %s\n", what);
  std::exit(1);
}

Context context_now() {
  return Context{.request = RequestId(1),
                 .now = instant_from_ms(1),
                 .deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10),
                 .environment = environment,
                 .actor = {.type = ActorType::system, .id = {}},
                 .client_address = {},
                 .user_agent = {}};
}

std::string key(std::int64_t number) {
  std::string hash(32, '\0');
  std::uint64_t mixed = static_cast<std::uint64_t>(number) * 0x9E3779B97F4A7C15ULL;
  for (std::size_t i = 0; i < 8; ++i, mixed >>= 8) hash[i] = static_cast<char>(mixed & 0xff);
  return hash;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds_of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

// Runs `act(thread, n)` in a loop on each of `threads` threads; prints and returns how often.
std::int64_t measure(const std::string& label, int threads,
                     const std::function<void(int, std::int64_t)>& act) {
  std::atomic<std::int64_t> total{0};
  std::atomic<std::int64_t> slowest_us{0};
  const double cpu_before = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> workers;
  for (int thread = 0; thread < threads; ++thread) {
    workers.emplace_back([&total, &slowest_us, &act, start, thread] {
      std::int64_t count = 0;
      auto now = start;
      while (now - start < run_time) {
        act(thread, count++);
        const auto after = std::chrono::steady_clock::now();
        const auto took =
            std::chrono::duration_cast<std::chrono::microseconds>(after - now).count();
        std::int64_t seen = slowest_us.load();
        while (took > seen && !slowest_us.compare_exchange_weak(seen, took)) {
        }
        now = after;
      }
      total += count;
    });
  }
  for (std::thread& worker : workers) worker.join();
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double cpu = cpu_seconds() - cpu_before;
  const auto done = static_cast<double>(total.load());
  std::printf("%-34s %3d threads %10.0f /s %10.0f /s of CPU   mean %7.1f us   max %6.1f ms\n",
              label.c_str(), threads, done / wall, done / cpu, 1e6 * wall * threads / done,
              static_cast<double>(slowest_us.load()) / 1000);
  return total.load();
}

std::int64_t stored_sum(SqliteDatabase& database) {
  const auto sum = read(database, context_now(), [](Transaction& transaction) {
    return transaction.find(sum_up, {}, [](const Row& row) { return row.integer(0); });
  });
  if (!(sum.ok() && sum.value().has_value())) wrong("sum");
  return *sum.value();
}

void bench_writes(SqliteDatabase& database, int threads, std::int64_t rows) {
  const std::int64_t before = stored_sum(database);
  const std::int64_t done = measure("update, durable", threads, [&](int thread, std::int64_t n) {
    const std::string hash = key((n * 7919 + thread * 104729) % rows);
    const auto changed = write(database, context_now(), [&](Transaction& transaction) {
      return transaction.execute(add_one, {environment, Blob{hash}});
    });
    if (!(changed.ok() && changed.value() == 1)) wrong("update");
  });
  if (stored_sum(database) - before != done) wrong("every update is stored once");
}

void bench_one_time(SqliteDatabase& database, int threads) {
  std::atomic<std::int64_t> next{1'000'000'000LL + threads * 1'000'000'000LL};
  measure("put, then consume: 2 durable", threads, [&](int, std::int64_t) {
    const OneTimeThing thing{OneTimePurpose::authorization_code, key(next++), 0, "{}",
                             instant_from_ms(1'000'000)};
    const auto put = write(database, context_now(), [&](Transaction& transaction) {
      return put_one_time(transaction, environment, thing, instant_from_ms(1));
    });
    if (!put.ok()) wrong("put");
    const auto used = write(database, context_now(), [&](Transaction& transaction) {
      return consume_one_time(transaction, environment, thing.purpose, thing.key_hash,
                              instant_from_ms(1));
    });
    if (!(used.ok() && used.value().has_value())) wrong("consume");
  });
}

void bench_reads(SqliteDatabase& database, int threads, std::int64_t rows) {
  measure("read one row by key", threads, [&](int thread, std::int64_t n) {
    const std::string hash = key((n * 7919 + thread * 104729) % rows);
    const auto found = read(database, context_now(), [&](Transaction& transaction) {
      return transaction.find(find_row, {environment, Blob{hash}},
                              [](const Row& row) { return row.string(1); });
    });
    if (!(found.ok() && found.value().has_value())) wrong("read");
  });
}

std::unique_ptr<SqliteDatabase> open_or_exit(const SqliteSettings& settings) {
  auto opened = SqliteDatabase::open(settings);
  if (!opened.ok()) std::fprintf(stderr, "%s\n", opened.error().detail.c_str());
  if (!opened.ok()) wrong("open");
  return std::move(opened).value();
}

void bench_open(const SqliteSettings& settings) {
  const auto each = [](const char* label, const SqliteSettings& of) {
    constexpr int times = 50;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) (void)open_or_exit(of);
    const auto took = std::chrono::steady_clock::now() - start;
    std::printf("%-34s %10.2f ms\n", label,
                std::chrono::duration<double, std::milli>(took).count() / times);
  };
  each("open and close, up to date", settings);
  SqliteSettings memory;
  memory.place = SqliteSettings::Place::memory;
  each("open and close, new in memory", memory);
}

void run(const std::string& path) {
  constexpr std::int64_t rows = 100'000;
  SqliteSettings settings;
  settings.path = path;
  const auto database = open_or_exit(settings);
  const auto filled =
      write(*database, context_now(), [&](Transaction& transaction) -> Result<Unit, Error> {
        for (std::int64_t row = 0; row < rows; ++row) {
          TRY(transaction.execute(make_row, {environment, Blob{key(row)}, row + 1}));
        }
        return Unit{};
      });
  if (!filled.ok()) wrong("fill");
  for (const int threads : {1, 2, 4}) bench_reads(*database, threads, rows);
  for (const int threads : {1, 16, 32, 64}) bench_writes(*database, threads, rows);
  for (const int threads : {1, 64}) bench_one_time(*database, threads);
  bench_open(settings);
}

}  // namespace
}  // namespace gatehouse::storage

int main(int count, char** arguments) {
  const std::filesystem::path folder = count > 1 ? arguments[1] : ".";
  const std::string path =
      (folder / ("storage_bench-" + std::to_string(::getpid()) + ".db")).string();
  gatehouse::storage::run(path);
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
  return 0;
}
