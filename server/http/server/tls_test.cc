#include "server/http/server/tls.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>

#include "server/http/server/http2_client.h"
#include "server/http/server/server.h"

using namespace gatehouse;
using namespace gatehouse::http;
using namespace gatehouse::http::server;

namespace {

// A folder with a fresh self-signed certificate and its key.
class Certificate {
 public:
  Certificate() {
    std::string name = (std::filesystem::temp_directory_path() / "gatehouse-tls-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    REQUIRE(X509_sign(certificate, key, EVP_sha256()) > 0);
    FILE* file = ::fopen(certificate_path().c_str(), "w");
    PEM_write_X509(file, certificate);
    ::fclose(file);
    file = ::fopen(key_path().c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    ::fclose(file);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ~Certificate() { std::filesystem::remove_all(folder_); }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  [[nodiscard]] std::string certificate_path() const { return (folder_ / "cert.pem").string(); }
  [[nodiscard]] std::string key_path() const { return (folder_ / "key.pem").string(); }

 private:
  std::filesystem::path folder_;
};

class SilentLog final : public Log {
 public:
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

class EchoApplication final : public Application {
 public:
  Plan plan(const Request&) override {
    Plan plan;
    plan.body_bytes_max = 100'000;
    return plan;
  }
  Response handle(Request request, const Plan&) override {
    const std::string scheme = request.scheme == Scheme::https ? "https" : "http";
    Response response = plain_text(200, scheme + request.path + request.body);
    if (request.path == "/large") response.body.assign(2'000'000, 'x');
    return response;
  }
  void refused(int, const char*, const std::string&) override {}
};

struct Running {
  Certificate certificate;
  EchoApplication application;
  SilentLog log;
  std::unique_ptr<Server> server;

  Running() {
    Settings settings;
    settings.tls_certificate_path = certificate.certificate_path();
    settings.tls_key_path = certificate.key_path();
    auto started = Server::start(application, log, settings);
    REQUIRE(started.ok());
    server = std::move(started).value();
  }
};

// OpenSSL's client writes to closed sockets with a signal. It is held back here, on this thread
// only, so that the server's threads would still die of one of their own.
class PipeSignalsHeld {
 public:
  PipeSignalsHeld() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~PipeSignalsHeld() {
    const timespec at_once{};
    while (sigtimedwait(&pipe_, nullptr, &at_once) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  PipeSignalsHeld(const PipeSignalsHeld&) = delete;
  PipeSignalsHeld& operator=(const PipeSignalsHeld&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

class TlsClient {
 public:
  // `protocols` as ALPN writes them; empty: none offered.
  TlsClient(const Server& server, std::string_view protocols, int version_max = TLS1_3_VERSION)
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)), context_(SSL_CTX_new(TLS_client_method())) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    SSL_CTX_set_max_proto_version(context_, version_max);
    session_ = SSL_new(context_);
    if (!protocols.empty()) {
      SSL_set_alpn_protos(session_, reinterpret_cast<const unsigned char*>(protocols.data()),
                          static_cast<unsigned>(protocols.size()));
    }
    SSL_set_fd(session_, socket_);
  }
  ~TlsClient() {
    SSL_free(session_);
    SSL_CTX_free(context_);
    ::close(socket_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  enum class Outcome { done, refused };
  Outcome shake_hands() { return SSL_connect(session_) == 1 ? Outcome::done : Outcome::refused; }
  [[nodiscard]] std::string chosen() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(session_, &name, &size);
    return {reinterpret_cast<const char*>(name), size};
  }
  void send(std::string_view bytes) {
    if (!bytes.empty()) SSL_write(session_, bytes.data(), static_cast<int>(bytes.size()));
  }
  std::string receive() {
    std::string bytes(64 * 1024, '\0');
    const int count = SSL_read(session_, bytes.data(), static_cast<int>(bytes.size()));
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }
  std::string receive_all() {
    std::string all;
    for (std::string part = receive(); !part.empty(); part = receive()) all += part;
    return all;
  }
  [[nodiscard]] bool ended_properly() const {
    return (SSL_get_shutdown(session_) & SSL_RECEIVED_SHUTDOWN) != 0;
  }
  void send_in_clear(std::string_view bytes) {
    CHECK(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0);
  }

 private:
  PipeSignalsHeld signals_;
  int socket_;
  SSL_CTX* context_;
  SSL* session_;
};

constexpr std::string_view both = "\x02h2\x08http/1.1";
constexpr std::string_view only_http1 = "\x08http/1.1";
constexpr std::string_view foreign = "\x04spdy";
const std::string get = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

}  // namespace

TEST_CASE("TLS: HTTP/2 is chosen by ALPN before HTTP/1.1") {
  const Running running;
  TlsClient client(*running.server, both);
  REQUIRE(client.shake_hands() == TlsClient::Outcome::done);
  CHECK(client.chosen() == "h2");
  Http2Client http2;
  const auto id = http2.request("POST", "/x", {}, std::string(50'000, 'b'));
  const auto large = http2.request("GET", "/large");
  client.send(http2.take_output());
  while (!http2.answers[id].is_closed || !http2.answers[large].is_closed) {
    const std::string part = client.receive();
    REQUIRE(!part.empty());
    http2.feed(part);
    client.send(http2.take_output());
  }
  CHECK(http2.answers[id].body == "https/x" + std::string(50'000, 'b'));
  CHECK(http2.answers[large].body.size() == 2'000'000);
}

TEST_CASE("TLS: HTTP/1.1 is spoken by choice and without ALPN") {
  const Running running;
  for (const std::string_view protocols : {only_http1, std::string_view{}}) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      TlsClient client(*running.server, protocols, version);
      REQUIRE(client.shake_hands() == TlsClient::Outcome::done);
      client.send(get);
      CHECK(client.receive_all().ends_with("https/x"));
      CHECK(client.ended_properly());
    }
  }
}

TEST_CASE("TLS: clients with foreign protocols, old versions or none at all are refused") {
  const Running running;
  TlsClient stranger(*running.server, foreign);
  CHECK(stranger.shake_hands() == TlsClient::Outcome::refused);
  TlsClient old(*running.server, both, TLS1_1_VERSION);
  CHECK(old.shake_hands() == TlsClient::Outcome::refused);
  TlsClient clear(*running.server, both);
  clear.send_in_clear(get);
  CHECK(clear.shake_hands() == TlsClient::Outcome::refused);
}

TEST_CASE("TLS: a key that does not belong to the certificate is named") {
  const Certificate one;
  const Certificate other;
  const auto loaded = TlsContext::load({one.certificate_path(), other.key_path()});
  REQUIRE(!loaded.ok());
  CHECK(loaded.error().code == ErrorCode::invalid_argument);
  CHECK(loaded.error().detail.find(other.key_path()) != std::string::npos);
  CHECK(TlsContext::load({one.certificate_path(), one.key_path()}).ok());
}

TEST_CASE("TLS: a certificate for clients that name no host must have the same key") {
  const Certificate one;
  const Certificate other;
  const auto load = [&](const std::string& addressed) {
    return TlsContext::load({one.certificate_path(), one.key_path(), addressed});
  };
  CHECK(load(one.certificate_path()).ok());
  for (const std::string& wrong :
       {other.certificate_path(), one.key_path(), std::string("/none")}) {
    const auto loaded = load(wrong);
    REQUIRE(!loaded.ok());
    CHECK(loaded.error().code == ErrorCode::invalid_argument);
    CHECK(loaded.error().detail.find(wrong) != std::string::npos);
  }
}

TEST_CASE("TLS: bytes that are no TLS fail the session and nothing else") {
  const Certificate certificate;
  const auto context = TlsContext::load({certificate.certificate_path(), certificate.key_path()});
  REQUIRE(context.ok());
  TlsSession session(*context.value());
  std::string plain;
  CHECK(session.feed(get, plain) == TlsSession::State::failed);
  CHECK(plain.empty());
  CHECK(session.feed("more", plain) == TlsSession::State::failed);
}
