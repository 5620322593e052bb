// /dev/mail: what `gatehouse dev` has mailed, for people as pages and for tests as JSON.

#pragma once

#include <vector>

#include "server/applications/catalog.h"
#include "server/http/route.h"
#include "server/mail/mailbox.h"
#include "server/pages/layout.h"

namespace gatehouse::app::dev {

// GET /dev/mail        the mailbox; as JSON [{to, subject, text, html, code, link}], newest first,
// for
//                      whoever does not ask for HTML; ?to= shows the letters of one address
// GET /dev/mail/{id}   one letter; /dev/mail/{id}/html its HTML part by itself
// GET /                what this server is
// Whatever is passed outlives the routes.
[[nodiscard]] std::vector<http::Route> development_routes(const mail::Mailbox& mailbox,
                                                          const pages::Pages& pages,
                                                          const applications::Catalog& catalog);

}  // namespace gatehouse::app::dev
