#include "server/core/scheduling.h"

#include <pthread.h>
#include <sched.h>

namespace gatehouse {

void run_in_batches() {
  const sched_param parameters{};
  static_cast<void>(::pthread_setschedparam(::pthread_self(), SCHED_BATCH, &parameters));
}

}  // namespace gatehouse
