#include "core/lapack_small.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace taeda {
namespace {

template <class R>
R product(R a, R b) {
  return a * b;
}
template <class R>
std::complex<R> product(std::complex<R> a, std::complex<R> b) {  // the operator looks for lost infinities
  return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
}

template <class T>
void subtract(T* __restrict to, const T* __restrict from, T factor, int64_t count) {
  for (int64_t k = 0; k < count; ++k) to[k] -= product(from[k], factor);
}

template <class T>
void divide(T* x, T divisor, int64_t count) {
  if constexpr (is_complex<T>) {
    const T inverse = T(1) / divisor;
    for (int64_t k = 0; k < count; ++k) x[k] = product(x[k], inverse);
  } else {
    for (int64_t k = 0; k < count; ++k) x[k] /= divisor;
  }
}

template <class T>
Real<T> magnitude(T x) {
  return std::abs(std::real(x)) + std::abs(std::imag(x));
}

}  // namespace

template <class T>
int factor_small(T* matrix, int* pivots, int m, int n) {
  int info = 0;
  for (int k = 0; k < std::min(m, n); ++k) {
    T* column = matrix + k * m;
    int best = k;
    for (int i = k + 1; i < m; ++i)
      if (magnitude(column[i]) > magnitude(column[best])) best = i;
    pivots[k] = best + 1;
    if (best != k)
      for (int c = 0; c < n; ++c) std::swap(matrix[c * m + k], matrix[c * m + best]);
    if (column[k] != T(0))
      divide(column + k + 1, column[k], m - k - 1);
    else if (!info)
      info = k + 1;
    for (int c = k + 1; c < n; ++c) subtract(matrix + c * m + k + 1, column + k + 1, matrix[c * m + k], m - k - 1);
  }
  return info;
}

template <class T>
void solve_small(const T* factors, const int* pivots, T* b, int n, int64_t other, int64_t how) {
  const bool transposed = how == TRANSPOSED || how == ADJOINT;
  auto factor = [=](int row, int column) {
    T found = transposed ? factors[row * n + column] : factors[column * n + row];
    if constexpr (is_complex<T>)
      if (how == ADJOINT || how == CONJUGATE) found = std::conj(found);
    return found;
  };
  auto exchange = [=](int k) {
    if (pivots[k] - 1 != k) std::swap_ranges(b + k * other, b + (k + 1) * other, b + (pivots[k] - 1) * other);
  };
  // P L U x = b, or Uᵀ Lᵀ Pᵀ x = b: the diagonal of U is divided by where U is.
  if (!transposed)
    for (int k = 0; k < n; ++k) exchange(k);
  for (int k = 0; k < n; ++k) {
    for (int i = 0; i < k; ++i) subtract(b + k * other, b + i * other, factor(k, i), other);
    if (transposed) divide(b + k * other, factor(k, k), other);
  }
  for (int k = n - 1; k >= 0; --k) {
    for (int i = k + 1; i < n; ++i) subtract(b + k * other, b + i * other, factor(k, i), other);
    if (!transposed) divide(b + k * other, factor(k, k), other);
  }
  if (transposed)
    for (int k = n - 1; k >= 0; --k) exchange(k);
}

#define TAEDA_SMALL(T)                              \
  template int factor_small<T>(T*, int*, int, int); \
  template void solve_small<T>(const T*, const int*, T*, int, int64_t, int64_t);
TAEDA_SMALL(float)
TAEDA_SMALL(double)
TAEDA_SMALL(std::complex<float>)
TAEDA_SMALL(std::complex<double>)
#undef TAEDA_SMALL

}  // namespace taeda
