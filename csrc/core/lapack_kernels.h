// The files of kernels behind lapack_kernel, each of which knows its own names.
#pragma once
#include <algorithm>

#include "core/lapack.h"

namespace taeda {

Kernel find_factor_kernel(std::string_view name, DType dtype);  // lapack_factors.cpp: Cholesky, LU, triangles, inverses
Kernel find_spectral_kernel(std::string_view name,
                            DType dtype);                       // lapack_spectra.cpp: QR, singular values, eigenvalues
Kernel find_system_kernel(std::string_view name, DType dtype);  // lapack_systems.cpp: least squares, LDL, exponentials

// The leading dimension of n rows: LAPACK refuses 0.
inline int leading(int n) { return std::max(n, 1); }

// The size of the work space that LAPACK answers when it is asked.
template <class T>
int asked(const T& answer, int least = 1) {
  return std::max(static_cast<int>(std::real(answer)), least);
}

// `Kernels<T>::table` of the element type, searched for a name.
template <template <class> class Kernels>
Kernel find_in_tables(std::string_view name, DType dtype) {
  auto search = [&](const auto& table) -> Kernel {
    for (const NamedKernel& k : table)
      if (k.name == name) return k.kernel;
    return nullptr;
  };
  switch (dtype) {
    case DType::Float32: return search(Kernels<float>::table);
    case DType::Float64: return search(Kernels<double>::table);
    case DType::Complex64: return search(Kernels<std::complex<float>>::table);
    case DType::Complex128: return search(Kernels<std::complex<double>>::table);
    default: return nullptr;
  }
}

}  // namespace taeda
