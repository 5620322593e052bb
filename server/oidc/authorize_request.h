// The parameters of an authorization request [RFC 6749 §4.1.1] [OIDC Core §3.1.2.1], decoded in two
// steps: first where an answer may go (client and redirect URI), then everything else. Only what
// passed the first step may be answered by a redirect.

#pragma once

#include <optional>
#include <string>

#include "server/applications/catalog.h"
#include "server/encoding/form.h"
#include "server/login/route.h"
#include "server/oidc/error.h"
#include "server/oidc/scope.h"

namespace gatehouse::oidc {

enum class ResponseMode { query, form_post };

// Where the answer goes; every part has been checked against the application's registration.
struct ReturnAddress {
  std::string client_id;
  std::string redirect_uri;
  ResponseMode mode = ResponseMode::query;
  std::string state = {};  // to be repeated; empty: none was sent
};

struct Prompt {
  bool none = false;
  bool login = false;
  bool create = false;
  bool select_account = false;
};

struct AuthorizeRequest {
  ReturnAddress back;
  ScopeSet scope;
  std::string nonce;           // empty: none
  std::string code_challenge;  // empty: none; else a checked S256 challenge
  Prompt prompt;
  std::optional<Duration> max_age;
  std::string id_token_hint;  // unverified
  std::string login_hint;
  std::optional<OrgId> organization;
  // As sent; empty: not given.
  std::string provider = {};
  std::string connection = {};
  std::string domain = {};
  // The organization's connection that this sign-in must have been by, once the request is routed.
  std::optional<ConnectionId> required_connection = std::nullopt;
};

// What the request says of who shall do the signing in.
[[nodiscard]] login::RouteHints route_hints(const AuthorizeRequest& request);

// Why no answer may be sent anywhere: shown on our own page. [RFC 6749 §4.1.2.1]
struct PageRefusal {
  enum class Kind { malformed, unknown_client, bad_redirect_uri, wrong_client_type };
  Kind kind;
  OAuthCode code;
  std::string cause;                    // one sentence, for development pages and the audit log
  std::string client_id;                // as sent, at most 100 bytes
  std::string sent_redirect_uri;        // as sent
  std::vector<std::string> registered;  // what it could have been
};

Result<ReturnAddress, PageRefusal> decode_return_address(const Form& form,
                                                         const applications::CatalogEntry& entry);

// A refusal that goes back to the application.
struct RedirectRefusal {
  ReturnAddress back;
  OAuthError error;
};

// Runs the table of checks, in order, and returns the request or the first refusal.
Result<AuthorizeRequest, RedirectRefusal> decode_authorize_request(
    const Form& form, const ReturnAddress& back, const applications::Application& application);

// For the flow: the request as JSON, and back. What comes back was checked before it went.
[[nodiscard]] std::string authorize_request_to_json(const AuthorizeRequest& request);
Result<AuthorizeRequest, Error> authorize_request_from_json(std::string_view json);

}  // namespace gatehouse::oidc
