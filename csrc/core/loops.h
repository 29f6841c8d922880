// Launching loop kernels: broadcast the operands, collapse dimensions, choose the variant from the strides at
// hand, split the work. The convention is in ARCHITECTURE.md ("Loop IR and the loops convention").
#pragma once
#include "core/kernel_source.h"

namespace taeda {

inline constexpr int MAX_OPERANDS = 64;

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
