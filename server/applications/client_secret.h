// How a client's secret is made, for the files of this module alone.

#pragma once

#include "server/applications/application.h"

namespace gatehouse::applications {

// 256 random bits behind a prefix that tells leaked ones of production from harmless ones.
[[nodiscard]] Secret generate_secret(environments::Kind kind, Random& random);
// What is kept of it: an active secret without an end, made now by the actor of `context`.
[[nodiscard]] SecretRecord record_of(const Secret& plain, const Context& context, Random& random);

}  // namespace gatehouse::applications
