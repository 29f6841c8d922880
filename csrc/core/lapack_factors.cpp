// Cholesky and LU factors, triangular systems and what is solved with them.
//
// Matrices are rows one after the other, and LAPACK sees columns: it works on the transpose of each. Where that is as
// good (a symmetric matrix, an inverse, a determinant, a system, which is solved with the transposed factors), nothing
// is transposed.
#include <algorithm>
#include <cstring>
#include <limits>

#include "core/lapack_kernels.h"
#include "core/lapack_small.h"
#include "core/thread_pool.h"

namespace taeda {
namespace {

// ---- Cholesky -------------------------------------------------------------------------------------------------------

// Operands input, out, infos; integers n, upper, raising.
template <class T>
int64_t cholesky(const KernelArguments* a, int64_t begin, int64_t end) {
  const int n = static_cast<int>(a->integers[0]), lda = leading(n);
  const bool upper = a->integers[1], raising = a->integers[2];
  const int64_t elements = int64_t{n} * n;
  for (int64_t i = begin; i < end; ++i) {
    T* m = reinterpret_cast<T*>(a->data[1]) + i * elements;
    std::memcpy(m, a->data[0] + i * elements * sizeof(T), elements * sizeof(T));
    int info = 0;
    lapack<T>(Routine::potrf, upper ? "L" : "U", &n, m, &lda, &info);
    for (int64_t r = 0; r < n; ++r)
      if (upper)
        std::fill(m + r * n, m + r * n + r, T(0));
      else
        std::fill(m + r * n + r + 1, m + (r + 1) * n, T(0));
    reinterpret_cast<int32_t*>(a->data[2])[i] = info;
    if (info && raising) return failed_matrix(a, i, info);
  }
  return 0;
}

// The inverse of the matrix that has a Cholesky factor. Operands input, out; integers n, upper.
template <class T>
int64_t cholesky_inverse(const KernelArguments* a, int64_t begin, int64_t end) {
  const int n = static_cast<int>(a->integers[0]), lda = leading(n);
  const bool upper = a->integers[1];
  const int64_t elements = int64_t{n} * n;
  for (int64_t i = begin; i < end; ++i) {
    T* m = reinterpret_cast<T*>(a->data[1]) + i * elements;
    std::memcpy(m, a->data[0] + i * elements * sizeof(T), elements * sizeof(T));
    int info = 0;
    lapack<T>(Routine::potri, upper ? "L" : "U", &n, m, &lda, &info);
    if (info) return failed_matrix(a, i, info);
    for (int64_t r = 0; r < n; ++r)
      for (int64_t c = r + 1; c < n; ++c) {
        T &above = m[r * n + c], &below = m[c * n + r];
        (upper ? below : above) = upper ? above : below;
        if constexpr (is_complex<T>) (upper ? below : above) = std::conj(upper ? below : above);
      }
  }
  return 0;
}

// ---- triangular systems ---------------------------------------------------------------------------------------------

// Operands triangles, out (the right-hand sides, overwritten); integers n, other, step (elements from one triangle to
// the next), upper, left, unit, adjoint. The right-hand sides are (n, other) or, not left, (other, n).
template <class T>
int64_t solve_triangular(const KernelArguments* a, int64_t begin, int64_t end) {
  const int n = static_cast<int>(a->integers[0]), other = static_cast<int>(a->integers[1]);
  const int64_t step = a->integers[2];
  const bool upper = a->integers[3], left = a->integers[4], unit = a->integers[5], adjoint = a->integers[6];
  const T one = 1;
  const int lda = leading(n), ldb = leading(left ? other : n);
  for (int64_t i = begin; i < end; ++i) {
    const T* triangle = reinterpret_cast<const T*>(a->data[0]) + i * step;
    T* b = reinterpret_cast<T*>(a->data[1]) + i * n * other;
    lapack<T>(Routine::trsm, left ? "R" : "L", upper ? "L" : "U",
              !adjoint        ? "N"
              : is_complex<T> ? "C"
                              : "T",
              unit ? "U" : "N", left ? &other : &n, left ? &n : &other, &one, triangle, &lda, b, &ldb);
  }
  return 0;
}

// ---- LU -------------------------------------------------------------------------------------------------------------

// The factors of a matrix of m rows, whose columns lie one after the other; LAPACK's info.
template <class T>
int factor(T* matrix, int* pivots, int m, int n) {
  if (std::max(m, n) <= SMALL_MATRIX) return factor_small(matrix, pivots, m, n);
  const int lda = leading(m);
  int info = 0;
  lapack<T>(Routine::getrf, &m, &n, matrix, &lda, pivots, &info);
  return info;
}

// Operands input, out, pivots, infos; integers rows, columns, transposing, raising. `transposing` factors the matrix
// itself, and `out` has its columns one after the other; else its transpose.
template <class T>
int64_t lu(const KernelArguments* a, int64_t begin, int64_t end) {
  int rows = static_cast<int>(a->integers[0]), columns = static_cast<int>(a->integers[1]);
  const bool transposing = a->integers[2], raising = a->integers[3];
  const int64_t elements = int64_t{rows} * columns;
  const int shorter = std::min(rows, columns), m = transposing ? rows : columns, n = transposing ? columns : rows;
  for (int64_t i = begin; i < end; ++i) {
    const T* input = reinterpret_cast<const T*>(a->data[0]) + i * elements;
    T* out = reinterpret_cast<T*>(a->data[1]) + i * elements;
    int* pivots = reinterpret_cast<int*>(a->data[2]) + i * shorter;
    if (transposing)
      transpose_matrix(out, input, rows, columns);
    else
      std::memcpy(out, input, elements * sizeof(T));
    const int info = factor(out, pivots, m, n);
    reinterpret_cast<int32_t*>(a->data[3])[i] = info;
    if (info && raising) return failed_matrix(a, i, info);
  }
  return 0;
}

template <class T>
void conjugate(T* x, int64_t count) {
  if constexpr (is_complex<T>)
    for (int64_t k = 0; k < count; ++k) x[k] = std::conj(x[k]);
}

// b, of n rows and `other` columns one after the other, becomes the solution.
template <class T>
void solve_with_factors(const T* factors, const int* pivots, T* b, int n, int other, int64_t how) {
  const int lda = leading(n);
  int info = 0;
  if (how == CONJUGATE) conjugate(b, int64_t{n} * other);
  const char* trans = how == TRANSPOSED ? "T" : how == ADJOINT ? "C" : "N";
  if (n && other) lapack<T>(Routine::getrs, trans, &n, &other, factors, &lda, pivots, b, &lda, &info);
  if (how == CONJUGATE) conjugate(b, int64_t{n} * other);
}

// As above, for rows one after the other: (n, other), or if not `columns` the transpose of that.
template <class T>
bool solve_rows(const T* factors, const int* pivots, T* out, const T* b, int n, int other, int64_t how, bool columns) {
  const int64_t elements = int64_t{n} * other;
  if (n <= SMALL_MATRIX && (columns || other == 1)) {
    std::memcpy(out, b, elements * sizeof(T));
    solve_small(factors, pivots, out, n, other, how);
    return true;
  }
  if (!columns || other == 1) {
    std::memcpy(out, b, elements * sizeof(T));
    solve_with_factors(factors, pivots, out, n, other, how);
    return true;
  }
  T* turned = reinterpret_cast<T*>(thread_scratch(std::max<int64_t>(elements, 1) * sizeof(T)));
  if (!turned) return false;
  transpose_matrix(turned, b, n, other);
  solve_with_factors(factors, pivots, turned, n, other, how);
  transpose_matrix(out, turned, other, n);
  return true;
}

// Pivots come from the user: those that name no row are faults.
bool pivots_fit(const int* pivots, int count, int rows) {
  return std::all_of(pivots, pivots + count, [=](int p) { return p >= 1 && p <= rows; });
}

// Operands factors, pivots, b, out; integers n, other, how, columns.
template <class T>
int64_t lu_solve(const KernelArguments* a, int64_t begin, int64_t end) {
  const int n = static_cast<int>(a->integers[0]), other = static_cast<int>(a->integers[1]);
  const int64_t factor = int64_t{n} * n, side = int64_t{n} * other;
  for (int64_t i = begin; i < end; ++i) {
    const int* pivots = reinterpret_cast<const int*>(a->data[1]) + i * n;
    if (!pivots_fit(pivots, n, n)) return failed_matrix(a, i, n);
    if (!solve_rows(reinterpret_cast<const T*>(a->data[0]) + i * factor, pivots,
                    reinterpret_cast<T*>(a->data[3]) + i * side, reinterpret_cast<const T*>(a->data[2]) + i * side, n,
                    other, a->integers[2], a->integers[3]))
      return OUT_OF_SCRATCH;
  }
  return 0;
}

// A X = B or, not left, X A = B. Operands A, B, out, factors and pivots of the transpose of A, infos; integers n,
// other, step (elements from one B to the next), left, raising.
template <class T>
int64_t solve(const KernelArguments* a, int64_t begin, int64_t end) {
  const int n = static_cast<int>(a->integers[0]), other = static_cast<int>(a->integers[1]);
  const bool left = a->integers[3], raising = a->integers[4];
  const int64_t square = int64_t{n} * n, side = int64_t{n} * other;
  for (int64_t i = begin; i < end; ++i) {
    T* factors = reinterpret_cast<T*>(a->data[3]) + i * square;
    int* pivots = reinterpret_cast<int*>(a->data[4]) + i * n;
    std::memcpy(factors, a->data[0] + i * square * sizeof(T), square * sizeof(T));
    const int info = factor(factors, pivots, n, n);
    reinterpret_cast<int32_t*>(a->data[5])[i] = info;
    if (info && raising) return failed_matrix(a, i, info);
    if (!solve_rows(factors, pivots, reinterpret_cast<T*>(a->data[2]) + i * side,
                    reinterpret_cast<const T*>(a->data[1]) + i * a->integers[2], n, other, left ? TRANSPOSED : PLAIN,
                    left))
      return OUT_OF_SCRATCH;
  }
  return 0;
}

// Operands input, out, infos; integers n, raising.
template <class T>
int64_t invert(const KernelArguments* a, int64_t begin, int64_t end) {
  const int n = static_cast<int>(a->integers[0]), lda = leading(n), question = -1;
  const bool raising = a->integers[1];
  const int64_t square = int64_t{n} * n;
  T best = 0;
  int info = 0;
  lapack<T>(Routine::getri, &n, static_cast<T*>(nullptr), &lda, static_cast<int*>(nullptr), &best, &question, &info);
  const int size = asked(best, leading(n));
  ScratchPlan plan;
  const bool small = n <= SMALL_MATRIX;
  const size_t pivots_at = plan.add<int>(n), work_at = plan.add<T>(small ? square : size);
  char* scratch = thread_scratch(plan.bytes());
  if (!scratch) return OUT_OF_SCRATCH;
  int* pivots = reinterpret_cast<int*>(scratch + pivots_at);
  T* work = reinterpret_cast<T*>(scratch + work_at);
  for (int64_t i = begin; i < end; ++i) {
    T *out = reinterpret_cast<T*>(a->data[1]) + i * square, *m = small ? work : out;
    std::memcpy(m, a->data[0] + i * square * sizeof(T), square * sizeof(T));
    const int failed = factor(m, pivots, n, n);
    reinterpret_cast<int32_t*>(a->data[2])[i] = failed;
    if (failed && raising) return failed_matrix(a, i, failed);
    if (failed) {  // as dividing by the zero on the diagonal would give
      std::fill(out, out + square, T(std::numeric_limits<Real<T>>::quiet_NaN()));
    } else if (small) {
      std::fill(out, out + square, T(0));
      for (int k = 0; k < n; ++k) out[k * n + k] = 1;
      solve_small(m, pivots, out, n, n, TRANSPOSED);
    } else {
      lapack<T>(Routine::getri, &n, m, &lda, pivots, work, &size, &info);
    }
  }
  return 0;
}

// The permutations that exchanging row k with row pivots[k] - 1, one after the other, makes: row i comes from
// out[i]. Operands pivots (int32), out (int64); integers number of pivots, rows.
int64_t permutation(const KernelArguments* a, int64_t begin, int64_t end) {
  const int64_t count = a->integers[0], rows = a->integers[1];
  for (int64_t i = begin; i < end; ++i) {
    const int32_t* pivots = reinterpret_cast<const int32_t*>(a->data[0]) + i * count;
    int64_t* out = reinterpret_cast<int64_t*>(a->data[1]) + i * rows;
    if (!pivots_fit(pivots, static_cast<int>(count), static_cast<int>(rows))) return failed_matrix(a, i, rows);
    for (int64_t r = 0; r < rows; ++r) out[r] = r;
    for (int64_t k = 0; k < count; ++k) std::swap(out[k], out[pivots[k] - 1]);
  }
  return 0;
}

template <class T>
struct FactorKernels {
  static constexpr NamedKernel table[] = {
      {"cholesky", cholesky<T>}, {"cholesky_inverse", cholesky_inverse<T>},
      {"invert", invert<T>},     {"lu", lu<T>},
      {"lu_solve", lu_solve<T>}, {"permutation", permutation},
      {"solve", solve<T>},       {"solve_triangular", solve_triangular<T>},
  };
};

}  // namespace

Kernel find_factor_kernel(std::string_view name, DType dtype) { return find_in_tables<FactorKernels>(name, dtype); }

}  // namespace taeda
