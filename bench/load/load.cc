// Sends the steps of a plan over keep-alive connections, each connection one request at a time,
// from one thread, and holds every answer against the plan: the first wrong one ends the run with
// status 1. Prints one line of JSON; the processor time is that of the server's process, from
// /proc.
//
//   load PLAN --port N --host NAME[:PORT] [--pid PID] [--connections 32] [--seconds 5]
//        [--value NAME=TEXT]… [--values FILE] [--values-out FILE] [--idle sleep]
//
// It does not sleep while it waits for answers, unless told to: where others need its core. Line i
// of the values files holds values of connection i, as `name=text` separated by tabs.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "bench/load/plan.h"

namespace gatehouse::bench {
namespace {

constexpr std::int64_t patience_ns = 10'000'000'000;

struct Options {
  std::string plan;
  std::string host;
  int port = 0;
  int pid = 0;
  int connections = 32;
  double seconds = 5;
  Values values;
  std::string values_file;
  std::string values_out;
  int wait_ms = 0;  // for an answer, asleep
};

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

// Where an answer in `bytes` ends; 0 while it is incomplete.
struct Framing {
  std::size_t size = 0;
  int status = 0;
};
Framing frame(std::string_view bytes) {
  const std::size_t head = bytes.find("\r\n\r\n");
  if (head == std::string_view::npos) return {};
  Framing found{head + 4, 0};
  if (!bytes.starts_with("HTTP/1.1 ")) give_up("an answer that is not HTTP/1.1");
  std::from_chars(bytes.data() + 9, bytes.data() + 12, found.status);
  constexpr std::string_view length_name = "\ncontent-length:";
  for (std::size_t at = bytes.find('\n'); at < head; at = bytes.find('\n', at + 1)) {
    const std::string_view line = bytes.substr(at, length_name.size());
    const auto equal = [](char a, char b) { return (a | 0x20) == b || a == b; };
    if (!std::equal(line.begin(), line.end(), length_name.begin(), length_name.end(), equal)) {
      continue;
    }
    std::size_t begin = at + length_name.size();
    while (bytes[begin] == ' ') ++begin;
    std::size_t length = 0;
    std::from_chars(bytes.data() + begin, bytes.data() + head, length);
    found.size += length;
    if (bytes.size() < found.size) return {};
    return found;
  }
  if (found.status != 204 && found.status != 304) give_up("an answer without Content-Length");
  return found;
}

struct Connection {
  int socket = -1;
  Values values;
  std::size_t step = 0;
  std::int64_t sent_at = 0;
  std::string received;
};

class Run {
 public:
  Run(const Options& options, Plan plan) : options_(options), plan_(std::move(plan)) {
    poll_ = epoll_create1(0);
    connections_.resize(static_cast<std::size_t>(options.connections));
    read_values();
    for (std::size_t i = 0; i < connections_.size(); ++i) connect(i);
    // A plan that never changes is written down once.
    if (plan_.size() == 1 && plan_[0].taken.empty()) {
      for (const Connection& c : connections_) fixed_.push_back(make_request(plan_[0], c.values));
    }
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() {
    for (const Connection& connection : connections_) close(connection.socket);
    close(poll_);
  }

  void go() {
    const double cpu_before = options_.pid == 0 ? 0 : cpu_seconds_of(options_.pid);
    started_ = now_ns();
    ends_ = started_ + static_cast<std::int64_t>(options_.seconds * 1e9);
    for (std::size_t i = 0; i < connections_.size(); ++i) send_next(i);
    while (under_way_ > 0) serve_events();
    const double seconds = static_cast<double>(now_ns() - started_) / 1e9;
    const double cpu = options_.pid == 0 ? 0 : cpu_seconds_of(options_.pid) - cpu_before;
    print(seconds, cpu);
    write_values();
  }

 private:
  void connect(std::size_t index) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(options_.port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      give_up("cannot connect to port " + std::to_string(options_.port));
    }
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event);
    connections_[index].socket = socket;
  }

  void send_next(std::size_t index) {
    Connection& connection = connections_[index];
    const std::int64_t now = now_ns();
    // A flow that has begun is brought to its end, so that everything sent is counted.
    if (now >= ends_ && connection.step == 0) return;
    std::string made;
    if (fixed_.empty()) made = make_request(plan_[connection.step], connection.values);
    const std::string& request = fixed_.empty() ? made : fixed_[index];
    connection.sent_at = now;
    ++under_way_;
    if (::send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      give_up("cannot send: " + std::string(std::strerror(errno)));
    }
  }

  // Sleeps only where it was told to: waking us up, from another core, is charged to the server.
  void serve_events() {
    epoll_event events[64];
    const std::int64_t patience_ends = now_ns() + patience_ns;
    int count = 0;
    while (count == 0) {
      count = epoll_wait(poll_, events, 64, options_.wait_ms);
      if (count < 0 || now_ns() > patience_ends) give_up("no answer within 10 s");
    }
    for (int i = 0; i < count; ++i) read(events[i].data.u64);
  }

