// One line of a file of users.

#pragma once

#include "server/members/import.h"

namespace gatehouse::app::commands {

// A JSON object with an e-mail address in `email` and, as far as known, given_name, family_name,
// name, external_id, email_verified (true if absent), locale, picture, phone_number, metadata (an
// object of texts), organization (an id) or organization_external_id, roles (an array of names).
// Errors: invalid_argument, saying what is wrong: no JSON, a member of another name or type.
Result<members::ImportedUser, Error> parse_imported_user(std::string_view line,
                                                         std::int64_t number);

}  // namespace gatehouse::app::commands
