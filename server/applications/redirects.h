// Which URIs an application may register, for the files of this module alone.

#pragma once

#include "server/applications/application.h"

namespace gatehouse::applications {

struct RedirectPlace {
  environments::Kind environment;
  Type application;
};

// Errors: invalid_argument, whose detail says which URI and why.
Result<Unit, Error> check_redirect(RedirectPlace place, RedirectKind kind, std::string_view uri);
Result<Unit, Error> check_initiate_login(RedirectPlace place, std::string_view uri);

}  // namespace gatehouse::applications
