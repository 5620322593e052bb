#include "server/core/ensure.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace gatehouse {
namespace {

// The one piece of process-wide state: how this process dies of a bug. Set once, before threads.
std::atomic<bool> unwinding{false};

}  // namespace

void ensure_failed(const char* text) {
  std::fprintf(stderr, "ensure failed: %s\n", text);
  if (unwinding.load(std::memory_order_relaxed)) throw EnsureFailed(text);
  std::abort();
}

void let_failures_unwind() { unwinding.store(true, std::memory_order_relaxed); }

}  // namespace gatehouse