  void read(std::size_t index) {
    Connection& connection = connections_[index];
    const ssize_t count = recv(connection.socket, buffer_, sizeof buffer_, 0);
    if (count <= 0) give_up("the server closed a connection");
    std::string_view bytes(buffer_, static_cast<std::size_t>(count));
    if (!connection.received.empty()) {
      connection.received.append(bytes);
      bytes = connection.received;
    }
    const Framing found = frame(bytes);
    if (found.size == 0) {
      if (connection.received.empty()) connection.received.assign(bytes);
      return;
    }
    if (found.size != bytes.size()) give_up("bytes after the end of an answer");
    finish(connection, found.status, bytes);
    connection.received.clear();
    send_next(index);
  }

  void finish(Connection& connection, int status, std::string_view answer) {
    --under_way_;
    const auto took = static_cast<std::uint32_t>((now_ns() - connection.sent_at) / 1000);
    took_us_.push_back(took);
    const Step& step = plan_[connection.step];
    if (const auto wrong = check_answer(step, status, answer, connection.values)) {
      give_up("step " + std::to_string(connection.step + 1) + " of " + options_.plan + ", answer " +
              std::to_string(took_us_.size()) + ": " + *wrong + "\n" +
              std::string(answer.substr(0, 1500)));
    }
    connection.step = (connection.step + 1) % plan_.size();
    if (connection.step == 0) ++flows_;
  }

  double percentile_ms(double share) {
    if (took_us_.empty()) return 0;
    const auto at = static_cast<std::size_t>(share * static_cast<double>(took_us_.size() - 1));
    const auto place = took_us_.begin() + static_cast<std::ptrdiff_t>(at);
    std::nth_element(took_us_.begin(), place, took_us_.end());
    return *place / 1000.0;
  }

  void print(double seconds, double cpu) {
    const auto flows = static_cast<double>(flows_);
    std::printf(
        "{\"flows\": %zu, \"requests\": %zu, \"seconds\": %.3f, \"per_s\": %.1f, "
        "\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"cpu_s\": %.2f, \"per_cpu_s\": %.1f}\n",
        flows_, took_us_.size(), seconds, flows / seconds, percentile_ms(0.5), percentile_ms(0.99),
        cpu, cpu > 0 ? flows / cpu : 0);
  }

  void read_values() {
    std::ifstream file(options_.values_file);
    for (Connection& connection : connections_) {
      connection.values = options_.values;
      std::string line;
      if (options_.values_file.empty()) continue;
      if (!std::getline(file, line)) give_up("too few lines in " + options_.values_file);
      std::string_view rest = line;
      while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('\t'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size() - 1);
        connection.values[std::string(pair.substr(0, equals))] = pair.substr(equals + 1);
      }
    }
  }

  void write_values() {
    if (options_.values_out.empty()) return;
    std::ofstream file(options_.values_out);
    for (const Connection& connection : connections_) {
      for (const auto& [name, value] : connection.values) file << name << '=' << value << '\t';
      file << '\n';
    }
  }

  const Options& options_;
  const Plan plan_;
  int poll_ = -1;
  std::vector<Connection> connections_;
  std::vector<std::string> fixed_;  // by connection
  std::vector<std::uint32_t> took_us_;
  std::size_t flows_ = 0;
  std::size_t under_way_ = 0;
  std::int64_t started_ = 0;
  std::int64_t ends_ = 0;
  char buffer_[64 * 1024];
};

template <class Number>
Number number_of(const std::string& text) {
  Number number{};
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (status != std::errc{} || end != text.data() + text.size()) give_up("no number: " + text);
  return number;
}

void set_option(Options& options, std::string_view name, const std::string& value) {
  if (name == "--host") {
    options.host = value;
  } else if (name == "--port") {
    options.port = number_of<int>(value);
  } else if (name == "--pid") {
    options.pid = number_of<int>(value);
  } else if (name == "--connections") {
    options.connections = number_of<int>(value);
  } else if (name == "--seconds") {
    options.seconds = number_of<double>(value);
  } else if (name == "--values") {
    options.values_file = value;
  } else if (name == "--values-out") {
    options.values_out = value;
  } else if (name == "--idle" && value == "sleep") {
    options.wait_ms = 1000;
  } else if (name == "--value" && value.find('=') != std::string::npos) {
    options.values[value.substr(0, value.find('='))] = value.substr(value.find('=') + 1);
  } else {
    give_up("unknown option " + std::string(name));
  }
}

Options read_options(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    if (!name.starts_with("--")) {
      options.plan = name;
    } else if (i + 1 == count) {
      give_up("a value is missing after " + std::string(name));
    } else {
      set_option(options, name, arguments[++i]);
    }
  }
  if (options.plan.empty() || options.port == 0 || options.connections < 1) {
    give_up("a plan, --port and --connections are needed");
  }
  if (options.host.empty()) options.host = "localhost:" + std::to_string(options.port);
  return options;
}

}  // namespace
}  // namespace gatehouse::bench

int main(int count, char** arguments) {
  using namespace gatehouse::bench;
  const Options options = read_options(count, arguments);
  Run run(options, read_plan(options.plan, options.host));
  run.go();
  return 0;
}
