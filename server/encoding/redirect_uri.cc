#include "server/encoding/redirect_uri.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/core/limits.h"
#include "server/encoding/uri.h"

namespace gatehouse {

namespace {

// Schemes that run code, read local things, or hand the answer to another program than the
// application. None of them can be a private-use scheme.
constexpr std::array<std::string_view, 35> refused_schemes{
    "about",  "acap",       "blob",        "chrome", "chrome-extension",
    "cid",    "content",    "data",        "dav",    "dict",
    "feed",   "file",       "filesystem",  "ftp",    "ftps",
    "gopher", "imap",       "intent",      "jar",    "javascript",
    "ldap",   "livescript", "mailto",      "mhtml",  "mid",
    "mocha",  "res",        "resource",    "sms",    "tel",
    "urn",    "vbscript",   "view-source", "ws",     "wss"};

// Names below which anyone can have a host of their own: second levels of country domains, and
// platforms that give out names.
constexpr std::array<std::string_view, 18> country_second_levels{
    "ac",  "asn", "biz",  "co",  "com", "edu", "gen", "go", "gob",
    "gov", "id",  "info", "mil", "ne",  "net", "nom", "or", "org",
};
constexpr std::array<std::string_view, 34> shared_platforms{
    "amplifyapp.com",    "appspot.com",    "azurestaticapps.net",
    "azurewebsites.net", "blogspot.com",   "cloudapp.net",
    "cloudfront.net",    "codesandbox.io", "deno.dev",
    "firebaseapp.com",   "fly.dev",        "github.dev",
    "github.io",         "gitlab.io",      "gitpod.io",
    "glitch.me",         "herokuapp.com",  "loca.lt",
    "lovable.app",       "netlify.app",    "ngrok-free.app",
    "ngrok.app",         "ngrok.dev",      "ngrok.io",
    "onrender.com",      "pages.dev",      "railway.app",
    "repl.co",           "replit.app",     "stackblitz.io",
    "surge.sh",          "vercel.app",     "web.app",
    "workers.dev",
};

template <std::size_t Count>
bool contains(const std::array<std::string_view, Count>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Error refusal(std::string why) {
  return Error(ErrorCode::invalid_argument, "redirect URI: " + std::move(why));
}

bool is_web(const Uri& uri) { return uri.scheme == "https" || uri.scheme == "http"; }

// Where "*" may stand: `domain` is what follows the first label of the host.
bool is_public_suffix(std::string_view domain) {
  const std::size_t dot = domain.find('.');
  if (dot == std::string_view::npos) return domain != "localhost";
  if (contains(shared_platforms, domain)) return true;
  const std::string_view country = domain.substr(dot + 1);
  return country.size() == 2 && contains(country_second_levels, domain.substr(0, dot));
}

// The text with a letter in place of its "*", to be judged as any other URI; or why that is not to
// be.
Result<std::string, Error> without_wildcard(std::string_view text, RedirectRules rules) {
  const std::size_t star = text.find('*');
  if (star == std::string_view::npos) return std::string(text);
  if (rules.environment == EnvironmentKind::production) {
    return refusal("no wildcard in a production environment");
  }
  if (text.find('*', star + 1) != std::string_view::npos) return refusal("more than one wildcard");
  const std::size_t slashes = text.find("://");
  const std::size_t host_begin = slashes == std::string_view::npos ? 0 : slashes + 3;
  const std::size_t label_end = text.find_first_of(".:/@", host_begin);
  if (slashes == std::string_view::npos || star < host_begin || star >= label_end) {
    return refusal("a wildcard stands in the first label of the host and nowhere else");
  }
  std::string plain(text);
  plain[star] = 'x';
  const auto uri = parse_uri(plain);
  if (!uri || !is_web(*uri) || uri->host_kind != HostKind::name) {
    return refusal("a wildcard needs an http or https URI with a host name");
  }
  const std::size_t dot = uri->host.find('.');
  if (dot == std::string::npos || is_public_suffix(std::string_view(uri->host).substr(dot + 1))) {
    return refusal("the wildcard would take in hosts of other people");
  }
  return plain;
}

std::optional<Error> fault_of_web(const Uri& uri, RedirectRules rules) {
  if (rules.environment == EnvironmentKind::development) return std::nullopt;
  const bool is_loopback_literal = uri.host == "127.0.0.1" || uri.host == "::1";
  if (rules.shape == ApplicationShape::native && uri.scheme == "http" && is_loopback_literal) {
    return std::nullopt;
  }
  if (uri.scheme == "http") return refusal("a production environment needs https");
  if (is_loopback_host(uri)) return refusal("a production environment cannot use localhost");
  return std::nullopt;
}

std::optional<Error> fault_of_private_use(const Uri& uri, RedirectRules rules) {
  if (contains(refused_schemes, uri.scheme)) return refusal("this scheme is never allowed");
  if (uri.port) return refusal("a private-use scheme has no port");
  if (!uri.has_authority && !uri.path.starts_with('/')) {
    return refusal("a private-use scheme is followed by a slash");
  }
  if (rules.environment == EnvironmentKind::production &&
      uri.scheme.find('.') == std::string::npos) {
    return refusal("a private-use scheme is a reversed domain name, such as com.example.app");
  }
  return std::nullopt;
}

bool is_host_label(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// Whether `sent` is `pattern` with a piece of one host label in place of the "*".
bool wildcard_matches(std::string_view pattern, std::string_view sent) {
  const std::size_t star = pattern.find('*');
  const std::string_view before = pattern.substr(0, star);
  const std::string_view after = pattern.substr(star + 1);
  if (sent.size() <= before.size() + after.size()) return false;
  if (!sent.starts_with(before) || !sent.ends_with(after)) return false;
  sent.remove_suffix(after.size());
  return is_host_label(sent.substr(before.size()));
}

struct LoopbackParts {
  std::string_view host;  // with its scheme
  std::string_view path;
};

// Takes an http URI of a loopback address apart around its port; nullopt if it is none.
std::optional<LoopbackParts> loopback_parts(std::string_view text) {
  for (const std::string_view host : {"http://127.0.0.1", "http://[::1]"}) {
    if (!text.starts_with(host)) continue;
    const auto uri = parse_uri(text);
    if (!uri) return std::nullopt;
    std::string_view rest = text.substr(host.size());
    if (uri->port) rest.remove_prefix(1 + std::to_string(*uri->port).size());
    if (!rest.empty() && !rest.starts_with('/')) return std::nullopt;
    return LoopbackParts{host, rest};
  }
  return std::nullopt;
}

bool matches(std::string_view registered, std::string_view sent, RedirectRules rules) {
  if (sent.find('*') != std::string_view::npos) return false;
  if (registered == sent) return true;
  if (registered.find('*') != std::string_view::npos) {
    // A name that the pattern stretched too far (a label above 63 bytes) is no URI.
    return rules.environment == EnvironmentKind::development &&
           wildcard_matches(registered, sent) && parse_uri(sent).has_value();
  }
  if (rules.shape != ApplicationShape::native) return false;
  const auto ours = loopback_parts(registered);
  const auto theirs = loopback_parts(sent);
  return ours && theirs && ours->host == theirs->host && ours->path == theirs->path;
}

// The length of "scheme://authority", or npos.
std::size_t origin_size(std::string_view text) {
  const std::size_t slashes = text.find("://");
  if (slashes == std::string_view::npos) return std::string_view::npos;
  return std::min(text.find('/', slashes + 3), text.size());
}

}  // namespace

Result<RedirectUri, Error> RedirectUri::parse(std::string_view text, RedirectRules rules) {
  if (text.empty()) return refusal("empty");
  if (text.size() > limits::redirect_uri_bytes_max) return refusal("too long");
  const std::string plain = TRY(without_wildcard(text, rules));
  const auto uri = parse_uri(plain);
  if (!uri) return refusal("not an absolute URI");
  if (uri->userinfo) return refusal("no user name before the host");
  if (uri->query) return refusal("no query");
  if (uri->fragment) return refusal("no fragment");
  if (has_dot_segments(uri->path)) return refusal("no . and .. in the path");
  auto fault = is_web(*uri) ? fault_of_web(*uri, rules) : fault_of_private_use(*uri, rules);
  if (fault) return std::move(*fault);
  return RedirectUri(std::string(text), rules);
}

bool redirect_matches(const RedirectUri& registered, std::string_view sent) {
  return matches(registered.text(), sent, registered.rules());
}

bool post_logout_matches(const RedirectUri& registered, std::string_view sent) {
  if (redirect_matches(registered, sent)) return true;
  std::string_view text = registered.text();
  if (!text.starts_with("https://") && !text.starts_with("http://")) return false;
  const std::string_view path = text.substr(origin_size(text));
  if (!path.empty() && path != "/") return false;
  text.remove_suffix(path.size());
  if (sent.ends_with('/')) sent.remove_suffix(1);
  return matches(text, sent, registered.rules());
}

bool redirect_origin_matches(const RedirectUri& registered, std::string_view origin) {
  const std::string_view text = registered.text();
  if (!registered.has_wildcard()) {
    const auto own = origin_of(text);
    return own && (*own == origin || matches(*own, origin, registered.rules()));
  }
  // Browsers leave the scheme's own port out, so the pattern is compared without it too.
  std::string_view pattern = text.substr(0, origin_size(text));
  if (pattern.starts_with("https://") && pattern.ends_with(":443")) pattern.remove_suffix(4);
  if (pattern.starts_with("http://") && pattern.ends_with(":80")) pattern.remove_suffix(3);
  return origin_of(origin) == origin && matches(pattern, origin, registered.rules());
}

}  // namespace gatehouse
