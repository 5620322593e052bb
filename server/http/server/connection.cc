#include "server/http/server/connection.h"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <cerrno>

#include "server/core/limits.h"
#include "server/http/server/http1.h"
#include "server/http/server/http2.h"
#include "server/http/server/io_thread.h"

namespace gatehouse::http::server {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// What a client with prior knowledge of HTTP/2 begins with [RFC 9113 §3.4].
constexpr std::string_view http2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr std::size_t pieces_per_write = 16;

std::string textual_address(const tcp::socket& socket) {
  error_code error;
  boost::asio::ip::address address = socket.remote_endpoint(error).address();
  if (error) return {};
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

}  // namespace

Response handle_safely(Application& application, Request request, const Plan& plan) {
  try {
    Response response = application.handle(std::move(request), plan);
    if (response.status >= 200 && response.status <= 599) return response;
  } catch (...) {
    // The application promises not to throw; should it, the caller still gets an answer.
  }
  application.refused(500, "handler failed", {});
  return plain_text(500, reason_phrase(500));
}

Connection::Connection(const ConnectionParts& parts, ConnectionId id, tcp::socket socket)
    : parts_(parts), id_(id), socket_(std::move(socket)) {}

void Connection::start(Deadline now) {
  opened_at_ = active_at_ = now;
  peer_address_ = textual_address(socket_);
  error_code error;
  socket_.non_blocking(true, error);
  if (!error) socket_.set_option(tcp::no_delay(true), error);
  if (error || peer_address_.empty()) return close();
  if (parts_.tls) tls_ = std::make_unique<TlsSession>(*parts_.tls);
  read();
}

std::optional<Response> Connection::start(StreamId stream, Request request, const Plan& plan) {
  if (plan.run == Run::inline_) return handle_safely(parts_.application, std::move(request), plan);
  WorkerPool& pool = plan.run == Run::hash ? parts_.hash_workers : parts_.workers;
  Job job{parts_.thread_index, id_, stream, std::move(request), plan};
  job.plan.queued_at = std::chrono::steady_clock::now();
  if (pool.submit(job) == WorkerPool::Submitted::queued) return std::nullopt;
  refused(503, "worker queue full");
  Response response = plain_text(503, reason_phrase(503));
  response.headers.set("Retry-After", "1");
  return response;
}

void Connection::refused(int status, const char* reason) {
  parts_.application.refused(status, reason, peer_address_);
}

void Connection::read() {
  if (is_reading_ || is_closed_ || is_input_ended_) return;
  is_reading_ = true;
  socket_.async_read_some(boost::asio::buffer(input_),
                          [this](const error_code& error, std::size_t count) {
                            parts_.thread.enter(*this, [&](Deadline now) {
                              is_reading_ = false;
                              if (is_closed_) return;
                              if (error == boost::asio::error::operation_aborted) return close();
                              if (error == boost::asio::error::eof) return on_input_ended(now);
                              if (error) return close();
                              on_read(count, now);
                            });
                          });
}

void Connection::on_read(std::size_t count, Deadline now) {
  active_at_ = now;
  if (began_at_ == Deadline{}) began_at_ = now;
  take_wire_bytes({input_.data(), count}, now);
  if (count == input_.size()) read_on(now);
  settle(now);
}

// The small buffer was full, so there is probably more: take it in larger pieces.
void Connection::read_on(Deadline now) {
  const std::span<char> scratch = parts_.thread.scratch();
  while (!is_closed_ && !is_input_ended_ && protocol_ && protocol_->wants_input()) {
    const ssize_t count = ::recv(socket_.native_handle(), scratch.data(), scratch.size(), 0);
    if (count <= 0) return;  // an end or an error is met again by the next read
    take_wire_bytes({scratch.data(), static_cast<std::size_t>(count)}, now);
    if (static_cast<std::size_t>(count) < scratch.size()) return;
  }
}

void Connection::on_input_ended(Deadline now) {
  is_input_ended_ = true;
  if (!protocol_ || is_lingering_) return close();
  protocol_->end_of_input();
  settle(now);
}

void Connection::take_wire_bytes(std::string_view bytes, Deadline now) {
  if (is_lingering_) return;
  if (!tls_) return take_plain_bytes(bytes, now);
  const bool was_shaking_hands = tls_->state() == TlsSession::State::handshaking;
  std::string plain;
  const TlsSession::State state = tls_->feed(bytes, plain);
  tls_->collect(encrypted_);
  if (state == TlsSession::State::failed) {
    refused(0, was_shaking_hands ? "TLS handshake failed" : "TLS failed");
    (void)send_some(now);  // the alert, as far as it goes
    return close();
  }
  if (!protocol_ && state == TlsSession::State::open) {
    make_protocol(tls_->chose_http2() ? Version::http_2 : Version::http_1_1, now);
  }
  if (protocol_ && !plain.empty()) protocol_->feed(plain, now);
  if (state == TlsSession::State::closed_by_peer) {
    is_input_ended_ = true;
    if (!protocol_) return close();
    protocol_->end_of_input();
  }
}

void Connection::take_plain_bytes(std::string_view bytes, Deadline now) {
  if (protocol_) return protocol_->feed(bytes, now);
  choose_protocol(bytes, now);
}

void Connection::choose_protocol(std::string_view bytes, Deadline now) {
  if (prelude_.empty() && !http2_preface.starts_with(bytes.substr(0, http2_preface.size()))) {
    make_protocol(Version::http_1_1, now);
    return protocol_->feed(bytes, now);
  }
  prelude_.append(bytes);
  const std::string_view begin = std::string_view(prelude_).substr(0, http2_preface.size());
  const bool is_http2_so_far = http2_preface.starts_with(begin);
  if (is_http2_so_far && begin.size() < http2_preface.size()) return;
  make_protocol(is_http2_so_far ? Version::http_2 : Version::http_1_1, now);
  const std::string prelude = std::move(prelude_);
  protocol_->feed(prelude, now);
}

void Connection::make_protocol(Version version, Deadline now) {
  ProtocolParts parts{
      *this,        output_, parts_.date, parts_.settings, tls_ ? Scheme::https : Scheme::http,
      peer_address_};
  if (version == Version::http_2) {
    protocol_ = std::make_unique<Http2Protocol>(std::move(parts), now);
  } else {
    protocol_ = std::make_unique<Http1Protocol>(std::move(parts), now);
  }
}

void Connection::answer(StreamId stream, Response response, Deadline now) {
  if (is_closed_ || !protocol_) return;
  protocol_->answer(stream, std::move(response), now);
  settle(now);
}

void Connection::settle(Deadline now) {
  if (is_closed_) return;
  if (!is_writing_) send_all(now);
  if (is_closed_) return;
  const bool is_sent = output_.pending() == 0 && encrypted_.pending() == 0;
  if (protocol_ && protocol_->is_finished() && is_sent && !is_lingering_) finish(now);
  if (is_closed_) return;
  if (!protocol_ || is_lingering_ || protocol_->wants_input()) read();
}

void Connection::send_all(Deadline now) {
  for (;;) {
    if (tls_) tls_->encrypt(output_, encrypted_);
    if (tls_ && tls_->state() == TlsSession::State::failed) return close();
    if (wire().pending() == 0) {
      is_behind_ = false;
      if (!protocol_) return;
      protocol_->resume(now);
      if (output_.pending() == 0) return;
      continue;
    }
    if (send_some(now) == Verdict::stop) return;
  }
}

Connection::Verdict Connection::send_some(Deadline now) {
  std::array<iovec, pieces_per_write> pieces;
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = wire().gather(pieces);
  const ssize_t count = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
  if (count >= 0) {
    wire().consume(static_cast<std::size_t>(count));
    sent_since_mark_ += static_cast<std::size_t>(count);
    return Verdict::go_on;
  }
  if (errno == EINTR) return Verdict::go_on;
  if (errno == EAGAIN || errno == EWOULDBLOCK) {
    if (!is_behind_) {
      is_behind_ = true;
      marked_at_ = now;
      sent_since_mark_ = 0;
    }
    wait_until_writable();
  } else {
    close();
  }
  return Verdict::stop;
}

void Connection::wait_until_writable() {
  is_writing_ = true;
  socket_.async_wait(tcp::socket::wait_write, [this](const error_code& error) {
    parts_.thread.enter(*this, [&](Deadline now) {
      is_writing_ = false;
      if (is_closed_) return;
      if (error) return close();
      settle(now);
    });
  });
}

// Everything is said. The socket stays open for a moment for reading: to close it with unread bytes
// would reset the connection, and the other end could lose the answer.
void Connection::finish(Deadline now) {
  is_lingering_ = true;
  linger_until_ = now + limits::linger_max;
  if (tls_) {
    tls_->close(encrypted_);
    while (encrypted_.pending() > 0 && send_some(now) == Verdict::go_on) {
    }
  }
  if (is_closed_) return;
  error_code error;
  socket_.shutdown(tcp::socket::shutdown_send, error);
  if (error || is_input_ended_) close();
}

void Connection::expire(Deadline now) {
  if (is_closed_) return;
  if (is_lingering_) {
    if (now >= linger_until_) close();
    return;
  }
  if (is_behind_ && now - marked_at_ >= parts_.settings.write_deadline) {
    if (sent_since_mark_ < limits::write_progress_bytes_min) {
      refused(0, "reader too slow");
      return close();
    }
    marked_at_ = now;
    sent_since_mark_ = 0;
  }
  if (!protocol_) {
    const bool has_begun = began_at_ != Deadline{};
    if (has_begun && now - began_at_ >= parts_.settings.header_deadline) {
      refused(0, tls_ ? "TLS handshake too slow" : "head too slow");
      return close();
    }
    if (now - opened_at_ >= parts_.settings.connection_idle_max) close();
    return;
  }
  protocol_->expire(now);
  if (protocol_->is_resting() && now - active_at_ > std::chrono::seconds(1)) {
    output_.release_memory();
    encrypted_.release_memory();
  }
  settle(now);
}

void Connection::drain(Deadline now) {
  if (is_closed_) return;
  if (!protocol_) return close();
  protocol_->drain();
  settle(now);
}

void Connection::abort() { close(); }

void Connection::close() {
  if (is_closed_) return;
  is_closed_ = true;
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace gatehouse::http::server
