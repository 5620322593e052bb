// The mail with a code and a link: sent to the flow's address, whoever asked for it.

#pragma once

#include "server/login/visit.h"

namespace gatehouse::login {

// Counts, stores and queues it, and answers with the page that waits for the code; or with the one
// that says why there is no mail.
[[nodiscard]] http::Response send_code(const Visit& visit, const users::Email& email,
                                       Intent intent);

}  // namespace gatehouse::login
