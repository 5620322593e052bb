// The request target and the authority, parsed once and strictly [RFC 9112 §3.2] [RFC 3986 §3].
// Pure functions: they see every byte a stranger sends, so they are fuzzed by themselves.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/core/result.h"

namespace gatehouse::http::server {

// Why something was refused: a short literal, fit for logs and counters.
using Reason = const char*;

struct ParsedTarget {
  std::string path;       // decoded once: starts with "/", no "//", no dot segments, valid UTF-8
  std::string query;      // what follows the "?", still encoded
  std::string authority;  // of a target in absolute form; else empty
};

// A target in origin form ("/path?query") or absolute form ("http://host/path?query").
// Runs of slashes become one, because the official clients send "//oauth/token". Refused: broken
// percent-encoding, control bytes, NUL, invalid UTF-8, backslashes, encoded slashes and
// backslashes, dot segments (however encoded), fragments, bytes outside visible ASCII, and targets
// that are longer than limits::request_target_bytes_max.
[[nodiscard]] Result<ParsedTarget, Reason> parse_target(std::string_view target);

// "host" or "host:port" in lower case; host is a name, an IPv4 address or "[IPv6]". Anything else,
// user information above all, is refused.
[[nodiscard]] Result<std::string, Reason> parse_authority(std::string_view authority);

}  // namespace gatehouse::http::server
