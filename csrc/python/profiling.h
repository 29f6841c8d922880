// What taeda.profiler is told by the core: which kernels ran when, for which calls, made where.
#pragma once
#include "python/op.h"

namespace taeda {

extern bool profiling;  // somebody wants to know

// A label for a call that is made, or noted down, now: its op, the user's line and the module.
int label_of_call(const Compiled& compiled);

// While it lives, this thread runs that call.
class WatchedCall {
 public:
  explicit WatchedCall(const Compiled& compiled);
  ~WatchedCall();
  WatchedCall(const WatchedCall&) = delete;

 private:
  int label_;
  int64_t begin_;
};

extern int32_t profiled_scope;  // which module runs; a number of the profile's

}  // namespace taeda
