// URIs and redirect URIs. The input is one URI, or a registered and a sent one with a line break
// between them.

// fuzz-modules: encoding

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/core/limits.h"
#include "server/encoding/redirect_uri.h"
#include "server/encoding/uri.h"

namespace gatehouse {
namespace {

// Puts the components together again [RFC 3986 §5.3].
std::string recompose(const Uri& uri) {
  std::string text = uri.scheme + ":";
  if (uri.has_authority) {
    text += "//";
    if (uri.userinfo) text += *uri.userinfo + "@";
    text += uri.host_kind == HostKind::ipv6 ? "[" + uri.host + "]" : uri.host;
    if (uri.port) text += ":" + std::to_string(*uri.port);
  }
  text += uri.path;
  if (uri.query) text += "?" + *uri.query;
  if (uri.fragment) text += "#" + *uri.fragment;
  return text;
}

void check_uri(std::string_view text) {
  const auto decoded = percent_decode(percent_encode(text));
  ENSURE(decoded && *decoded == text);

  const auto uri = parse_uri(text);
  if (!uri) {
    ENSURE(!origin_of(text) && !csp_source_of(text));
    return;
  }
  ENSURE(std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; }));
  const std::string composed = recompose(*uri);
  ENSURE(composed.size() == text.size());
  const auto again = parse_uri(composed);
  ENSURE(again && recompose(*again) == composed);
  if (const auto origin = origin_of(text)) ENSURE(origin_of(*origin) == origin);
  if (const auto source = csp_source_of(text)) {
    ENSURE(source->find_first_of(" ;,'*") == std::string::npos);
  }
}

void check_sent(const RedirectUri& registered, std::string_view sent) {
  if (redirect_matches(registered, sent)) {
    ENSURE(post_logout_matches(registered, sent));
    // Whatever matches could have been registered itself, and names no other pattern.
    ENSURE(sent.find('*') == std::string_view::npos);
    if (sent.size() <= limits::redirect_uri_bytes_max) {
      ENSURE(RedirectUri::parse(sent, registered.rules()).ok());
    }
  }
  if (redirect_origin_matches(registered, sent)) ENSURE(origin_of(sent).has_value());
}

void check_redirect(std::string_view text, std::string_view sent, RedirectRules rules) {
  const auto parsed = RedirectUri::parse(text, rules);
  if (!parsed.ok()) return;
  const RedirectUri& registered = parsed.value();
  ENSURE(registered.text() == text);
  ENSURE(redirect_matches(registered, text) == !registered.has_wildcard());
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '*', 'x');
  const auto uri = parse_uri(plain);
  ENSURE(uri && !uri->userinfo && !uri->query && !uri->fragment);
  ENSURE(text.size() <= limits::redirect_uri_bytes_max);
  if (rules.environment == EnvironmentKind::production) {
    ENSURE(!registered.has_wildcard());
    ENSURE(uri->scheme == "https" || uri->scheme.find('.') != std::string::npos ||
           (uri->scheme == "http" && rules.shape == ApplicationShape::native));
    ENSURE(uri->scheme != "https" || !is_loopback_host(*uri));
  }
  check_sent(registered, sent);
}

void check(std::string_view input) {
  const std::size_t line_break = std::min(input.find('\n'), input.size());
  const std::string_view text = input.substr(0, line_break);
  const std::string_view sent = input.substr(std::min(line_break + 1, input.size()));
  check_uri(text);
  check_uri(sent);
  for (const auto environment : {EnvironmentKind::development, EnvironmentKind::production}) {
    for (const auto shape : {ApplicationShape::web, ApplicationShape::native}) {
      check_redirect(text, sent, RedirectRules{environment, shape});
    }
  }
}

}  // namespace
}  // namespace gatehouse

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gatehouse::check(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
