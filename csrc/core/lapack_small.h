// LU factors of small matrices, and systems solved with them, in loops of the core: LAPACK's functions take longer to
// be called than such matrices take. What they give is what LAPACK's getrf and getrs give, rounded otherwise.
#pragma once
#include "core/lapack.h"

namespace taeda {

inline constexpr int SMALL_MATRIX = 32;  // the longest side

// How a system is solved with the factors of S: S x = b, Sᵀ x = b, Sᴴ x = b, or conj(S) x = b.
enum Transposition : int64_t { PLAIN, TRANSPOSED, ADJOINT, CONJUGATE };

// The matrix, m numbers in each of n columns, becomes its factors, with the rows that were exchanged (from 1). Returns
// 0 or the first zero on the diagonal of U, from 1.
template <class T>
int factor_small(T* matrix, int* pivots, int m, int n);

// b, n rows of `other` numbers, becomes the solution, with factors of n columns of n numbers.
template <class T>
void solve_small(const T* factors, const int* pivots, T* b, int n, int64_t other, int64_t how);

}  // namespace taeda
