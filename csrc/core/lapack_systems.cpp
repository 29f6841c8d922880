// Least squares, symmetric indefinite systems, and the exponential of matrices.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/lapack_kernels.h"
#include "core/thread_pool.h"

namespace taeda {
namespace {

// ---- least squares --------------------------------------------------------------------------------------------------

enum Driver : int64_t { GELS, GELSY, GELSD, GELSS };

// Operands A, B, solution (n, other), rank, singular values; integers rows, columns, other, driver; scalar: singular
// values below this part of the largest count as zero.
template <class T>
int64_t lstsq(const KernelArguments* a, int64_t begin, int64_t end) {
  using R = Real<T>;
  const int m = static_cast<int>(a->integers[0]), n = static_cast<int>(a->integers[1]);
  const int other = static_cast<int>(a->integers[2]), question = -1;
  const int64_t driver = a->integers[3];
  double given;
  std::memcpy(&given, a->scalars, sizeof given);
  const R rcond = static_cast<R>(given);
  const int k = std::min(m, n), longer = leading(std::max(m, n)), lda = leading(m);
  int info = 0, rank = 0, no_integer = 0;
  T best = 0, *none = nullptr;
  R no_real[1] = {}, *no_reals = no_real;
  auto run = [&](T* matrix, T* b, R* s, int* integers, T* work, const int* size, R* reals) {
    if (driver == GELS) {
      lapack<T>(Routine::gels, "N", &m, &n, &other, matrix, &lda, b, &longer, work, size, &info);
      rank = k;
      return;
    }
    if constexpr (is_complex<T>) {
      if (driver == GELSY)
        lapack<T>(Routine::gelsy, &m, &n, &other, matrix, &lda, b, &longer, integers, &rcond, &rank, work, size, reals,
                  &info);
      else if (driver == GELSD)
        lapack<T>(Routine::gelsd, &m, &n, &other, matrix, &lda, b, &longer, s, &rcond, &rank, work, size, reals,
                  integers, &info);
      else
        lapack<T>(Routine::gelss, &m, &n, &other, matrix, &lda, b, &longer, s, &rcond, &rank, work, size, reals, &info);
    } else {
      if (driver == GELSY)
        lapack<T>(Routine::gelsy, &m, &n, &other, matrix, &lda, b, &longer, integers, &rcond, &rank, work, size, &info);
      else if (driver == GELSD)
        lapack<T>(Routine::gelsd, &m, &n, &other, matrix, &lda, b, &longer, s, &rcond, &rank, work, size, integers,
                  &info);
      else
        lapack<T>(Routine::gelss, &m, &n, &other, matrix, &lda, b, &longer, s, &rcond, &rank, work, size, &info);
    }
  };
  run(none, none, no_reals, &no_integer, &best, &question, no_reals);
  const int size = asked(best);
  // The sizes that LAPACK's manual gives for gelsd, which needs the most.
  const int64_t levels = std::max(0, static_cast<int>(std::log2(std::max(k, 1) / 26.0)) + 1);
  const int64_t integer_size = std::max<int64_t>({3 * k * levels + 11 * int64_t{k}, n, 1});
  const int64_t real_size = 10 * int64_t{longer} + 2 * int64_t{longer} * 25 + 8 * int64_t{longer} * levels +
                            3 * 25 * int64_t{other} + std::max<int64_t>(26 * 26, int64_t{n} * (1 + other) + 2 * other);
  ScratchPlan plan;
  const size_t matrix_at = plan.add<T>(int64_t{m} * n), side_at = plan.add<T>(int64_t{longer} * other);
  const size_t work_at = plan.add<T>(size), values_at = plan.add<R>(k), integers_at = plan.add<int>(integer_size);
  const size_t reals_at = plan.add<R>(is_complex<T> ? real_size : 1);
  char* scratch = thread_scratch(plan.bytes());
  if (!scratch) return OUT_OF_SCRATCH;
  T *matrix = reinterpret_cast<T*>(scratch + matrix_at), *side = reinterpret_cast<T*>(scratch + side_at);
  R* values = reinterpret_cast<R*>(scratch + values_at);
  int* integers = reinterpret_cast<int*>(scratch + integers_at);
  for (int64_t i = begin; i < end; ++i) {
    transpose_matrix(matrix, reinterpret_cast<const T*>(a->data[0]) + i * m * n, m, n);
    const T* b = reinterpret_cast<const T*>(a->data[1]) + i * m * other;
    for (int64_t c = 0; c < other; ++c) {
      for (int64_t r = 0; r < m; ++r) side[c * longer + r] = b[r * other + c];
      std::fill(side + c * longer + m, side + (c + 1) * longer, T(0));
    }
    std::fill(integers, integers + integer_size, 0);
    if (k)
      run(matrix, side, values, integers, reinterpret_cast<T*>(scratch + work_at), &size,
          reinterpret_cast<R*>(scratch + reals_at));
    if (info) return failed_matrix(a, i, info);
    T* out = reinterpret_cast<T*>(a->data[2]) + i * n * other;
    for (int64_t c = 0; c < other; ++c)
      for (int64_t r = 0; r < n; ++r) out[r * other + c] = k ? side[c * longer + r] : T(0);
    reinterpret_cast<int64_t*>(a->data[3])[i] = rank;
    if (driver == GELSD || driver == GELSS) std::copy(values, values + k, reinterpret_cast<R*>(a->data[4]) + i * k);
  }
  return 0;
}

// ---- symmetric and Hermitian indefinite matrices --------------------------------------------------------------------

// Operands input, out (columns one after the other), pivots, infos; integers n, hermitian, raising. The lower triangle
// is read, and the upper one of the result is zero.
template <class T>
int64_t ldl(const KernelArguments* a, int64_t begin, int64_t end) {
  const int n = static_cast<int>(a->integers[0]), lda = leading(n), question = -1;
  const Routine routine = a->integers[1] ? Routine::hetrf : Routine::sytrf;
  const bool raising = a->integers[2];
  const int64_t square = int64_t{n} * n;
  T best = 0, *none = nullptr;
  int info = 0, *no_pivots = nullptr;
  lapack<T>(routine, "L", &n, none, &lda, no_pivots, &best, &question, &info);
  const int size = asked(best, leading(n));
  T* work = reinterpret_cast<T*>(thread_scratch(int64_t{size} * sizeof(T)));
  if (!work) return OUT_OF_SCRATCH;
  for (int64_t i = begin; i < end; ++i) {
    T* out = reinterpret_cast<T*>(a->data[1]) + i * square;
    transpose_matrix(out, reinterpret_cast<const T*>(a->data[0]) + i * square, n, n);
    for (int64_t c = 1; c < n; ++c) std::fill(out + c * n, out + c * n + c, T(0));
    int failed = 0;
    lapack<T>(routine, "L", &n, out, &lda, reinterpret_cast<int*>(a->data[2]) + i * n, work, &size, &failed);
    reinterpret_cast<int32_t*>(a->data[3])[i] = failed;
    if (failed && raising) return failed_matrix(a, i, failed);
  }
  return 0;
}

// Pivots come from the user: a positive one is a row; a pair of equal negative ones says which row is exchanged for a
// block of two.
bool ldl_pivots_fit(const int* pivots, int n) {
  for (int k = 0; k < n; ++k) {
    if (pivots[k] > 0 && pivots[k] <= n) continue;
    if (pivots[k] >= 0 || pivots[k] < -n || k + 1 == n || pivots[k + 1] != pivots[k]) return false;
    ++k;
  }
  return true;
}

// Operands factors (columns one after the other), pivots, B, out; integers n, other, hermitian.
template <class T>
int64_t ldl_solve(const KernelArguments* a, int64_t begin, int64_t end) {
  const int n = static_cast<int>(a->integers[0]), other = static_cast<int>(a->integers[1]), lda = leading(n);
  const Routine routine = a->integers[2] ? Routine::hetrs : Routine::sytrs;
  const int64_t square = int64_t{n} * n, side = int64_t{n} * other;
  if (!side) return 0;
  T* turned = reinterpret_cast<T*>(thread_scratch(side * sizeof(T)));
  if (!turned) return OUT_OF_SCRATCH;
  for (int64_t i = begin; i < end; ++i) {
    const int* pivots = reinterpret_cast<const int*>(a->data[1]) + i * n;
    if (!ldl_pivots_fit(pivots, n)) return failed_matrix(a, i, n);
    transpose_matrix(turned, reinterpret_cast<const T*>(a->data[2]) + i * side, n, other);
    int info = 0;
    lapack<T>(routine, "L", &n, &other, reinterpret_cast<const T*>(a->data[0]) + i * square, &lda, pivots, turned, &lda,
              &info);
    transpose_matrix(reinterpret_cast<T*>(a->data[3]) + i * side, turned, other, n);
  }
  return 0;
}

// ---- the exponential ------------------------------------------------------------------------------------------------

// By scaling and squaring around the Padé approximant of order 13, or of a lower one where the norm allows it (Higham,
// "The scaling and squaring method for the matrix exponential revisited", 2005). Transposing commutes with all of it.
// Operands input, out; integer n. Matrices with infinite or NaN elements have NaN for all.
template <class T>
int64_t matrix_exp(const KernelArguments* a, int64_t begin, int64_t end) {
  using R = Real<T>;
  static constexpr double COEFFICIENTS[5][14] = {
      {120, 60, 12, 1},
      {30240, 15120, 3360, 420, 30, 1},
      {17297280, 8648640, 1995840, 277200, 25200, 1512, 56, 1},
      {17643225600, 8821612800, 2075673600, 302702400, 30270240, 2162160, 110880, 3960, 90, 1},
      {64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
       670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1}};
  static constexpr int ORDERS[5] = {3, 5, 7, 9, 13};
  // Up to which norm an order is exact to rounding.
  static constexpr double DOUBLE_BOUNDS[5] = {1.495585217958292e-2, 2.539398330063230e-1, 9.504178996162932e-1,
                                              2.097847961257068e0, 5.371920351148152e0};
  static constexpr double FLOAT_BOUNDS[3] = {4.258730016922831e-1, 1.880152677804762e0, 3.925724783138660e0};
  const double* bounds = sizeof(R) == 4 ? FLOAT_BOUNDS : DOUBLE_BOUNDS;
  const int orders = sizeof(R) == 4 ? 3 : 5;
  const int n = static_cast<int>(a->integers[0]);
  const int64_t square = int64_t{n} * n;
  if (!n) return 0;
  ScratchPlan plan;
  size_t at[8];
  for (size_t& place : at) place = plan.add<T>(square);
  const size_t pivots_at = plan.add<int>(n);
  char* scratch = thread_scratch(plan.bytes());
  if (!scratch) return OUT_OF_SCRATCH;
  T* p[8];
  for (int k = 0; k < 8; ++k) p[k] = reinterpret_cast<T*>(scratch + at[k]);
  T *scaled = p[0], *odd = p[5], *even = p[6], *other = p[7];
  auto multiply = [&](const T* x, const T* y, T* out) {
    const T one = 1, zero = 0;
    lapack<T>(Routine::gemm, "N", "N", &n, &n, &n, &one, x, &n, y, &n, &zero, out, &n);
  };
  for (int64_t i = begin; i < end; ++i) {
    const T* input = reinterpret_cast<const T*>(a->data[0]) + i * square;
    T* out = reinterpret_cast<T*>(a->data[1]) + i * square;
    R norm = 0;
    for (int64_t r = 0; r < n; ++r) {
      R sum = 0;
      for (int64_t c = 0; c < n; ++c) sum += std::abs(input[r * n + c]);
      norm = sum <= norm ? norm : sum;  // NaN stays
    }
    if (!std::isfinite(norm)) {
      std::fill(out, out + square, T(std::numeric_limits<R>::quiet_NaN()));
      continue;
    }
    int which = 0, squarings = 0;
    while (which + 1 < orders && norm > bounds[which]) ++which;
    if (norm > bounds[which]) squarings = std::max(0, static_cast<int>(std::ceil(std::log2(norm / bounds[which]))));
    const R factor = std::ldexp(R(1), -squarings);
    for (int64_t k = 0; k < square; ++k) scaled[k] = input[k] * factor;
    const int order = ORDERS[which];
    const double* b = COEFFICIENTS[which];
    // Even powers p[1] = A², p[2] = A⁴, p[3] = A⁶, p[4] = A⁸; U = A * odd, V = even.
    multiply(scaled, scaled, p[1]);
    const int powers = order == 13 ? 3 : order / 2;
    for (int k = 2; k <= powers; ++k) multiply(p[k - 1], p[1], p[k]);
    auto combine = [&](T* into, int first) {  // b[first + 2k] A^2k
      for (int64_t e = 0; e < square; ++e) {
        T sum = 0;
        for (int k = 1; k <= powers; ++k) sum += p[k][e] * R(b[first + 2 * k]);
        into[e] = sum;
      }
      for (int64_t d = 0; d < n; ++d) into[d * (n + 1)] += R(b[first]);
    };
    if (order == 13) {
      for (int side = 1; side >= 0; --side) {  // A⁶ times the upper half, and the lower half
        T* half = p[4];
        for (int64_t e = 0; e < square; ++e)
          half[e] = p[1][e] * R(b[8 + side]) + p[2][e] * R(b[10 + side]) + p[3][e] * R(b[12 + side]);
        T* product = side ? odd : even;
        multiply(p[3], half, product);
        combine(half, side);
        for (int64_t e = 0; e < square; ++e) product[e] += half[e];
      }
    } else {
      combine(odd, 1);
      combine(even, 0);
    }
    multiply(scaled, odd, other);
    for (int64_t e = 0; e < square; ++e) odd[e] = even[e] - other[e], out[e] = even[e] + other[e];
    int info = 0;
    lapack<T>(Routine::getrf, &n, &n, odd, &n, reinterpret_cast<int*>(scratch + pivots_at), &info);
    lapack<T>(Routine::getrs, "N", &n, &n, odd, &n, reinterpret_cast<int*>(scratch + pivots_at), out, &n, &info);
    for (int k = 0; k < squarings; ++k) {
      multiply(out, out, other);
      std::copy(other, other + square, out);
    }
  }
  return 0;
}

template <class T>
struct SystemKernels {
  static constexpr NamedKernel table[] = {
      {"ldl", ldl<T>},
      {"ldl_solve", ldl_solve<T>},
      {"lstsq", lstsq<T>},
      {"matrix_exp", matrix_exp<T>},
  };
};

}  // namespace

Kernel find_system_kernel(std::string_view name, DType dtype) { return find_in_tables<SystemKernels>(name, dtype); }

}  // namespace taeda
