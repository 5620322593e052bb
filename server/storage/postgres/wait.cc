#include "server/storage/postgres/wait.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace gatehouse::storage {
namespace {

int milliseconds_until(Deadline deadline) {
  if (deadline == Deadline::max()) return -1;
  const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(
      std::clamp<milliseconds::rep>(left.count(), 0, std::numeric_limits<int>::max()));
}

}  // namespace

Waited wait_for(int socket, short events, Deadline deadline) {
  for (;;) {
    ::pollfd waited{.fd = socket, .events = events, .revents = 0};
    const int found = ::poll(&waited, 1, milliseconds_until(deadline));
    if (found > 0) return Waited::ready;  // broken ones too: the next read says so
    if (found == 0 && std::chrono::steady_clock::now() >= deadline) return Waited::too_late;
    if (found < 0 && errno != EINTR) return Waited::ready;
  }
}

}  // namespace gatehouse::storage
