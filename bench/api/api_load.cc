// Calls a method of the management API over HTTP/2 (h2c) from one thread: some connections, some
// calls at a time on each. Every answer is parsed and held against what was asked: the first wrong
// one ends the run with status 1. Prints one line of JSON.
//
//   api_load get_user|list_members|create_user|search --port N --pid N --token TOKEN --ids FILE
//            [--connections 4] [--streams 16] [--seconds 5] [--host NAME]
//
// FILE has one id a line: users for get_user, organizations for list_members and create_user, and
// texts to search for; `--answers N` is how many members every page of list_members has.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/api/workload.h"

namespace gatehouse::bench {
namespace {

std::int64_t now_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

// Processor seconds of all threads of a process so far; fields 14 and 15 of /proc/PID/stat.
double cpu_seconds_of(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) give_up("no process " + std::to_string(pid));
  long user = 0;
  long system = 0;
  std::sscanf(text.c_str() + name_end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld",
              &user, &system);
  return static_cast<double>(user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

struct Exchange {
  std::size_t number = 0;
  std::int64_t sent_at = 0;
  std::string request, body, status;
  std::size_t sent = 0;
};

class Run;

struct Connection {
  Run* run = nullptr;
  int socket = -1;
  nghttp2_session* session = nullptr;
  std::map<std::int32_t, Exchange> exchanges;
};

class Run {
 public:
  Run(const Options& options) : options_(options), workload_(options) {
    poll_ = epoll_create1(0);
    connections_.resize(static_cast<std::size_t>(options.connections));
    for (Connection& connection : connections_) open(connection);
  }

  void go() {
    const double cpu_before = cpu_seconds_of(options_.pid);
    const std::int64_t started = now_ns();
    ends_ = started + static_cast<std::int64_t>(options_.seconds * 1e9);
    for (Connection& connection : connections_) {
      for (int i = 0; i < options_.streams; ++i) begin(connection);
      flush(connection);
    }
    while (under_way_ > 0) serve();
    const double seconds = static_cast<double>(now_ns() - started) / 1e9;
    print(seconds, cpu_seconds_of(options_.pid) - cpu_before);
  }

  // From nghttp2.
  void finished(Connection& connection, std::int32_t stream) {
    const auto found = connection.exchanges.find(stream);
    if (found == connection.exchanges.end()) return;
    const Exchange& exchange = found->second;
    if (exchange.status != "0") give_up("grpc-status " + exchange.status);
    workload_.check(exchange.number, exchange.body);
    took_us_.push_back(static_cast<std::uint32_t>((now_ns() - exchange.sent_at) / 1000));
    connection.exchanges.erase(found);
    --under_way_;
    if (now_ns() < ends_) begin(connection);
  }

 private:
  void open(Connection& connection);
  void begin(Connection& connection);
  static void flush(Connection& connection);
  void serve();
  void print(double seconds, double cpu);

  const Options& options_;
  Workload workload_;
  int poll_ = -1;
  std::vector<Connection> connections_;
  std::vector<std::uint32_t> took_us_;
  std::size_t next_ = 0;
  std::size_t under_way_ = 0;
  std::int64_t ends_ = 0;
  std::vector<char> buffer_ = std::vector<char>(256 * 1024);
};

Connection& of(void* user_data) { return *static_cast<Connection*>(user_data); }

int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
              std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
              std::uint8_t, void* user_data) {
  const std::string_view key(reinterpret_cast<const char*>(name), name_size);
  if (key != "grpc-status") return 0;
  of(user_data).exchanges[frame->hd.stream_id].status.assign(reinterpret_cast<const char*>(value),
                                                             value_size);
  return 0;
}

int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
            std::size_t size, void* user_data) {
  of(user_data).exchanges[stream].body.append(reinterpret_cast<const char*>(bytes), size);
  return 0;
}

int on_close(nghttp2_session*, std::int32_t stream, std::uint32_t, void* user_data) {
  of(user_data).run->finished(of(user_data), stream);
  return 0;
}

ssize_t read_body(nghttp2_session*, std::int32_t stream, std::uint8_t* to, std::size_t size,
                  std::uint32_t* flags, nghttp2_data_source*, void* user_data) {
  Exchange& exchange = of(user_data).exchanges[stream];
  const std::size_t count = std::min(size, exchange.request.size() - exchange.sent);
  std::memcpy(to, exchange.request.data() + exchange.sent, count);
  exchange.sent += count;
  if (exchange.sent == exchange.request.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(count);
}

void Run::open(Connection& connection) {
  connection.run = this;
  connection.socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(connection.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    give_up("no connection");
  }
  const int on = 1;
  setsockopt(connection.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  nghttp2_session_client_new(&connection.session, callbacks, &connection);
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry window{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1 << 20};
  nghttp2_submit_settings(connection.session, NGHTTP2_FLAG_NONE, &window, 1);
  nghttp2_session_set_local_window_size(connection.session, NGHTTP2_FLAG_NONE, 0, 1 << 24);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &connection;
  epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket, &event);
}

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

void Run::begin(Connection& connection) {
  const std::string bearer = "Bearer " + options_.token;
  const nghttp2_nv fields[] = {field(":method", "POST"),
                               field(":scheme", "http"),
                               field(":authority", options_.host),
                               field(":path", workload_.path()),
                               field("content-type", "application/grpc+proto"),
                               field("te", "trailers"),
                               field("grpc-timeout", "20000m"),
                               field("authorization", bearer)};
  nghttp2_data_provider body{};
  body.read_callback = read_body;
  const std::size_t number = next_++;
  const std::int32_t stream = nghttp2_submit_request(connection.session, nullptr, fields,
                                                     std::size(fields), &body, nullptr);
  if (stream < 0) give_up("no more streams");
  connection.exchanges[stream] = {.number = number,
                                  .sent_at = now_ns(),
                                  .request = workload_.request(number),
                                  .body = {},
                                  .status = {},
                                  .sent = 0};
  ++under_way_;
}

void Run::flush(Connection& connection) {
  const std::uint8_t* bytes = nullptr;
  for (;;) {
    ssize_t size = nghttp2_session_mem_send(connection.session, &bytes);
    if (size <= 0) return;
    while (size > 0) {
      const ssize_t sent =
          send(connection.socket, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
      if (sent <= 0) give_up("the server closed the connection");
      bytes += sent;
      size -= sent;
    }
  }
}

void Run::serve() {
  epoll_event events[64];
  const int count = epoll_wait(poll_, events, 64, 10'000);
  if (count == 0) give_up("no answer within 10 s");
  for (int i = 0; i < count; ++i) {
    Connection& connection = of(events[i].data.ptr);
    const ssize_t size = recv(connection.socket, buffer_.data(), buffer_.size(), 0);
    if (size <= 0) give_up("the server closed the connection");
    if (nghttp2_session_mem_recv(connection.session,
                                 reinterpret_cast<const std::uint8_t*>(buffer_.data()),
                                 static_cast<std::size_t>(size)) < 0) {
      give_up("an answer that is not HTTP/2");
    }
    flush(connection);
  }
}

void Run::print(double seconds, double cpu) {
  std::sort(took_us_.begin(), took_us_.end());
  const auto at = [this](double share) {
    return took_us_[static_cast<std::size_t>(share * static_cast<double>(took_us_.size() - 1))] /
           1000.0;
  };
  const auto calls = static_cast<double>(took_us_.size());
  std::printf(
      "{\"flows\": %zu, \"seconds\": %.3f, \"per_s\": %.1f, \"p50_ms\": %.3f, "
      "\"p99_ms\": %.3f, \"cpu_s\": %.2f, \"per_cpu_s\": %.1f}\n",
      took_us_.size(), seconds, calls / seconds, at(0.5), at(0.99), cpu, cpu > 0 ? calls / cpu : 0);
}

Options read_options(int count, char** arguments) {
  Options options;
  const std::map<std::string, int*> numbers = {{"--port", &options.port},
                                               {"--pid", &options.pid},
                                               {"--connections", &options.connections},
                                               {"--streams", &options.streams},
                                               {"--answers", &options.answers}};
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (!name.starts_with("--")) {
      options.method = name;
      continue;
    }
    if (++i == count) give_up("a value is missing after " + name);
    const std::string value = arguments[i];
    if (numbers.contains(name)) {
      *numbers.at(name) = number_of<int>(value);
    } else if (name == "--token") {
      options.token = value;
    } else if (name == "--host") {
      options.host = value;
    } else if (name == "--ids") {
      options.ids_file = value;
    } else if (name == "--seconds") {
      options.seconds = number_of<double>(value);
    } else {
      give_up("unknown option " + name);
    }
  }
  if (options.port == 0 || options.pid == 0) give_up("--port and --pid are needed");
  if (options.host.empty()) options.host = "localhost:" + std::to_string(options.port);
  return options;
}

}  // namespace
}  // namespace gatehouse::bench

int main(int count, char** arguments) {
  using namespace gatehouse::bench;
  const Options options = read_options(count, arguments);
  Run run(options);
  run.go();
  return 0;
}
