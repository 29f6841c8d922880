// Discrete Fourier transforms: kernels of the core, with the convention of every other kernel (kernel_abi.h).
#pragma once
#include "core/dtype.h"
#include "core/kernel_abi.h"

namespace taeda {

// The kernel for complex numbers of a dtype on vectors of this many bytes (64, 32 or 16), or null. One item of work is
// the whole batch: the kernel spreads rows, or parts of a long one, over the thread pool itself.
//
// Operands: input, output; contiguous rows. Integers: rows, n, kind, inverse, inner, height; scalars: factors of the
// results. With a height, of kind 0 and `inner` 1, as many rows are a plane, whose columns are transformed as well.
// The kinds: 0 n complex numbers to n complex numbers; 1 n real numbers to the n / 2 + 1 complex ones that determine
// the spectrum; 2 such numbers to the n real ones; 3 n real numbers to all n complex ones. The transform is Σ_k x[k]
// exp(∓2πi jk / n), + for `inverse`. Of kind 0 elements of a row may be `inner` apart: as many rows lie side by side,
// of other kinds `inner` is 1.
Kernel fourier_kernel(DType dtype, int vector_bytes);

inline constexpr int64_t FOURIER_OUT_OF_MEMORY = 1;  // the only fault code

}  // namespace taeda
