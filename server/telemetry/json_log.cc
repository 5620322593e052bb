#include "server/telemetry/json_log.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include "server/core/ensure.h"
#include "server/encoding/json.h"

namespace gatehouse::telemetry {
namespace {

constexpr std::size_t usual_bytes_max = 64 * 1024;  // what the buffers keep between two writes

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  ensure_failed("level_name: not a LogLevel");
}

std::string make_line(const Clock& clock, LogLevel level, std::string_view event,
                      std::initializer_list<LogField> fields) {
  std::string line;
  line.reserve(320);
  JsonWriter writer(line);
  writer.begin_object();
  writer.field("time", to_rfc3339(clock.now()));
  writer.field("level", level_name(level));
  writer.field("event", event);
  for (const LogField& field : fields) {
    std::visit([&](const auto& value) { writer.field(field.name, value); }, field.value);
  }
  writer.end_object();
  line += '\n';
  return line;
}

// What cannot be written is lost: there is nobody to tell.
void write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (count < 0 && errno == EAGAIN) {
      pollfd wanted{.fd = file, .events = POLLOUT, .revents = 0};
      (void)::poll(&wanted, 1, -1);
    } else if (count == 0 || errno != EINTR) {
      return;
    }
  }
}

}  // namespace

// The lines on their way out.
class JsonLog::Sink {
 public:
  enum class Urgency { usual, at_once };

  Sink(int file, const Clock& clock) : file_(file), clock_(clock) {
    thread_ = std::thread([this] { serve(); });
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
    if (file_ != STDERR_FILENO) ::close(file_);
  }

  void append(std::string_view line, Urgency urgency) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() + line.size() > waiting_bytes_max) {
      ++dropped_;
      return;
    }
    const bool was_empty = waiting_.empty();
    waiting_.append(line);
    if (urgency == Urgency::at_once || waiting_.size() > usual_bytes_max / 2) urgent_ = true;
    if (was_empty || urgent_) wake_.notify_one();
  }

  void flush() {
    std::unique_lock lock(mutex_);
    urgent_ = true;
    wake_.notify_one();
    written_.wait(lock, [this] { return waiting_.empty() && !is_writing_; });
  }

 private:
  void serve() {
    std::string taken;
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
      if (waiting_.empty()) return;
      wake_.wait_for(lock, delay_max, [this] { return urgent_ || stopping_; });
      taken.swap(waiting_);
      const std::int64_t dropped = std::exchange(dropped_, 0);
      urgent_ = false;
      is_writing_ = true;
      lock.unlock();
      if (dropped > 0) {
        taken += make_line(clock_, LogLevel::warning, "log.dropped", {{"lines", dropped}});
      }
      write_all(file_, taken);
      taken.clear();
      if (taken.capacity() > usual_bytes_max) taken.shrink_to_fit();
      lock.lock();
      is_writing_ = false;
      if (waiting_.empty()) written_.notify_all();
    }
  }

  const int file_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable written_;
  std::string waiting_;       // under the mutex, as is all that follows
  std::int64_t dropped_ = 0;  // lines, since the last write
  bool urgent_ = false;
  bool is_writing_ = false;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

Result<std::unique_ptr<JsonLog>, Error> JsonLog::open(const std::string& path, LogLevel lowest,
                                                      const Clock& clock) {
  int file = STDERR_FILENO;
  if (!path.empty()) {
    file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (file < 0) {
      return Error(ErrorCode::unavailable, "log file " + path + ": " + std::strerror(errno));
    }
  }
  return std::unique_ptr<JsonLog>(new JsonLog(  // tidy: allow new: the constructor is private
      std::make_unique<Sink>(file, clock), lowest, clock));
}

JsonLog::JsonLog(std::unique_ptr<Sink> sink, LogLevel lowest, const Clock& clock)
    : sink_(std::move(sink)), lowest_(lowest), clock_(clock) {}

JsonLog::~JsonLog() = default;

void JsonLog::flush() { sink_->flush(); }

void JsonLog::write(LogLevel level, std::string_view event,
                    std::initializer_list<LogField> fields) {
  if (level < lowest_) return;
  const auto urgency = level >= LogLevel::warning ? Sink::Urgency::at_once : Sink::Urgency::usual;
  sink_->append(make_line(clock_, level, event, fields), urgency);
}

}  // namespace gatehouse::telemetry
