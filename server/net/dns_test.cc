// The resolver against a DNS server of the test's own, on a free UDP port of the loopback address:
// what it answers is put together here, byte by byte.

#include "server/net/dns.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

namespace gatehouse::net {
namespace {

using Bytes = std::string;

Bytes number(int value) {
  return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}

Bytes name_bytes(std::string_view name) {
  Bytes out;
  while (!name.empty()) {
    const auto dot = std::min(name.find('.'), name.size());
    out.push_back(static_cast<char>(dot));
    out.append(name.substr(0, dot));
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  return out.append(1, '\0');
}

constexpr int type_a = 1, type_cname = 5, type_txt = 16;
constexpr int flags_answer = 0x8180,
              flag_cut_off = 0x0200;  // and 3 in the last digit: no such name

Bytes record(std::string_view owner, int type, const Bytes& data) {
  return name_bytes(owner) + number(type) + number(1) + number(0) + number(60) +
         number(static_cast<int>(data.size())) + data;
}

Bytes txt_data(std::initializer_list<std::string_view> pieces) {
  Bytes out;
  for (const std::string_view piece : pieces) {
    out.push_back(static_cast<char>(piece.size()));
    out.append(piece);
  }
  return out;
}

struct Reply {
  int flags = flags_answer;
  std::vector<Bytes> answers = {};
  enum class Manner { normal, silent, wrong_id, garbage } manner = Manner::normal;
};

// Answers every question in the same manner, and keeps the names that it was asked for.
class DnsServerOfTest {
 public:
  explicit DnsServerOfTest(Reply reply) : reply_(std::move(reply)) {
    socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t size = sizeof address;
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~DnsServerOfTest() {
    stopping_ = true;
    thread_.join();
    close(socket_);
  }
  DnsServerOfTest(const DnsServerOfTest&) = delete;
  DnsServerOfTest& operator=(const DnsServerOfTest&) = delete;

  [[nodiscard]] DnsSettings settings() const {
    return {.servers = {{"127.0.0.1", port_}}, .patience = seconds(1), .rounds = 1};
  }
  [[nodiscard]] int questions() const { return questions_; }

 private:
  void serve() {
    while (!stopping_) {
      pollfd waiting{socket_, POLLIN, 0};
      if (poll(&waiting, 1, 20) <= 0) continue;
      char bytes[2048];
      sockaddr_in from{};
      socklen_t from_size = sizeof from;
      const auto got =
          recvfrom(socket_, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &from_size);
      if (got < 12) continue;
      ++questions_;
      const Bytes answer = answer_to({bytes, static_cast<std::size_t>(got)});
      if (answer.empty()) continue;
      sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from),
             from_size);
    }
  }
  Bytes answer_to(const Bytes& asked) {
    using Manner = Reply::Manner;
    if (reply_.manner == Manner::silent) return {};
    const auto question_end = asked.find('\0', 12) + 5;
    Bytes id = asked.substr(0, 2);
    if (reply_.manner == Manner::wrong_id) id[0] = static_cast<char>(id[0] + 1);
    Bytes out = id + number(reply_.flags) + number(1) +
                number(static_cast<int>(reply_.answers.size())) + number(0) + number(0) +
                asked.substr(12, question_end - 12);
    for (const Bytes& answer : reply_.answers) out += answer;
    if (reply_.manner == Manner::garbage) out.resize(out.size() - 3);
    return out;
  }

  const Reply reply_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> questions_{0};
  std::thread thread_;
};

constexpr std::string_view asked = "gatehouse-domain-verification.acme.test";
using Texts = std::vector<std::string>;

Result<Texts, Error> ask(const Reply& reply, std::string_view name = asked) {
  const DnsServerOfTest server(reply);
  return make_dns_resolver(server.settings())->txt(std::string(name));
}

Texts texts(std::vector<Bytes> answers) {
  auto found = ask({.answers = std::move(answers)});
  REQUIRE(found.ok());
  return std::move(found).value();
}

ErrorCode failure(const Reply& reply) {
  const auto found = ask(reply);
  REQUIRE_FALSE(found.ok());
  return found.error().code;
}

}  // namespace

TEST_CASE("dns: a TXT record is read, in one piece however it was cut") {
  CHECK(texts({record(asked, type_txt, txt_data({"c2VjcmV0"}))}) == Texts{"c2VjcmV0"});
  CHECK(texts({record(asked, type_txt, txt_data({"c2Vj", "", "cmV0"}))}) == Texts{"c2VjcmV0"});
  CHECK(texts({record(asked, type_txt, txt_data({}))}) == Texts{""});
  const std::string long_piece(255, 'x');
  CHECK(texts({record(asked, type_txt, txt_data({long_piece, "y"}))}) == Texts{long_piece + "y"});
}

TEST_CASE("dns: of several records all count, whatever the case of their name") {
  CHECK(texts({record(asked, type_txt, txt_data({"v=spf1 -all"})),
               record("Gatehouse-Domain-Verification.ACME.test", type_txt,
                      txt_data({"c2VjcmV0"}))}) == Texts{"v=spf1 -all", "c2VjcmV0"});
}

TEST_CASE("dns: an alias is followed within the answer, and only to where it leads") {
  const Bytes alias = record(asked, type_cname, name_bytes("proof.host.test"));
  const Bytes proof = record("proof.host.test", type_txt, txt_data({"c2VjcmV0"}));
  CHECK(texts({alias, proof}) == Texts{"c2VjcmV0"});
  CHECK(texts({proof, alias}) == Texts{"c2VjcmV0"});
  CHECK(texts({alias}).empty());
  // A record of another name proves nothing, whether it stands beside an alias or alone.
  CHECK(texts({record("evil.test", type_txt, txt_data({"c2VjcmV0"}))}).empty());
  CHECK(texts({alias, record(asked, type_txt, txt_data({"c2VjcmV0"}))}).empty());
  // In a circle.
  CHECK(texts({alias, record("proof.host.test", type_cname, name_bytes(asked)), proof}).empty());
}

TEST_CASE("dns: what is not there is an answer, and no error") {
  const auto no_name = ask({.flags = flags_answer | 3});
  REQUIRE(no_name.ok());
  CHECK(no_name.value().empty());
  CHECK(texts({}).empty());
  CHECK(texts({record(asked, type_a, Bytes("\x7f\0\0\1", 4))}).empty());
}

TEST_CASE("dns: a resolver that fails, is silent or cannot be believed says nothing") {
  const std::vector<Bytes> good = {record(asked, type_txt, txt_data({"c2VjcmV0"}))};
  CHECK(ask({.answers = good}).ok());
  const auto unavailable = ErrorCode::unavailable;
  CHECK(failure({.flags = flags_answer | 2, .answers = good}) == unavailable);  // SERVFAIL
  CHECK(failure({.flags = flags_answer | 5}) == unavailable);                   // REFUSED
  CHECK(failure({.flags = flags_answer | flag_cut_off, .answers = good}) == unavailable);
  CHECK(failure({.answers = good, .manner = Reply::Manner::silent}) == unavailable);
  CHECK(failure({.answers = good, .manner = Reply::Manner::wrong_id}) == unavailable);
  CHECK(failure({.answers = good, .manner = Reply::Manner::garbage}) == unavailable);
  // A string that is longer than its record.
  CHECK(failure({.answers = {record(asked, type_txt, Bytes("\x09secret"))}}) == unavailable);
}

TEST_CASE("dns: a silent resolver costs no more than its patience, and the next one is asked") {
  const DnsServerOfTest silent({.manner = Reply::Manner::silent});
  const DnsServerOfTest good({.answers = {record(asked, type_txt, txt_data({"c2VjcmV0"}))}});
  DnsSettings settings = silent.settings();
  settings.servers.push_back(good.settings().servers.front());
  const auto began = std::chrono::steady_clock::now();
  const auto found = make_dns_resolver(settings)->txt(std::string(asked));
  REQUIRE(found.ok());
  CHECK(found.value() == Texts{"c2VjcmV0"});
  CHECK(silent.questions() == 1);
  CHECK(std::chrono::steady_clock::now() - began < seconds(4));
}

TEST_CASE("dns: what cannot be a name is not asked for") {
  const DnsServerOfTest server({});
  const auto resolver = make_dns_resolver(server.settings());
  for (const std::string& name :
       {std::string(), std::string(254, 'a'), std::string("a\0b.test", 8)}) {
    const auto found = resolver->txt(name);
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().code == ErrorCode::invalid_argument);
  }
  CHECK(server.questions() == 0);
}

}  // namespace gatehouse::net
