// The door to LAPACK. Its functions are not linked: whoever uses the core gives their addresses (Python takes them from
// SciPy), and the kernels here call them, on batches of matrices, with the convention of every other kernel.
#pragma once
#include <complex>
#include <string_view>

#include "core/dtype.h"
#include "core/kernel_abi.h"

namespace taeda {

// The functions of LAPACK and BLAS that are called: what they are named here, and their names for real and for complex
// matrices without the letter of the element type. In Fortran's convention every argument is a pointer.
// clang-format off
#define TAEDA_LAPACK_ROUTINES(F) \
  F(geev, geev, geev)            \
  F(gels, gels, gels)            \
  F(gelsd, gelsd, gelsd)         \
  F(gelss, gelss, gelss)         \
  F(gelsy, gelsy, gelsy)         \
  F(gemm, gemm, gemm)            \
  F(geqrf, geqrf, geqrf)         \
  F(gesdd, gesdd, gesdd)         \
  F(getrf, getrf, getrf)         \
  F(getri, getri, getri)         \
  F(getrs, getrs, getrs)         \
  F(hetrf, sytrf, hetrf)         \
  F(hetrs, sytrs, hetrs)         \
  F(larft, larft, larft)         \
  F(orgqr, orgqr, ungqr)         \
  F(potrf, potrf, potrf)         \
  F(potri, potri, potri)         \
  F(stedc, stedc, stedc)         \
  F(syevd, syevd, heevd)         \
  F(sytrd, sytrd, hetrd)         \
  F(sytrf, sytrf, sytrf)         \
  F(sytrs, sytrs, sytrs)         \
  F(trsm, trsm, trsm)
// clang-format on

enum class Routine {
#define TAEDA_ROUTINE(routine, real, complex) routine,
  TAEDA_LAPACK_ROUTINES(TAEDA_ROUTINE)
#undef TAEDA_ROUTINE
      Count
};

// Gives `use` each name ("dpotrf") with the place for its address.
void each_lapack_routine(void (*use)(void* context, const char* name, void** address), void* context);

// The kernel of this name, or null. Its routines must have their addresses before it runs.
Kernel lapack_kernel(std::string_view name, DType dtype);

// -- for the files of kernels -----------------------------------------------------------------------------------------

template <class T>
struct ElementOf {
  using Real = T;
  static constexpr bool is_complex = false;
};
template <class R>
struct ElementOf<std::complex<R>> {
  using Real = R;
  static constexpr bool is_complex = true;
};
template <class T>
using Real = typename ElementOf<T>::Real;
template <class T>
inline constexpr bool is_complex = ElementOf<T>::is_complex;

template <class T>
inline void* routines[static_cast<int>(Routine::Count)] = {};

template <class T, class... A>
void lapack(Routine routine, A*... arguments) {
  reinterpret_cast<void (*)(A * ...)>(routines<T>[static_cast<int>(routine)])(arguments...);
}

// Fault codes of these kernels; the words say which matrix of the batch, and the number that LAPACK gave.
inline constexpr int64_t FAILED_MATRIX = 1, OUT_OF_SCRATCH = 2, NOT_FINITE = 3;

inline int64_t failed_matrix(const KernelArguments* a, int64_t matrix, int64_t number, int64_t code = FAILED_MATRIX) {
  a->fault[0] = matrix;
  a->fault[1] = number;
  return code;
}

// A kernel for one element type, and its name.
struct NamedKernel {
  std::string_view name;
  Kernel kernel;
};

// out[c * rows + r] = in[r * columns + c], in tiles that stay in the cache.
template <class T>
void transpose_matrix(T* out, const T* in, int64_t rows, int64_t columns) {
  constexpr int64_t TILE = 16;
  for (int64_t top = 0; top < rows; top += TILE)
    for (int64_t left = 0; left < columns; left += TILE) {
      const int64_t bottom = top + TILE < rows ? top + TILE : rows;
      const int64_t right = left + TILE < columns ? left + TILE : columns;
      for (int64_t c = left; c < right; ++c)
        for (int64_t r = top; r < bottom; ++r) out[c * rows + r] = in[r * columns + c];
    }
}

// Memory of the calling thread for several arrays, one after the other.
class ScratchPlan {
 public:
  template <class T>
  size_t add(int64_t count) {
    size_t at = bytes_;
    bytes_ += (static_cast<size_t>(count > 0 ? count : 1) * sizeof(T) + 63) / 64 * 64;
    return at;
  }
  int64_t bytes() const { return static_cast<int64_t>(bytes_); }

 private:
  size_t bytes_ = 0;
};

}  // namespace taeda
