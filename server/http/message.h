// Request and Response: HTTP as values. Whatever the wire was (HTTP/1.1, HTTP/2, TLS or not), what
// the rest of the program sees is this, already checked: the limits held, the framing was sound,
// there is exactly one well-formed authority, the path is decoded and has no dot segments.

#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/http/headers.h"

namespace gatehouse::http {

enum class Method { get, head, post, put, patch, delete_, options, other };
[[nodiscard]] std::string_view method_name(Method method);

enum class Scheme { http, https };
enum class Version { http_1_0, http_1_1, http_2 };

struct Request {
  Method method = Method::get;
  Scheme scheme = Scheme::http;  // of the connection itself
  Version version = Version::http_1_1;
  std::string authority;  // host[:port], lower case, syntax checked
  std::string path;       // percent-decoded once, starts with "/", no "//", no dot segments
  std::string query;      // after the "?", still encoded; may be empty
  Headers headers;
  std::string body;  // whole; at most the route's limit
  Headers trailers;
  std::string peer_address;  // textual address of the other end of the connection
};

struct Response {
  int status = 200;
  Headers headers;  // without Content-Length, Transfer-Encoding, Connection, Date: the server's own
  std::string body;
  // A body shared by many answers (discovery, keys, the stylesheet) is sent from here, not copied.
  std::shared_ptr<const std::string> shared_body;
  Headers trailers;  // sent chunked on HTTP/1.1, as a final HEADERS frame on HTTP/2

  [[nodiscard]] std::string_view body_view() const {
    return shared_body ? std::string_view(*shared_body) : std::string_view(body);
  }
};

// The standard reason phrase; some clients derive errors from it. "Unknown" for unlisted codes.
[[nodiscard]] std::string_view reason_phrase(int status);

// text/plain; for the errors the server itself answers with.
[[nodiscard]] Response plain_text(int status, std::string_view text);

}  // namespace gatehouse::http
