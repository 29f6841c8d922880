// Who watches what Programs run, kernel by kernel (csrc/python/profiling.cpp). Nobody does mostly: then all this costs
// is one look at a pointer for each Program.
#pragma once
#include <span>
#include <vector>

#include "core/instructions.h"

namespace taeda {

class ProgramWatcher {
 public:
  // From here on, this thread runs the calls with these labels (csrc/core/pending.h): one, or several that became one
  // Program, of which the instruction n came from those at the places origins[n].
  virtual void running(std::span<const int> labels, const std::vector<std::vector<int>>* origins) = 0;
  // An instruction was executed, from `begin` to `end` (nanoseconds of the monotonic clock).
  virtual void ran(const Instruction& what, const Frame& frame, int number, int64_t begin, int64_t end) = 0;

 protected:
  ~ProgramWatcher() = default;
};
extern ProgramWatcher* program_watcher;  // null: nobody watches
int64_t nanoseconds();                   // of the clock that time.perf_counter_ns() shows

}  // namespace taeda
