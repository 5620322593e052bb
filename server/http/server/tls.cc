#include "server/http/server/tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>

#include "server/core/ensure.h"

namespace gatehouse::http::server {
namespace {

constexpr std::size_t wire_bytes_max = 64 * 1024;  // encrypted ahead of the socket

// Our protocols in order of preference, as ALPN writes them [RFC 7301 §3.1].
constexpr std::array<unsigned char, 12> protocols = {2,   'h', '2', 8,   'h', 't',
                                                     't', 'p', '/', '1', '.', '1'};

int select_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  // The library's signature lacks a const; the result points into one of the two lists.
  unsigned char* out = nullptr;
  const int outcome = SSL_select_next_proto(&out, chosen_size, protocols.data(), protocols.size(),
                                            offered, offered_size);
  *chosen = out;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// For each handshake: the certificate of whoever names no host.
int choose_certificate(SSL* session, void* addressed) {
  if (SSL_get_servername(session, TLSEXT_NAMETYPE_host_name) != nullptr) return 1;
  return SSL_use_certificate(session, static_cast<X509*>(addressed));
}

std::string last_reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason ? reason : "unknown reason";
}

bool configure(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_NO_COMPRESSION | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
  // Forward secrecy and AEAD only, which is also what HTTP/2 asks for [RFC 9113 §9.2.2].
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1;
}

}  // namespace

Result<std::unique_ptr<TlsContext>, Error> TlsContext::load(const Files& files) {
  SSL_CTX* raw = SSL_CTX_new(TLS_server_method());
  if (!raw) return Error(ErrorCode::internal, "TLS is not available: " + last_reason());
  auto context = std::make_unique<TlsContext>(raw);
  if (!configure(raw)) return Error(ErrorCode::internal, "TLS settings: " + last_reason());
  if (SSL_CTX_use_certificate_chain_file(raw, files.certificate_path.c_str()) != 1) {
    return Error(ErrorCode::invalid_argument,
                 "TLS certificate " + files.certificate_path + ": " + last_reason());
  }
  if (SSL_CTX_use_PrivateKey_file(raw, files.key_path.c_str(), SSL_FILETYPE_PEM) != 1) {
    return Error(ErrorCode::invalid_argument, "TLS key " + files.key_path + ": " + last_reason());
  }
  if (SSL_CTX_check_private_key(raw) != 1) {
    return Error(ErrorCode::invalid_argument,
                 "TLS key " + files.key_path + " does not belong to the certificate");
  }
  if (!files.addressed_certificate_path.empty()) {
    TRY(context->load_addressed(files.addressed_certificate_path));
  }
  return context;
}

Result<Unit, Error> TlsContext::load_addressed(const std::string& path) {
  BIO* file = BIO_new_file(path.c_str(), "r");
  addressed_ = file ? PEM_read_bio_X509(file, nullptr, nullptr, nullptr) : nullptr;
  BIO_free(file);
  if (!addressed_ || X509_check_private_key(addressed_, SSL_CTX_get0_privatekey(context_)) != 1) {
    return Error(ErrorCode::invalid_argument, "TLS certificate " + path + ": " + last_reason());
  }
  SSL_CTX_set_cert_cb(context_, choose_certificate, addressed_);
  return Unit{};
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
  X509_free(addressed_);
}

TlsSession::TlsSession(const TlsContext& context) : session_(SSL_new(context.get())) {
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  ENSURE(session_ && in && out);
  SSL_set_bio(session_, in, out);
  SSL_set_accept_state(session_);
}

TlsSession::~TlsSession() { SSL_free(session_); }

TlsSession::State TlsSession::feed(std::string_view wire, std::string& plain) {
  if (state_ == State::failed || state_ == State::closed_by_peer) return state_;
  ERR_clear_error();
  const int size = static_cast<int>(wire.size());
  if (BIO_write(SSL_get_rbio(session_), wire.data(), size) != size) return state_ = State::failed;
  std::array<char, 16 * 1024> space;
  for (;;) {
    const int count = SSL_read(session_, space.data(), static_cast<int>(space.size()));
    if (SSL_is_init_finished(session_) == 1) state_ = State::open;
    if (count > 0) {
      plain.append(space.data(), static_cast<std::size_t>(count));
      continue;
    }
    const int error = SSL_get_error(session_, count);
    if (error == SSL_ERROR_ZERO_RETURN) state_ = State::closed_by_peer;
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE &&
        error != SSL_ERROR_ZERO_RETURN) {
      state_ = State::failed;
    }
    ERR_clear_error();
    return state_;
  }
}

void TlsSession::encrypt(Output& plain, Output& wire) {
  while (state_ != State::handshaking && plain.pending() > 0 && wire.pending() < wire_bytes_max) {
    std::array<iovec, 1> piece;
    if (plain.gather(piece) == 0) break;
    const std::size_t size = std::min(piece[0].iov_len, wire_bytes_max);
    ERR_clear_error();
    const int count = SSL_write(session_, piece[0].iov_base, static_cast<int>(size));
    if (count <= 0) {
      state_ = State::failed;
      ERR_clear_error();
      break;
    }
    plain.consume(static_cast<std::size_t>(count));
    collect(wire);
  }
  collect(wire);
}

void TlsSession::collect(Output& wire) {
  BIO* out = SSL_get_wbio(session_);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  if (size <= 0) return;
  wire.append({bytes, static_cast<std::size_t>(size)});
  (void)BIO_reset(out);
}

void TlsSession::close(Output& wire) {
  if (state_ == State::open || state_ == State::closed_by_peer) {
    ERR_clear_error();
    (void)SSL_shutdown(session_);  // we do not wait for the other half
    ERR_clear_error();
  }
  collect(wire);
}

bool TlsSession::chose_http2() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(session_, &name, &size);
  return std::string_view(reinterpret_cast<const char*>(name), size) == "h2";
}

}  // namespace gatehouse::http::server
