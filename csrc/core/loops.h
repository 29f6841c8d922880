// Launching loop kernels: broadcast the operands, collapse dimensions, choose the variant from the strides at
// hand, split the work. The convention is in ARCHITECTURE.md ("Loop IR and the loops convention").
#pragma once
#include <string>
#include <unordered_map>

#include "core/kernel_abi.h"
#include "python/tensor.h"

namespace taeda {

inline constexpr int MAX_OPERANDS = 64;

// One loop kernel and its compiled variants.
class LoopKernel {
 public:
  explicit LoopKernel(int handle) : handle_(handle) {}
  // The machine code for a variant: axis 'inner' or 'outer', inner rank, a stride class per operand.
  Kernel variant(bool outer_axis, int inner_rank, const char* classes, int operands);
  int handle() const { return handle_; }
  // The two kernels that do a plain reduction in chunks, or false.
  bool split(LoopKernel** partial, LoopKernel** combine, std::vector<DType>* partial_dtypes);
  bool uses_index();  // reads the linear index: dimensions must be walked in their order

 private:
  int handle_;
  struct Last {
    uint64_t key = 0;
    Kernel kernel = nullptr;
  } last_[4];
  int next_ = 0, uses_index_ = 0;
  std::unordered_map<std::string, Kernel> variants_;
  int splitting_ = 0;  // 0 not asked yet, 1 no, 2 yes
  LoopKernel *partial_ = nullptr, *combine_ = nullptr;
  std::vector<DType> partial_dtypes_;
};
LoopKernel* loop_kernel(int handle);  // the one object for a handle

// Run over `shape` (the broadcast shape of all). operands: inputs then outputs, each with strides in elements for
// `shape` (0 where broadcast or reduced). reduced: bit mask of dims of `shape`;
// reduces: the kernel reduces, even if over no dimension (the sum of a zero-dimensional tensor).
struct LoopOperand {
  char* data;
  DType dtype;
  bool output;
  int64_t strides[MAX_DIMS];
};
void run_loops(LoopKernel& kernel, const Dims& shape, bool reduces, uint32_t reduced, LoopOperand* operands, int count,
               const uint64_t* scalars, int outputs);

}  // namespace taeda
