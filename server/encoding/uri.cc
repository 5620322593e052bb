#include "server/encoding/uri.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "server/encoding/hex.h"

namespace gatehouse {

namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_unreserved(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}
bool is_sub_delimiter(char c) {
  return std::string_view("!$&'()*+,;=").find(c) != std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return out;
}

// Unreserved characters, sub-delimiters, whole percent escapes, and those of `more`.
bool is_component(std::string_view text, std::string_view more) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3 || !hex_digit_value(text[i + 1]) || !hex_digit_value(text[i + 2])) {
        return false;
      }
      i += 2;
    } else if (!is_unreserved(c) && !is_sub_delimiter(c) &&
               more.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_scheme(std::string_view text) {
  return !text.empty() && is_alpha(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
         });
}

// A decimal number without leading zeros, at most `bound`.
std::optional<unsigned> small_number(std::string_view text, unsigned bound) {
  if (text.empty() || text.size() > 5 || (text.size() > 1 && text.front() == '0')) {
    return std::nullopt;
  }
  unsigned number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, number);
  if (status != std::errc{} || stop != end || number > bound) return std::nullopt;
  return number;
}

bool is_ipv4(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    const std::size_t end = part == 3 ? host.size() : host.find('.');
    if (end == std::string_view::npos || !small_number(host.substr(0, end), 255)) return false;
    host.remove_prefix(part == 3 ? end : end + 1);
  }
  return true;
}

// The eight groups of an IPv6 address [RFC 4291 §2.2].
std::optional<std::array<std::uint16_t, 8>> parse_ipv6(std::string_view text) {
  std::array<std::uint16_t, 8> groups{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;  // where "::" stands
  if (text.starts_with("::")) {
    gap = 0;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(':'), text.size());
    const std::string_view group = text.substr(0, end);
    if (count == 8 || group.empty()) return std::nullopt;
    if (end == text.size() && group.find('.') != std::string_view::npos) {
      if (count > 6 || !is_ipv4(group)) return std::nullopt;
      unsigned address = 0;
      for (std::string_view rest = group; !rest.empty();) {
        const std::size_t dot = std::min(rest.find('.'), rest.size());
        address = address << 8 | *small_number(rest.substr(0, dot), 255);
        rest.remove_prefix(std::min(dot + 1, rest.size()));
      }
      groups[count++] = static_cast<std::uint16_t>(address >> 16);
      groups[count++] = static_cast<std::uint16_t>(address);
      break;
    }
    if (group.size() > 4) return std::nullopt;
    unsigned value = 0;
    for (const char c : group) {
      const auto digit = hex_digit_value(c);
      if (!digit) return std::nullopt;
      value = value << 4 | *digit;
    }
    groups[count++] = static_cast<std::uint16_t>(value);
    text.remove_prefix(end);
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.starts_with(':')) {
      if (gap) return std::nullopt;
      gap = count;
      text.remove_prefix(1);
    } else if (text.empty()) {
      return std::nullopt;  // a single colon at the end
    }
  }
  if (!gap) return count == 8 ? std::optional(groups) : std::nullopt;
  if (count > 7) return std::nullopt;
  std::rotate(groups.begin() + static_cast<std::ptrdiff_t>(*gap),
              groups.begin() + static_cast<std::ptrdiff_t>(count), groups.end());
  return groups;
}

// Whether some readers would take the label for a number, and so the host for an IPv4 address.
bool is_numeric_label(std::string_view label) {
  if (std::all_of(label.begin(), label.end(), is_digit)) return true;
  return label.starts_with("0x") &&
         std::all_of(label.begin() + 2, label.end(), [](char c) { return !!hex_digit_value(c); });
}

// `host` is in lower case.
bool is_dns_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  while (true) {
    const std::size_t end = std::min(host.find('.'), host.size());
    const std::string_view label = host.substr(0, end);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') {
      return false;
    }
    if (!std::all_of(label.begin(), label.end(),
                     [](char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '_'; })) {
      return false;
    }
    if (end == host.size()) return !is_numeric_label(label);
    host.remove_prefix(end + 1);
  }
}

// Sets host and host_kind.
bool read_host(Uri& uri, std::string_view text) {
  uri.host = lower(text);
  if (text.starts_with('[')) {
    if (!text.ends_with(']')) return false;
    uri.host = uri.host.substr(1, uri.host.size() - 2);
    uri.host_kind = HostKind::ipv6;
    return parse_ipv6(uri.host).has_value();
  }
  if (text.empty()) return true;
  uri.host_kind = is_ipv4(uri.host) ? HostKind::ipv4 : HostKind::name;
  return uri.host_kind == HostKind::ipv4 || is_dns_name(uri.host);
}

