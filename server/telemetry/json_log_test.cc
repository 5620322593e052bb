#include "server/telemetry/json_log.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace gatehouse;
using telemetry::JsonLog;

namespace {

class FixedClock final : public Clock {
 public:
  Instant now() const override { return instant_from_ms(1'795'291'200'007); }
};

class Folder {
 public:
  Folder() : path_("/tmp/gatehouse-log-test-" + std::to_string(::getpid())) {
    std::filesystem::create_directory(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::vector<std::string> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("a line is one JSON object with time, level, event and its fields") {
  const Folder folder;
  const FixedClock clock;
  const auto log = JsonLog::open(folder.file("log"), LogLevel::info, clock);
  REQUIRE(log.ok());
  log.value()->write(LogLevel::info, "request",
                     {{"route", std::string_view("a \"b\"\n")}, {"status", std::int64_t{200}}});
  log.value()->flush();
  CHECK(lines_of(folder.file("log")) ==
        std::vector<std::string>{
            R"({"time":"2026-11-21T20:00:00.007Z","level":"info","event":"request",)"
            R"("route":"a \"b\"\n","status":200})"});
}

TEST_CASE("lines below the lowest level are not written") {
  const Folder folder;
  const FixedClock clock;
  const auto log = JsonLog::open(folder.file("log"), LogLevel::warning, clock);
  REQUIRE(log.ok());
  log.value()->write(LogLevel::info, "quiet", {});
  log.value()->write(LogLevel::error, "loud", {});
  log.value()->flush();
  REQUIRE(lines_of(folder.file("log")).size() == 1);
  CHECK(lines_of(folder.file("log"))[0].find("loud") != std::string::npos);
}

TEST_CASE("closing the log writes what is left, after what was there before") {
  const Folder folder;
  const FixedClock clock;
  for (const char* event : {"first", "second"}) {
    const auto log = JsonLog::open(folder.file("log"), LogLevel::info, clock);
    REQUIRE(log.ok());
    log.value()->write(LogLevel::info, event, {});
  }
  const auto lines = lines_of(folder.file("log"));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].find("first") != std::string::npos);
  CHECK(lines[1].find("second") != std::string::npos);
}

TEST_CASE("lines of several threads stay whole, and none is lost") {
  const Folder folder;
  const FixedClock clock;
  const auto log = JsonLog::open(folder.file("log"), LogLevel::info, clock);
  REQUIRE(log.ok());
  std::vector<std::thread> threads;
  for (std::int64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&log, thread] {
      for (int i = 0; i < 2000; ++i) log.value()->write(LogLevel::info, "x", {{"by", thread}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  log.value()->flush();
  const auto lines = lines_of(folder.file("log"));
  CHECK(lines.size() == 8000);
  CHECK(std::ranges::all_of(lines, [](const std::string& line) {
    return line.starts_with("{\"time\":") && line.ends_with("}") && line.size() == 69;
  }));
}

TEST_CASE("a reader that has stopped reading costs lines, counted, and nobody waits for it") {
  const Folder folder;
  REQUIRE(::mkfifo(folder.file("pipe").c_str(), 0600) == 0);
  const int reader = ::open(folder.file("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  REQUIRE(reader >= 0);
  const FixedClock clock;
  auto log = JsonLog::open(folder.file("pipe"), LogLevel::info, clock);
  REQUIRE(log.ok());
  const std::string kilobyte(1024, 'x');
  const std::size_t count = 3 * JsonLog::waiting_bytes_max / kilobyte.size();
  for (std::size_t i = 0; i < count; ++i) {
    log.value()->write(LogLevel::info, "big", {{"text", std::string_view(kilobyte)}});
  }
  // Only now somebody reads on.
  std::thread closing([&log] { std::move(log).value().reset(); });
  std::string read;
  std::string piece(65536, '\0');
  for (;;) {
    const ssize_t got = ::read(reader, piece.data(), piece.size());
    if (got == 0) break;
    if (got > 0) read.append(piece, 0, static_cast<std::size_t>(got));
  }
  closing.join();
  ::close(reader);
  CHECK(read.find(R"("event":"log.dropped","lines":)") != std::string::npos);
  CHECK(read.size() < 3 * JsonLog::waiting_bytes_max);
}

TEST_CASE("a file that cannot be opened is named") {
  const FixedClock clock;
  const auto log = JsonLog::open("/nowhere/at/all", LogLevel::info, clock);
  REQUIRE_FALSE(log.ok());
  CHECK(log.error().code == ErrorCode::unavailable);
  CHECK(log.error().detail.find("/nowhere/at/all") != std::string::npos);
}
