// The one calling convention between generated machine code and the core.
//
// Every kernel, whether it came from loop IR or from a template, is
//
//     i64 @kernel(ptr %arguments, i64 %begin, i64 %end)
//
// and works on the work items [begin, end). The executor splits [0, work) into pieces of `grain`
// items, the same pieces whatever the number of threads, and runs them on the thread pool; a kernel
// must therefore not depend on which other pieces run, or when.
#pragma once
#include <cstdint>

namespace taeda {

struct KernelArguments {
  char* const* data;        // one pointer per operand, inputs then outputs
  const int64_t* integers;  // sizes, strides and other run-time integers; meaning fixed by the kernel
  const uint64_t* scalars;  // run-time numbers, 8 bytes each: the bits of a double, or of an int64
  char* scratch;            // private to this call, 64-byte aligned, as large as the launch asked for
  int64_t* fault;           // FAULT_WORDS words, to be filled before returning non-zero
};

inline constexpr int FAULT_WORDS = 8;

// Returns 0, or a fault code: the launch instruction says which exception and message it stands for;
// the message may refer to the words in `fault` (the offending index, the bound, where it stood).
using Kernel = int64_t (*)(const KernelArguments*, int64_t begin, int64_t end);

}  // namespace taeda
