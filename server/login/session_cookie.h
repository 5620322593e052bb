// The cookies of the hosted pages. Two are set, both HttpOnly, SameSite=Lax, for the whole host
// and, on https, Secure with the __Host- prefix, so that no other host or path can plant them:
//
//   gh_session   the token of the live session
//   gh_browser   a random value that binds sign-ins under way to the browser that began them
//
// Two cookies of one name are nobody's: both are ignored. A third, gh_last, is no secret: see
// last_used.h.

#pragma once

#include "server/core/secret.h"
#include "server/environments/environment.h"
#include "server/http/message.h"

namespace gatehouse::login {

// The token of the session cookie; nullopt if there is none, or more than one.
[[nodiscard]] std::optional<Secret> read_session_cookie(
    const http::Request& request, const environments::Environment& environment);
void set_session_cookie(http::Response& response, const environments::Environment& environment,
                        const Secret& token, Duration lifetime);
void clear_session_cookie(http::Response& response, const environments::Environment& environment);

// Which browser this is, as far as sign-ins are concerned.
struct Browser {
  Secret token;
  std::string hash;  // SHA-256 of the token: what flows store
  enum class Seen { before, first_time } seen;
};
// Reads the cookie or makes a new value; in the second case the answer must carry
// set_browser_cookie.
[[nodiscard]] Browser recognize_browser(const http::Request& request,
                                        const environments::Environment& environment,
                                        Random& random);
// Only a browser seen before; nullopt otherwise.
[[nodiscard]] std::optional<Browser> known_browser(const http::Request& request,
                                                   const environments::Environment& environment);
void set_browser_cookie(http::Response& response, const environments::Environment& environment,
                        const Browser& browser);

// The token that every form carries against cross-site requests: an HMAC over what the form belongs
// to (a flow's id, a session's id) and the browser. Compared in constant time.
[[nodiscard]] std::string form_token(const Secret& form_key, const Browser& browser,
                                     std::string_view belongs_to);
[[nodiscard]] bool form_token_matches(const Secret& form_key, const Browser& browser,
                                      std::string_view belongs_to, std::string_view shown);

}  // namespace gatehouse::login
