// The headers that go with every answer of a kind: pages for people, JSON for programs. They are
// applied last, so that no handler can forget or weaken them.

#pragma once

#include <string>
#include <vector>

#include "server/http/message.h"

namespace gatehouse::http {

// Whether the Cache-Control of the handler stays, or becomes no-store whatever it was. An answer
// that sets a cookie is never stored.
enum class Caching { refused, as_set };

struct AnswerHeaders {
  Scheme scheme = Scheme::https;  // to insist on: https brings Strict-Transport-Security
  Caching caching = Caching::refused;
};

struct PageHeaders {
  AnswerHeaders answer = {};
  // Where a form of this page may end, redirects included, besides our own origin: origins, or
  // "scheme:" (see csp_source_of). Empty: the policy has no form-action, because Chromium holds it
  // against the redirect that follows a POST and an incomplete list ends sign-in without a word.
  std::vector<std::string> form_action = {};
};

// For HTML: a policy under which nothing runs or loads but our own files, nobody frames the page,
// and no URL of it leaks.
void apply_page_headers(Response& response, const PageHeaders& page);

// For JSON and everything else that programs read.
void apply_api_headers(Response& response, const AnswerHeaders& answer);

}  // namespace gatehouse::http
