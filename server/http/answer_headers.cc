#include "server/http/answer_headers.h"

#include <algorithm>

#include "server/core/ensure.h"

namespace gatehouse::http {

namespace {

// A source that ended its directive would write a policy of its own.
bool is_source(std::string_view source) {
  return !source.empty() && std::all_of(source.begin(), source.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != ';' && c != ',' && c != '\'' && c != '*';
  });
}

std::string page_policy(const std::vector<std::string>& form_action) {
  std::string policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
      "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
  if (form_action.empty()) return policy;
  policy += "; form-action 'self'";
  for (const std::string& source : form_action) {
    ENSURE(is_source(source));
    policy.append(" ").append(source);
  }
  return policy;
}

void apply_common(Response& response, const AnswerHeaders& answer) {
  Headers& headers = response.headers;
  if (answer.caching == Caching::refused || headers.count("Set-Cookie") > 0 ||
      headers.count("Cache-Control") == 0) {
    headers.set("Cache-Control", "no-store");
  }
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "no-referrer");
  if (answer.scheme == Scheme::https) {
    headers.set("Strict-Transport-Security", "max-age=31536000");
  }
}

}  // namespace

void apply_page_headers(Response& response, const PageHeaders& page) {
  apply_common(response, page.answer);
  Headers& headers = response.headers;
  headers.set("Content-Security-Policy", page_policy(page.form_action));
  headers.set("X-Frame-Options", "DENY");
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  headers.set("Permissions-Policy",
              "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), "
              "publickey-credentials-create=(self), publickey-credentials-get=(self)");
}

void apply_api_headers(Response& response, const AnswerHeaders& answer) {
  apply_common(response, answer);
  // If a browser is made to show the answer as a document, nothing in it runs.
  response.headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
}

}  // namespace gatehouse::http
