// Which URIs an application may register, for the files of this module alone.

#pragma once

#include <array>

#include "server/applications/application.h"

namespace gatehouse::applications {

struct RedirectPlace {
  environments::Kind environment;
  Type application;
};

inline constexpr std::array redirect_kinds{RedirectKind::callback, RedirectKind::post_logout,
                                           RedirectKind::back_channel_logout};
// The field of the contract that lists URIs of that kind.
[[nodiscard]] std::string_view redirect_field(RedirectKind kind);

// Errors: invalid_argument, which says which URI and why.
Result<Unit, Error> check_redirect(RedirectPlace place, RedirectKind kind, std::string_view uri);
Result<Unit, Error> check_initiate_login(RedirectPlace place, std::string_view uri);

}  // namespace gatehouse::applications
