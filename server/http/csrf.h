// Where a request comes from, as the browser tells it: whether a form was sent by a page of ours,
// and whether anybody meant to go there at all.

#pragma once

#include <string_view>

#include "server/http/message.h"

namespace gatehouse::http {

// Whether an unsafe request comes from a page of `own_origin` ("https://auth.example.com", without
// the scheme's own port, in lower case). Asked in this order, each field once at most:
//   1. Sec-Fetch-Site, which no page can forge: "same-origin", and an Origin beside it that is
//      absent, ours, or "null". Pages with `Referrer-Policy: no-referrer`, as ours are, send a form
//      with "Origin: null", so null alone says nothing about the sender [Fetch §3.2].
//   2. Without it, Origin: ours. Null is refused here, since any sandboxed frame sends it too.
//   3. Without both, Referer: a URL of ours.
// A request that says nothing at all is refused: every browser since 2020 sends Origin with each
// POST, and what is no browser has no business with forms.
[[nodiscard]] bool is_same_origin(const Request& request, std::string_view own_origin);

// Whether the request was made without a person going there: a prefetch or prerendering, a link
// preview, fetch() from a script, or HEAD. Such a request must change nothing.
[[nodiscard]] bool is_speculative(const Request& request);

}  // namespace gatehouse::http
