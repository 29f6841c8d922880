// The CPU's schedule of loop kernels: collapse dimensions, choose the variant from the strides at hand, split the work.
// The convention is in ARCHITECTURE.md ("Loop IR and the loops convention").
#pragma once
#include <memory>
#include <span>

#include "core/buffer.h"
#include "core/device_runtime.h"

namespace taeda {

// Inner extents above this are reduced in chunks of this many, by kernels that can be split into two (kernel_source.h).
inline constexpr int64_t REDUCTION_CHUNK = 16384;

// Outputs of at least so many bytes are written past the caches.
inline constexpr int64_t STREAMING = 24 << 20;

void run_loops(const LoopsLaunch& launch);
void run_join(Join& join);

// Loop kernels of one Program that do not depend on each other, and so run as one launch: their pieces of work are
// dealt out to the threads together. So the update of all parameters, or the norms of all gradients, is one round of
// the pool, however small each is. What a kernel computes does not depend on it.
//
// What is put in has to live until flush(): wait_for() and note() are told what each kernel reads and writes, before
// and after it was run. Kernels of little work run at once.
class LaunchCollection {
 public:
  LaunchCollection();
  ~LaunchCollection();  // what has not run never does: an exception is on the way
  LaunchCollection(const LaunchCollection&) = delete;
  using Buffers = std::span<const Buffer* const>;
  // Runs what is here where the next kernel depends on it; that kernel has so many scalars.
  void wait_for(Buffers reads, Buffers writes, size_t scalars);
  void note(Buffers reads, Buffers writes);
  void keep(Shared<Storage> memory);
  void flush();

  struct Launches;
  Launches& launches() { return *launches_; }

 private:
  size_t noted_ = 0;
  std::unique_ptr<Launches> launches_;
};

}  // namespace taeda