// Sets userinfo, host and port from what stands between "//" and the path.
bool read_authority(Uri& uri, std::string_view text) {
  uri.has_authority = true;
  const std::size_t at = text.find('@');
  if (at != std::string_view::npos) {
    uri.userinfo = text.substr(0, at);
    if (!is_component(*uri.userinfo, ":")) return false;
    text.remove_prefix(at + 1);
  }
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const auto port = small_number(text.substr(colon + 1), 65535);
    if (!port || *port == 0) return false;
    uri.port = static_cast<std::uint16_t>(*port);
    text = text.substr(0, colon);
    if (text.empty()) return false;
  }
  return read_host(uri, text);
}

std::optional<std::uint16_t> default_port(std::string_view scheme) {
  if (scheme == "https") return std::uint16_t{443};
  if (scheme == "http") return std::uint16_t{80};
  return std::nullopt;
}

}  // namespace

std::optional<Uri> parse_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !is_scheme(text.substr(0, colon))) return std::nullopt;
  Uri uri;
  uri.scheme = lower(text.substr(0, colon));
  text.remove_prefix(colon + 1);

  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
    uri.fragment = text.substr(hash + 1);
    if (!is_component(*uri.fragment, ":@/?")) return std::nullopt;
    text = text.substr(0, hash);
  }
  if (const std::size_t mark = text.find('?'); mark != std::string_view::npos) {
    uri.query = text.substr(mark + 1);
    if (!is_component(*uri.query, ":@/?")) return std::nullopt;
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const std::size_t end = std::min(text.find('/'), text.size());
    if (!read_authority(uri, text.substr(0, end))) return std::nullopt;
    text.remove_prefix(end);
  }
  uri.path = text;
  if (!is_component(uri.path, ":@/")) return std::nullopt;
  if (default_port(uri.scheme) && uri.host_kind == HostKind::none) return std::nullopt;
  return uri;
}

std::optional<std::string> origin_of(const Uri& uri) {
  const auto own_port = default_port(uri.scheme);
  if (!own_port || uri.userinfo || uri.host_kind == HostKind::none) return std::nullopt;
  std::string origin = uri.scheme + "://";
  origin += uri.host_kind == HostKind::ipv6 ? "[" + uri.host + "]" : uri.host;
  if (uri.port && uri.port != own_port) origin += ":" + std::to_string(*uri.port);
  return origin;
}

std::optional<std::string> origin_of(std::string_view uri) {
  const auto parsed = parse_uri(uri);
  return parsed ? origin_of(*parsed) : std::nullopt;
}

std::optional<std::string> csp_source_of(std::string_view uri) {
  const auto parsed = parse_uri(uri);
  if (!parsed) return std::nullopt;
  if (default_port(parsed->scheme)) return origin_of(*parsed);
  return parsed->scheme + ":";
}

bool is_loopback_host(const Uri& uri) {
  switch (uri.host_kind) {
    case HostKind::none: return false;
    case HostKind::name: return uri.host == "localhost" || uri.host.ends_with(".localhost");
    case HostKind::ipv4: return uri.host.starts_with("127.") || uri.host == "0.0.0.0";
    case HostKind::ipv6: break;
  }
  const auto groups = parse_ipv6(uri.host);
  if (!groups) return false;
  const bool starts_with_zeros =
      std::all_of(groups->begin(), groups->begin() + 5, [](auto group) { return group == 0; });
  if (!starts_with_zeros) return false;
  const unsigned sixth = (*groups)[5];
  const unsigned address = static_cast<unsigned>((*groups)[6]) << 16 | (*groups)[7];
  if (sixth == 0 && address <= 1) return true;
  return (sixth == 0 || sixth == 0xffff) && (address >> 24 == 127 || address == 0);
}

bool has_dot_segments(std::string_view path) {
  while (true) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const auto segment = percent_decode(path.substr(0, end));
    if (segment && (*segment == "." || *segment == "..")) return true;
    if (end == path.size()) return false;
    path.remove_prefix(end + 1);
  }
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const auto high = hex_digit_value(text[i + 1]);
    const auto low = hex_digit_value(text[i + 2]);
    if (!high || !low) return std::nullopt;
    out += static_cast<char>(*high << 4 | *low);
    i += 2;
  }
  return out;
}

}  // namespace gatehouse
