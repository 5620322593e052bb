// Where the database is, as an operator writes it: a URL of PostgreSQL, checked for what would show
// the data or a password to others, and the password that lies in a file of its own. For the
// configuration, and for the commands that take a URL.

#pragma once

#include <string>
#include <string_view>

#include "server/core/error.h"
#include "server/core/result.h"
#include "server/core/secret.h"
#include "server/storage/open.h"

namespace gatehouse::app {

// "postgres://user@host1,host2:5433/name?sslmode=verify-full&sslrootcert=/etc/ssl/db-ca.pem", or
// with the folder of a socket: "postgres:///name?host=/run/postgresql". Every host is named, and
// one on another machine is reached with sslmode=verify-full only. Errors: invalid_argument, what
// is wrong with it, without repeating the text, which may hold a password.
Result<std::string, Error> accept_database_url(std::string_view text);

// Of an accepted URL.
[[nodiscard]] bool has_password(std::string_view database_url);
[[nodiscard]] std::string with_password(std::string_view database_url, const Secret& password);

// What a command was told: a URL as above, or "sqlite:/path/to/gatehouse.db". Errors:
// invalid_argument, beginning with `option`.
Result<storage::Location, Error> named_database(std::string_view option, std::string_view text);

}  // namespace gatehouse::app
