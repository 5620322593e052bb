#include "server/core/ensure.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace gatehouse {
namespace {

// The one piece of process-wide state: how this process dies of a bug. Set once, before threads.
// tidy: allow global: an ENSURE stands where nothing could be passed to it
std::atomic<bool> unwinding{false};

}  // namespace

void ensure_failed(const char* text) {
  std::fprintf(stderr, "ensure failed: %s\n", text);
  // tidy: allow throw: the way of a bug out of the server, caught at its edge alone
  if (unwinding.load(std::memory_order_relaxed)) throw EnsureFailed(text);
  std::abort();
}

void let_failures_unwind() { unwinding.store(true, std::memory_order_relaxed); }

}  // namespace gatehouse
