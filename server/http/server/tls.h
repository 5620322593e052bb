// TLS as a machine between two streams of bytes: what comes off the wire goes in, plain bytes come
// out, and the other way round. No sockets here; OpenSSL works on memory.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/http/server/output.h"

struct ssl_st;
struct ssl_ctx_st;
struct x509_st;

namespace gatehouse::http::server {

// Certificate, key and rules, shared by all connections: TLS 1.2 and 1.3, ALPN h2 and http/1.1.
class TlsContext {
 public:
  struct Files {
    std::string certificate_path;  // PEM, the leaf first
    std::string key_path;
    // For clients that name no host [RFC 6066 §3], who came by an address; with the same key.
    // Empty: they get the other one.
    std::string addressed_certificate_path = {};
  };
  static Result<std::unique_ptr<TlsContext>, Error> load(const Files& files);
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] ssl_ctx_st* get() const { return context_; }

 private:
  Result<Unit, Error> load_addressed(const std::string& path);

  ssl_ctx_st* context_;
  x509_st* addressed_ = nullptr;
};

class TlsSession {
 public:
  explicit TlsSession(const TlsContext& context);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  enum class State { handshaking, open, closed_by_peer, failed };
  // Takes bytes off the wire; appends what they decrypt to.
  State feed(std::string_view wire, std::string& plain);
  // Encrypts from `plain` into `wire` while there is something to send and `wire` is not long.
  void encrypt(Output& plain, Output& wire);
  // Says goodbye: no more is sent after this.
  void close(Output& wire);

  [[nodiscard]] State state() const { return state_; }
  // Known once the state is open.
  [[nodiscard]] bool chose_http2() const;
  // Moves what the handshake has to say to `wire`.
  void collect(Output& wire);

 private:
  ssl_st* session_;
  State state_ = State::handshaking;
};

}  // namespace gatehouse::http::server
