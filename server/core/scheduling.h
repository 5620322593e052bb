// How the operating system runs a thread.

#pragma once

namespace gatehouse {

// The calling thread works through a queue: being woken it need not push aside whoever woke it
// (SCHED_BATCH). Where many such threads are woken one after another, as after a group commit, this
// saves two switches a wake. Does nothing where the system refuses.
void run_in_batches();

}  // namespace gatehouse
