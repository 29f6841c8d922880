// What a device does: give memory, copy in it, run kernels on it. One object for each kind of device; Programs ask the
// runtime of the device they run on and know no other. "cpu" is in cpu_device.cpp, with the schedule of loop kernels in
// loops.cpp behind it; "meta" has no memory and runs nothing.
#pragma once
#include <vector>

#include "core/kernel_source.h"
#include "core/storage.h"

namespace taeda {

inline constexpr int MAX_OPERANDS = 64;

struct LoopOperand {
  char* data;
  DType dtype;
  bool output;
  int64_t strides[MAX_DIMS];  // in elements, for the shape of the loops; 0 where broadcast or reduced
};

// A loop kernel over `shape`, the broadcast shape of all operands: inputs, then outputs.
class LaunchCollection;
struct LoopsLaunch {
  LoopKernel& kernel;
  const Dims& shape;
  bool reduces;      // the kernel reduces, even if over no dimension (the sum of a zero-dimensional tensor)
  uint32_t reduced;  // bit mask of dimensions of `shape`
  LoopOperand* operands;
  int count, outputs;
  const uint64_t* scalars;
  LaunchCollection* collection = nullptr;  // where it may be put to run later (core/loops.h)
};

// A kernel from a template over [0, work) in pieces of `grain` items (kernel_abi.h); 0: in one piece that takes long,
// so that the host need not wait.
struct TemplateLaunch {
  Kernel kernel;
  char* const* data;
  const int64_t* integers;
  const uint64_t* scalars;
  int64_t work, grain;
  int64_t scratch;             // bytes for each thread
  int64_t fault[FAULT_WORDS];  // found: what the kernel says where it returns a fault code
};
inline constexpr int64_t NO_SCRATCH = -1;  // the fault code where there is no memory for scratch

// Rows of `row_bytes` bytes, in each of which the parts stand one after the other.
struct JoinPart {
  const char* from;   // its rows, without gaps; none: what stands there stays
  int64_t bytes, at;  // of a row, and where in the row
};
struct Join {
  char* to;
  int64_t rows, row_bytes;
  std::vector<JoinPart> parts;
};

class DeviceRuntime {
 public:
  virtual ~DeviceRuntime() = default;
  // Whether there are elements at all. Where not, Programs are inferred and nothing below is called.
  virtual bool executes() const = 0;
  virtual void* allocate(size_t bytes) = 0;  // raises where there is no memory; bytes > 0
  virtual void deallocate(void* p, size_t bytes) noexcept = 0;
  virtual void copy(void* to, const void* from, size_t bytes) = 0;  // in the memory of this device
  virtual void clear(void* at, size_t bytes) = 0;  // all bytes 0: numbers and false too, in every dtype
  virtual void run(const LoopsLaunch& launch) = 0;
  virtual int64_t run(TemplateLaunch& launch) = 0;  // the fault code of the first piece that failed, or 0
  virtual void run(Join& join) = 0;
  virtual void synchronise() = 0;  // all that was launched has been done
  struct Memory {
    int64_t allocated, reserved;  // bytes in use by storages, and held from the system
  };
  virtual Memory query() const = 0;
};

DeviceRuntime& cpu_runtime();
DeviceRuntime& meta_runtime();
// Raises where there is none.
inline DeviceRuntime& runtime_of(Device device) {
  if (TAEDA_LIKELY(device.kind == DeviceKind::CPU)) return cpu_runtime();
  if (device.kind == DeviceKind::Meta) return meta_runtime();
  if (device.kind == DeviceKind::CUDA || device.kind == DeviceKind::XPU)
    raise(ErrorKind::Assertion, "Torch not compiled with %s enabled\nTaeda has kernels for device 'cpu' only so far",
          device.kind == DeviceKind::CUDA ? "CUDA" : "XPU");
  raise(ErrorKind::Runtime,
        "PyTorch is not linked with support for %s devices\nTaeda has kernels for device 'cpu' only so far",
        DEVICE_KINDS[static_cast<int>(device.kind)]);
}

}  // namespace taeda
