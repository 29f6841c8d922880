// The files of kernels behind lapack_kernel, each of which knows its own names.
#pragma once
#include <iterator>

#include "core/lapack.h"

namespace taeda {

Kernel find_factor_kernel(std::string_view name, DType dtype);  // lapack_factors.cpp: Cholesky, LU, triangles, inverses
Kernel find_spectral_kernel(std::string_view name,
                            DType dtype);                       // lapack_spectra.cpp: QR, singular values, eigenvalues
Kernel find_system_kernel(std::string_view name, DType dtype);  // lapack_systems.cpp: least squares, LDL, exponentials

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
