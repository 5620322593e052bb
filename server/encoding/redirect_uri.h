// RedirectUri: a registered place that people are sent back to, and the judgement whether a place
// that a request names is that one.
//
// The comparison is one of strings [RFC 9700 §4.1.3]. It gives way in three places only: the port
// of a loopback address for native applications [RFC 8252 §7.3], one "*" in a development
// environment, and the last slash of a post-logout URI that is nothing but an origin.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/result.h"

namespace gatehouse {

enum class EnvironmentKind { development, production };

// What runs at the other end: something in a browser or on a server, or an installed application.
enum class ApplicationShape { web, native };

struct RedirectRules {
  EnvironmentKind environment = EnvironmentKind::production;
  ApplicationShape shape = ApplicationShape::web;
};

class RedirectUri {
 public:
  // At most limits::redirect_uri_bytes_max bytes of an absolute URI by the grammar, without
  // userinfo, query, fragment and dot segments.
  //   production   https to a host that is not this machine, or a private-use scheme with a dot in
  //                it [RFC 8252 §7.1]; for native applications also http to 127.0.0.1 or [::1]
  //   development  http and https to any host, any private-use scheme, and in the first label of an
  //                http(s) host one "*" that has at least two labels after it, which are no public
  //                suffix (or ".localhost")
  // Schemes that run code or read local things are refused everywhere. invalid_argument; its detail
  // tells an administrator what to change.
  static Result<RedirectUri, Error> parse(std::string_view text, RedirectRules rules);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const RedirectRules& rules() const { return rules_; }
  [[nodiscard]] bool has_wildcard() const { return text_.find('*') != std::string::npos; }

  friend bool operator==(const RedirectUri& a, const RedirectUri& b) { return a.text_ == b.text_; }

 private:
  RedirectUri(std::string text, RedirectRules rules) : text_(std::move(text)), rules_(rules) {}
  std::string text_;
  RedirectRules rules_;
};

// Whether `sent`, as it came, is the place that was registered.
[[nodiscard]] bool redirect_matches(const RedirectUri& registered, std::string_view sent);

// The same for places after logout: an http(s) URI that is only an origin matches with and without
// its slash.
[[nodiscard]] bool post_logout_matches(const RedirectUri& registered, std::string_view sent);

// Whether `origin`, as a browser sends it in Origin, is the origin of that place (CORS). Never for
// private-use schemes.
[[nodiscard]] bool redirect_origin_matches(const RedirectUri& registered, std::string_view origin);

}  // namespace gatehouse
