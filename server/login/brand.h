// How an environment's pages call and dress themselves.

#pragma once

#include "server/environments/environment.h"
#include "server/pages/brand.h"

namespace gatehouse::login {

[[nodiscard]] pages::Brand brand_of(const environments::Environment& environment);

}  // namespace gatehouse::login
