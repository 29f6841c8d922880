// The thread pool. Work is split into the same pieces whatever the number of threads, so results cannot
// depend on it. The calling thread takes part. Workers spin briefly, then sleep; the pool is made anew in a
// forked child, on first use.
#pragma once
#include <cstdint>

namespace taeda {

// Run body(context, begin, end) over [0, work) in pieces of `grain` items; returns the first non-zero result in order
// of pieces (later pieces may be left out after a failure), or 0. Nested calls run in the calling thread alone. The
// caller decides whether to let go of the host's lock before.
using ParallelBody = int64_t (*)(void* context, int64_t begin, int64_t end);
int64_t parallel_for(int64_t work, int64_t grain, ParallelBody body, void* context);

// The lock that whoever uses the core holds (Python's GIL), let go while kernels run in parallel. Without one: nothing.
struct HostLock {
  void* (*release)() = nullptr;
  void (*acquire)(void* released) = nullptr;
};
extern HostLock host_lock;

class WithoutHostLock {
 public:
  WithoutHostLock() : released_(host_lock.release ? host_lock.release() : nullptr) {}
  ~WithoutHostLock() {
    if (host_lock.acquire) host_lock.acquire(released_);
  }
  WithoutHostLock(const WithoutHostLock&) = delete;

 private:
  void* released_;
};

void set_num_threads(int n);  // >= 1
int get_num_threads();

// Scratch memory of the calling thread (pool thread or not), 64-byte aligned, at least `bytes`; kept between calls,
// valid until the next call in this thread. Returns nullptr when memory is out.
char* thread_scratch(int64_t bytes);

}  // namespace taeda
