// Waiting for a socket until a moment. Private to the driver.

#pragma once

#include "server/core/time.h"

namespace gatehouse::storage {

enum class Waited { ready, too_late };
// `events` as poll(2) has them. Deadline::max() waits for ever.
[[nodiscard]] Waited wait_for(int socket, short events, Deadline deadline);

}  // namespace gatehouse::storage
