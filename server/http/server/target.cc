#include "server/http/server/target.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstdint>

#include "server/core/limits.h"
#include "server/http/headers.h"

namespace gatehouse::http::server {
namespace {

constexpr std::size_t host_bytes_max = 255;

bool is_visible_ascii(char c) { return c > 0x20 && c < 0x7f; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Length of the sequence that `lead` opens and the range of its second byte [RFC 3629 §4]; the
// range keeps out overlong forms, surrogates and what lies beyond U+10FFFF.
struct Utf8Lead {
  std::size_t size;
  unsigned char second_min, second_max;
};
Utf8Lead utf8_lead(unsigned char lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead >= 0xc2 && lead <= 0xdf) return {2, 0x80, 0xbf};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead >= 0xe1 && lead <= 0xef) return {3, 0x80, 0xbf};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead >= 0xf1 && lead <= 0xf3) return {4, 0x80, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

bool is_valid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const Utf8Lead lead = utf8_lead(static_cast<unsigned char>(text[i]));
    if (lead.size == 0 || lead.size > text.size() - i) return false;
    for (std::size_t k = 1; k < lead.size; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      const unsigned char low = k == 1 ? lead.second_min : 0x80;
      const unsigned char high = k == 1 ? lead.second_max : 0xbf;
      if (byte < low || byte > high) return false;
    }
    i += lead.size;
  }
  return true;
}

bool has_dot_segment(std::string_view path) {
  for (std::size_t begin = 1; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    if (segment == "." || segment == "..") return true;
    begin = end + 1;
  }
  return false;
}

Result<std::string, Reason> decode_path(std::string_view raw) {
  std::string path;
  path.reserve(raw.size());
  bool is_ascii = true;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    char c = raw[i];
    if (c == '/') {
      if (path.empty() || path.back() != '/') path.push_back('/');
      continue;
    }
    if (c == '\\') return "backslash in target";
    if (c == '%') {
      if (raw.size() - i < 3) return "broken percent-encoding in target";
      const int high = hex_value(raw[i + 1]);
      const int low = hex_value(raw[i + 2]);
      if (high < 0 || low < 0) return "broken percent-encoding in target";
      c = static_cast<char>(high * 16 + low);
      i += 2;
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7f) return "encoded control byte in target";
      if (c == '/' || c == '\\') return "encoded slash in target";
      if (byte >= 0x80) is_ascii = false;
    }
    path.push_back(c);
  }
  if (!is_ascii && !is_valid_utf8(path)) return "invalid UTF-8 in target";
  if (has_dot_segment(path)) return "dot segment in target";
  return path;
}

bool is_valid_port(std::string_view port) {
  if (port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit)) {
    return false;
  }
  std::uint32_t number = 0;
  for (const char c : port) number = number * 10 + static_cast<std::uint32_t>(c - '0');
  return number <= 65535;
}

bool is_valid_ipv6(std::string_view address) {
  // A NUL would end the text early for inet_pton and hide what follows.
  const auto belongs = [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; };
  if (!std::all_of(address.begin(), address.end(), belongs)) return false;
  in6_addr parsed{};
  return inet_pton(AF_INET6, std::string(address).c_str(), &parsed) == 1;
}

// Narrower than reg-name of [RFC 3986 §3.2.2]: percent-encoding and sub-delims name no host.
bool is_valid_name(std::string_view name) {
  if (name.empty() || name.size() > host_bytes_max || name.front() == '.') return false;
  if (name.find("..") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || is_letter(c) || c == '-' || c == '.' || c == '_';
  });
}

}  // namespace

Result<std::string, Reason> parse_authority(std::string_view authority) {
  std::string_view host = authority;
  std::string_view port;
  bool has_port = false;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return "malformed authority";
    if (!is_valid_ipv6(authority.substr(1, end - 1))) return "malformed authority";
    host = {};
    port = authority.substr(end + 1);
    has_port = !port.empty();
    if (has_port && port.front() != ':') return "malformed authority";
    if (has_port) port.remove_prefix(1);
  } else {
    const std::size_t colon = authority.find(':');
    has_port = colon != std::string_view::npos;
    host = authority.substr(0, colon);
    if (has_port) port = authority.substr(colon + 1);
    if (!is_valid_name(host)) return "malformed authority";
  }
  if (has_port && !is_valid_port(port)) return "malformed authority";
  std::string parsed(authority);
  std::transform(parsed.begin(), parsed.end(), parsed.begin(), to_lower);
  return parsed;
}

Result<ParsedTarget, Reason> parse_target(std::string_view target) {
  if (target.size() > limits::request_target_bytes_max) return "target too long";
  if (!std::all_of(target.begin(), target.end(), is_visible_ascii)) return "bad byte in target";
  if (target.find('#') != std::string_view::npos) return "fragment in target";

  ParsedTarget parsed;
  if (!target.starts_with('/')) {
    const std::size_t scheme_end = target.find("://");
    if (scheme_end == std::string_view::npos) return "malformed target";
    const std::string_view scheme = target.substr(0, scheme_end);
    if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) {
      return "scheme of target not served";
    }
    target.remove_prefix(scheme_end + 3);
    const std::size_t authority_end = std::min(target.find_first_of("/?"), target.size());
    parsed.authority = TRY(parse_authority(target.substr(0, authority_end)));
    target.remove_prefix(authority_end);
  }
  const std::size_t question = target.find('?');
  if (question != std::string_view::npos) parsed.query = std::string(target.substr(question + 1));
  parsed.path = TRY(decode_path(target.substr(0, question)));
  if (parsed.path.empty()) parsed.path.push_back('/');
  return parsed;
}

}  // namespace gatehouse::http::server
