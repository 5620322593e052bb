// URIs [RFC 3986]: strict parsing into components, percent-encoding, origins.
//
// Other programs repair what they are given (backslashes, blanks, odd numbers as addresses), each
// in its own way, and attacks live in the differences. So nothing is repaired here: a text is a URI
// by the grammar, with a host that every reader understands alike, or it is refused.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse {

enum class HostKind { none, name, ipv4, ipv6 };

// The components of an absolute URI, still percent-encoded.
struct Uri {
  std::string scheme;                   // lower case
  std::optional<std::string> userinfo;  // before the "@"
  std::string host;                     // lower case; an IPv6 address without its brackets
  HostKind host_kind = HostKind::none;
  std::optional<std::uint16_t> port;  // 1 to 65535
  bool has_authority = false;         // "//" follows the scheme; the host may still be empty
  std::string path;
  std::optional<std::string> query;     // after the "?"
  std::optional<std::string> fragment;  // after the "#"
};

// nullopt if the text is no absolute URI. Beyond the grammar: a host is a DNS name of letters,
// digits, hyphens and underscores (no empty label, none above 63 bytes), a dotted IPv4 address in
// its usual form, or a bracketed IPv6 address without a zone; a name whose last label is a number
// is refused, and so are an empty port, a port with leading zeros, and an http(s) URI without a
// host.
[[nodiscard]] std::optional<Uri> parse_uri(std::string_view text);

// "https://host:port" in lower case, without the scheme's own port [RFC 6454 §6.2]; nullopt if the
// text is no http or https URI, or carries userinfo.
[[nodiscard]] std::optional<std::string> origin_of(std::string_view uri);
[[nodiscard]] std::optional<std::string> origin_of(const Uri& uri);

// What a Content-Security-Policy names to allow going to that URI: the origin of an http or https
// URI, "scheme:" of any other. nullopt if the text is no URI.
[[nodiscard]] std::optional<std::string> csp_source_of(std::string_view uri);

// "localhost", a name below ".localhost", 127.0.0.0/8, ::1 and their IPv4-mapped forms, and the
// unspecified addresses, which reach the same machine.
[[nodiscard]] bool is_loopback_host(const Uri& uri);

// Whether a path has a segment "." or "..", in plain or percent-encoded letters.
[[nodiscard]] bool has_dot_segments(std::string_view path);

// Everything but the unreserved characters becomes %XX [RFC 3986 §2.3]: fit for any component.
[[nodiscard]] std::string percent_encode(std::string_view text);
// nullopt for a "%" without two digits. The outcome may be any bytes: NUL, not UTF-8.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

}  // namespace gatehouse
