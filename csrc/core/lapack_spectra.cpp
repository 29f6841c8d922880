// QR, singular values, eigenvalues.
//
// Here the matrix itself is given to LAPACK, transposed where it is read, because signs of vectors follow from the
// order of its steps: they are those that others get from LAPACK too. Factors are left with one column after the other.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>

#include "core/lapack_kernels.h"
#include "core/thread_pool.h"

namespace taeda {
namespace {

template <class T>
bool all_finite(const T* x, int64_t count) {
  for (int64_t k = 0; k < count; ++k)
    if (!std::isfinite(std::real(x[k])) || !std::isfinite(std::imag(x[k]))) return false;
  return true;
}

template <class T>
bool any_nan(const T* x, int64_t count) {
  return std::any_of(x, x + count, [](const T& v) { return v != v; });
}

template <class T>
void write_identity(T* x, int64_t n) {
  std::fill(x, x + n * n, T(0));
  for (int64_t k = 0; k < n; ++k) x[k * n + k] = T(1);
}

// ---- QR -------------------------------------------------------------------------------------------------------------

// Operands input, Q (columns one after the other; absent where only R is wanted), R; integers rows, columns, columns of
// Q = rows of R.
template <class T>
int64_t qr(const KernelArguments* a, int64_t begin, int64_t end) {
  const int m = static_cast<int>(a->integers[0]), n = static_cast<int>(a->integers[1]);
  const int inner = static_cast<int>(a->integers[2]), lda = leading(m), k = std::min(m, n), question = -1;
  const int64_t wanted = a->integers[3];  // Q is
  T best[2] = {};
  int info = 0;
  T* none = nullptr;
  lapack<T>(Routine::geqrf, &m, &n, none, &lda, none, best, &question, &info);
  if (wanted) lapack<T>(Routine::orgqr, &m, &inner, &k, none, &lda, none, best + 1, &question, &info);
  const int size = std::max({asked(best[0]), asked(best[1]), n, inner});
  ScratchPlan plan;
  const size_t matrix_at = plan.add<T>(int64_t{m} * std::max(n, inner)), tau_at = plan.add<T>(k);
  const size_t work_at = plan.add<T>(size);
  char* scratch = thread_scratch(plan.bytes());
  if (!scratch) return OUT_OF_SCRATCH;
  T *matrix = reinterpret_cast<T*>(scratch + matrix_at), *tau = reinterpret_cast<T*>(scratch + tau_at);
  T* work = reinterpret_cast<T*>(scratch + work_at);
  for (int64_t i = begin; i < end; ++i) {
    transpose_matrix(matrix, reinterpret_cast<const T*>(a->data[0]) + i * m * n, m, n);
    if (k) lapack<T>(Routine::geqrf, &m, &n, matrix, &lda, tau, work, &size, &info);
    T* r = reinterpret_cast<T*>(a->data[2]) + i * inner * n;
    for (int64_t row = 0; row < inner; ++row)
      for (int64_t column = 0; column < n; ++column)
        r[row * n + column] = column < row ? T(0) : matrix[column * m + row];
    if (!wanted) continue;
    lapack<T>(Routine::orgqr, &m, &inner, &k, matrix, &lda, tau, work, &size, &info);
    std::memcpy(reinterpret_cast<T*>(a->data[1]) + i * m * inner, matrix, sizeof(T) * m * inner);
  }
  return 0;
}

// The factors as LAPACK leaves them. Operands input, out (columns one after the other), tau; integers rows, columns.
template <class T>
int64_t geqrf(const KernelArguments* a, int64_t begin, int64_t end) {
  const int m = static_cast<int>(a->integers[0]), n = static_cast<int>(a->integers[1]);
  const int lda = leading(m), k = std::min(m, n), question = -1;
  T best = 0, *none = nullptr;
  int info = 0;
  lapack<T>(Routine::geqrf, &m, &n, none, &lda, none, &best, &question, &info);
  const int size = asked(best, n);
  T* work = reinterpret_cast<T*>(thread_scratch(int64_t{size} * sizeof(T)));
  if (!work) return OUT_OF_SCRATCH;
  for (int64_t i = begin; i < end; ++i) {
    T* out = reinterpret_cast<T*>(a->data[1]) + i * m * n;
    transpose_matrix(out, reinterpret_cast<const T*>(a->data[0]) + i * m * n, m, n);
    if (k) lapack<T>(Routine::geqrf, &m, &n, out, &lda, reinterpret_cast<T*>(a->data[2]) + i * k, work, &size, &info);
  }
  return 0;
}

// ---- singular values ------------------------------------------------------------------------------------------------

// Operands input, U and Vᴴ (columns one after the other), singular values; integers rows, columns, how many vectors:
// 0 none, 1 as many as there are values, 2 all. Matrices with NaN elements are faults; those with infinite ones have
// NaN for all.
template <class T>
int64_t svd(const KernelArguments* a, int64_t begin, int64_t end) {
  using R = Real<T>;
  const int m = static_cast<int>(a->integers[0]), n = static_cast<int>(a->integers[1]);
  const int64_t vectors = a->integers[2];
  const int k = std::min(m, n), longer = std::max(m, n), lda = leading(m), question = -1;
  const int u_columns = vectors == 2 ? m : k, v_rows = vectors == 2 ? n : k, ldv = leading(v_rows);
  const char* job = vectors == 0 ? "N" : vectors == 1 ? "S" : "A";
  const int64_t real_size =
      vectors ? int64_t{k} * std::max(5 * int64_t{k} + 7, 2 * int64_t{longer} + 2 * int64_t{k} + 1) : 7 * int64_t{k};
  T best = 0, *none = nullptr;
  R* no_reals = nullptr;
  int info = 0, *no_integers = nullptr;
  auto run = [&](T* matrix, R* s, T* u, T* v, T* work, const int* size, R* reals, int* integers) {
    if constexpr (is_complex<T>)
      lapack<T>(Routine::gesdd, job, &m, &n, matrix, &lda, s, u, &lda, v, &ldv, work, size, reals, integers, &info);
    else
      lapack<T>(Routine::gesdd, job, &m, &n, matrix, &lda, s, u, &lda, v, &ldv, work, size, integers, &info);
  };
  if (k) run(none, no_reals, none, none, &best, &question, no_reals, no_integers);
  const int size = asked(best);
  ScratchPlan plan;
  const size_t matrix_at = plan.add<T>(int64_t{m} * n), work_at = plan.add<T>(size);
  const size_t reals_at = plan.add<R>(is_complex<T> ? real_size : 1), integers_at = plan.add<int>(8 * int64_t{k});
  char* scratch = thread_scratch(plan.bytes());
  if (!scratch) return OUT_OF_SCRATCH;
  T* matrix = reinterpret_cast<T*>(scratch + matrix_at);
  for (int64_t i = begin; i < end; ++i) {
    const T* input = reinterpret_cast<const T*>(a->data[0]) + i * m * n;
    T* u = vectors ? reinterpret_cast<T*>(a->data[1]) + i * m * u_columns : none;
    T* v = vectors ? reinterpret_cast<T*>(a->data[2]) + i * v_rows * n : none;
    if (!k) {
      if (vectors == 2) write_identity(u, m), write_identity(v, n);
      continue;
    }
    R* values = reinterpret_cast<R*>(a->data[3]) + i * k;
    if (!all_finite(input, int64_t{m} * n)) {
      if (any_nan(input, int64_t{m} * n)) return failed_matrix(a, i, 0, NOT_FINITE);
      const R nan = std::numeric_limits<R>::quiet_NaN();
      std::fill(values, values + k, nan);
      if (vectors) std::fill(u, u + int64_t{m} * u_columns, T(nan)), std::fill(v, v + int64_t{v_rows} * n, T(nan));
      continue;
    }
    transpose_matrix(matrix, input, m, n);
    run(matrix, values, u, v, reinterpret_cast<T*>(scratch + work_at), &size, reinterpret_cast<R*>(scratch + reals_at),
        reinterpret_cast<int*>(scratch + integers_at));
    if (info) return failed_matrix(a, i, info);
  }
  return 0;
}

// ---- eigenvalues ----------------------------------------------------------------------------------------------------

// Large real matrices go through syevd's three steps here: to three diagonals, the vectors of those, and these vectors
// turned by the reflectors of the first step. Of the last LAPACK makes products of few columns; here they are wide.
constexpr int REFLECTORS = 64;        // that are applied together
constexpr int LARGE_SYMMETRIC = 128;  // from which side on

template <class T>
struct SymmetricSteps {
  T *beside, *factors, *vectors, *work, *reflectors, *turns, *products;
  int size, *integers, integer_size;
};

template <class T>
bool well_scaled(const T* x, int64_t count) {  // else syevd scales first
  T largest = 0;
  for (int64_t k = 0; k < count; ++k) largest = std::max(largest, std::abs(x[k]));
  const T least = std::sqrt(std::numeric_limits<T>::min() / std::numeric_limits<T>::epsilon());
  return largest == 0 || (largest >= least && largest <= 1 / least);
}

// Z becomes (H₁ H₂ ..) Z; H_k = 1 - factors[k] v vᵀ with v below the diagonal of column k, and one right there.
template <class T>
void apply_reflectors(const T* matrix, int n, const SymmetricSteps<T>& s) {
  const T one = 1, zero = 0, minus_one = -1;
  const int last = (n - 2) / REFLECTORS * REFLECTORS;
  for (int first = last; first >= 0; first -= REFLECTORS) {
    const int count = std::min(REFLECTORS, n - 1 - first), rows = n - 1 - first, stride = REFLECTORS;
    const T* columns = matrix + int64_t{first} * n + first + 1;
    for (int c = 0; c < count; ++c) {
      T* v = s.reflectors + int64_t{c} * rows;
      std::fill(v, v + c, zero);
      v[c] = one;
      std::copy(columns + int64_t{c} * n + c + 1, columns + int64_t{c} * n + rows, v + c + 1);
    }
    std::fill(s.turns, s.turns + stride * stride, zero);
    lapack<T>(Routine::larft, "F", "C", &rows, &count, s.reflectors, &rows, s.factors + first, s.turns, &stride);
    T *z = s.vectors + first + 1, *turned = s.products + int64_t{stride} * n;
    lapack<T>(Routine::gemm, "T", "N", &count, &n, &rows, &one, s.reflectors, &rows, z, &n, &zero, s.products, &stride);
    lapack<T>(Routine::gemm, "N", "N", &count, &n, &count, &one, s.turns, &stride, s.products, &stride, &zero, turned,
              &stride);
    lapack<T>(Routine::gemm, "N", "N", &rows, &n, &count, &minus_one, s.reflectors, &rows, turned, &stride, &one, z,
              &n);
  }
}

template <class T>
int eigh_in_steps(T* matrix, T* values, int n, const SymmetricSteps<T>& s) {
  int info = 0;
  lapack<T>(Routine::sytrd, "L", &n, matrix, &n, values, s.beside, s.factors, s.work, &s.size, &info);
  lapack<T>(Routine::stedc, "I", &n, values, s.beside, s.vectors, &n, s.work, &s.size, s.integers, &s.integer_size,
            &info);
  if (info) return info;
  apply_reflectors(matrix, n, s);
  std::copy(s.vectors, s.vectors + int64_t{n} * n, matrix);
  return 0;
}

// Of symmetric or Hermitian matrices. Operands input, eigenvalues, eigenvectors (columns one after the other; absent
// where only values are wanted); integers n, upper (the triangle that is read), vectors. Matrices with infinite or NaN
// elements have NaN for all.
template <class T>
int64_t eigh(const KernelArguments* a, int64_t begin, int64_t end) {
  using R = Real<T>;
  const int n = static_cast<int>(a->integers[0]), lda = leading(n), question = -1;
  const bool upper = a->integers[1], vectors = a->integers[2];
  const int64_t square = int64_t{n} * n;
  if (!n) return 0;
  const char *job = vectors ? "V" : "N", *triangle = upper ? "U" : "L";
  T best = 0, *none = nullptr;
  R best_reals = 0, *no_reals = nullptr;
  int best_integers = 0, info = 0;
  auto run = [&](T* m, R* w, T* work, const int* size, R* reals, const int* real_size, int* integers,
                 const int* integer_size) {
    if constexpr (is_complex<T>)
      lapack<T>(Routine::syevd, job, triangle, &n, m, &lda, w, work, size, reals, real_size, integers, integer_size,
                &info);
    else
      lapack<T>(Routine::syevd, job, triangle, &n, m, &lda, w, work, size, integers, integer_size, &info);
  };
  run(none, no_reals, &best, &question, &best_reals, &question, &best_integers, &question);
  const int size = asked(best), real_size = asked(best_reals), integer_size = std::max(best_integers, 1);
  ScratchPlan plan;
  const size_t matrix_at = plan.add<T>(vectors ? 1 : square), work_at = plan.add<T>(size);
  const size_t reals_at = plan.add<R>(real_size), integers_at = plan.add<int>(integer_size);
  const bool in_steps = !is_complex<T> && vectors && !upper && n >= LARGE_SYMMETRIC;
  const int64_t parts[] = {n, n, square, int64_t{REFLECTORS} * n, REFLECTORS * REFLECTORS, 2 * int64_t{REFLECTORS} * n};
  size_t parts_at[std::size(parts)];
  for (size_t k = 0; k < std::size(parts); ++k) parts_at[k] = plan.add<T>(in_steps ? parts[k] : 0);
  char* scratch = thread_scratch(plan.bytes());
  if (!scratch) return OUT_OF_SCRATCH;
  auto part = [&](size_t at) { return reinterpret_cast<T*>(scratch + at); };
  for (int64_t i = begin; i < end; ++i) {
    const T* input = reinterpret_cast<const T*>(a->data[0]) + i * square;
    R* values = reinterpret_cast<R*>(a->data[1]) + i * n;
    T* m = vectors ? reinterpret_cast<T*>(a->data[2]) + i * square : reinterpret_cast<T*>(scratch + matrix_at);
    if (!all_finite(input, square)) {
      std::fill(values, values + n, std::numeric_limits<R>::quiet_NaN());
      if (vectors) std::fill(m, m + square, T(std::numeric_limits<R>::quiet_NaN()));
      continue;
    }
    transpose_matrix(m, input, n, n);
    if constexpr (!is_complex<T>)
      if (in_steps && well_scaled(m, square)) {
        const SymmetricSteps<T> steps{part(parts_at[0]),
                                      part(parts_at[1]),
                                      part(parts_at[2]),
                                      part(work_at),
                                      part(parts_at[3]),
                                      part(parts_at[4]),
                                      part(parts_at[5]),
                                      size,
                                      reinterpret_cast<int*>(scratch + integers_at),
                                      integer_size};
        if (int failed = eigh_in_steps(m, values, n, steps)) return failed_matrix(a, i, failed);
        continue;
      }
    run(m, values, part(work_at), &size, reinterpret_cast<R*>(scratch + reals_at), &real_size,
        reinterpret_cast<int*>(scratch + integers_at), &integer_size);
    if (info) return failed_matrix(a, i, info);
  }
  return 0;
}

// Of any square matrices: complex ones. Operands input, eigenvalues, eigenvectors (columns one after the other; absent
// where only values are wanted); integers n, vectors. Matrices with infinite or NaN elements are faults, or where only
// values are wanted have NaN for all.
template <class T>
int64_t eig(const KernelArguments* a, int64_t begin, int64_t end) {
  using R = Real<T>;
  using C = std::complex<R>;
  const int n = static_cast<int>(a->integers[0]), lda = leading(n), question = -1;
  const bool vectors = a->integers[1];
  const int64_t square = int64_t{n} * n;
  if (!n) return 0;
  const char *none_of = "N", *right = vectors ? "V" : "N";
  const int one = 1;
  T best = 0, *none = nullptr;
  int info = 0;
  auto run = [&](T* m, T* values, R* imaginary, T* v, T* work, const int* size, R* reals) {
    if constexpr (is_complex<T>)
      lapack<T>(Routine::geev, none_of, right, &n, m, &lda, values, none, &one, v, &lda, work, size, reals, &info);
    else
      lapack<T>(Routine::geev, none_of, right, &n, m, &lda, values, imaginary, none, &one, v, &lda, work, size, &info);
  };
  R best_reals[1] = {};  // LAPACK writes there even when it is asked for nothing but sizes
  run(none, none, nullptr, none, &best, &question, best_reals);
  const int size = asked(best, 4 * n);
  ScratchPlan plan;
  const size_t matrix_at = plan.add<T>(square), work_at = plan.add<T>(size), vectors_at = plan.add<T>(square);
  const size_t values_at = plan.add<T>(n), reals_at = plan.add<R>(2 * int64_t{n});
  char* scratch = thread_scratch(plan.bytes());
  if (!scratch) return OUT_OF_SCRATCH;
  T *m = reinterpret_cast<T*>(scratch + matrix_at), *found = reinterpret_cast<T*>(scratch + vectors_at);
  T* values = reinterpret_cast<T*>(scratch + values_at);
  R* reals = reinterpret_cast<R*>(scratch + reals_at);
  for (int64_t i = begin; i < end; ++i) {
    const T* input = reinterpret_cast<const T*>(a->data[0]) + i * square;
    C* out = reinterpret_cast<C*>(a->data[1]) + i * n;
    if (!all_finite(input, square)) {
      if (vectors) return failed_matrix(a, i, 0, NOT_FINITE);
      std::fill(out, out + n, C(std::numeric_limits<R>::quiet_NaN(), std::numeric_limits<R>::quiet_NaN()));
      continue;
    }
    transpose_matrix(m, input, n, n);
    run(m, values, reals, found, reinterpret_cast<T*>(scratch + work_at), &size, reals);
    if (info) return failed_matrix(a, i, info);
    C* out_vectors = vectors ? reinterpret_cast<C*>(a->data[2]) + i * square : nullptr;
    for (int k = 0; k < n; ++k) {
      if constexpr (is_complex<T>)
        out[k] = values[k];
      else
        out[k] = C(values[k], reals[k]);
    }
    if (!vectors) continue;
    if constexpr (is_complex<T>) {
      std::copy(found, found + square, out_vectors);
    } else {
      for (int k = 0; k < n; ++k) {  // a pair of conjugate eigenvalues has its vectors as real and imaginary parts
        const T *first = found + int64_t{k} * n, *second = first + n;
        C* column = out_vectors + int64_t{k} * n;
        if (reals[k] == 0 || k + 1 == n) {
          for (int r = 0; r < n; ++r) column[r] = first[r];
          continue;
        }
        for (int r = 0; r < n; ++r) column[r] = C(first[r], second[r]), column[n + r] = C(first[r], -second[r]);
        ++k;
      }
    }
  }
  return 0;
}

template <class T>
struct SpectralKernels {
  static constexpr NamedKernel table[] = {
      {"eig", eig<T>}, {"eigh", eigh<T>}, {"geqrf", geqrf<T>}, {"qr", qr<T>}, {"svd", svd<T>},
  };
};

}  // namespace

Kernel find_spectral_kernel(std::string_view name, DType dtype) { return find_in_tables<SpectralKernels>(name, dtype); }

}  // namespace taeda
