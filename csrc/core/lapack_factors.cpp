// Cholesky and LU factors, triangular systems and what is solved with them.
//
// Matrices are rows one after the other, and LAPACK sees columns: it works on the transpose of each. Where that is as
// good (a symmetric matrix, an inverse, a determinant, a system, which is solved with the transposed factors), nothing
// is transposed.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>

#include "core/lapack_kernels.h"
#include "core/lapack_small.h"
#include "core/thread_pool.h"
#include "core/triangular_loops.h"

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

// Whether a triangular system is solved in vectors over the right-hand sides: LAPACK is as quick where they fill none,
// and for complex numbers.
template <class T>
bool in_vectors(int64_t other) {
  if constexpr (is_complex<T>)
    return false;
  else
    return other >= triangular_loops(T()).columns / 4;
}

constexpr int64_t PIECE = 1 << 17;  // operations that are worth a piece of work of their own
constexpr int64_t MOST_GROUPS = 8;  // of columns that are solved together, which share what is read of the triangle

// So, in place of b, n rows of `other` numbers. Groups of columns are spread over the pool. Returns a fault or 0.
template <class T>
int64_t solve_triangle(const TriangularJob<T>& job, int64_t other) {
  if constexpr (!is_complex<T>) {
    struct Context {
      const TriangularLoops<T>& loops;
      const TriangularJob<T>& job;
      int64_t other;
    } context{triangular_loops(T()), job, other};
    auto body = [](void* given, int64_t begin, int64_t end) -> int64_t {
      const Context& c = *static_cast<Context*>(given);
      const int64_t columns = c.loops.columns, numbers = c.job.n * ((end - begin) * columns + c.loops.rows);
      T* scratch = reinterpret_cast<T*>(thread_scratch(numbers * static_cast<int64_t>(sizeof(T))));
      if (!scratch) return OUT_OF_SCRATCH;
      c.loops.solve(c.job, begin * columns, std::min(end * columns, c.other) - begin * columns, scratch);
      return 0;
    };
    const int64_t columns = context.loops.columns, groups = (other + columns - 1) / columns;
    const int64_t share = std::min(MOST_GROUPS, (groups + get_num_threads() - 1) / get_num_threads());
    const int64_t least = (PIECE + job.n * job.n * columns) / (job.n * job.n * columns);
    return parallel_for(groups, std::max(share, std::min(MOST_GROUPS, least)), body, &context);
  }
  return 0;
}

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
    if (left && n && in_vectors<T>(other)) {
      const int64_t row = adjoint ? 1 : n, column = adjoint ? n : 1;
      if (int64_t fault = solve_triangle<T>({triangle, n, row, column, upper != adjoint, unit, b, other}, other))
        return fault;
      continue;
    }
    lapack<T>(Routine::trsm, left ? "R" : "L", upper ? "L" : "U",
              !adjoint        ? "N"
              : is_complex<T> ? "C"
                              : "T",
              unit ? "U" : "N", left ? &other : &n, left ? &n : &other, &one, triangle, &lda, b, &ldb);
  }
  return 0;
}

// ---- LU -------------------------------------------------------------------------------------------------------------

// Rows exchanged in the first `count` columns of n rows, as the pivots first, .., last - 1 say.
template <class T>
void exchange_in_columns(T* matrix, int64_t n, int64_t count, const int* pivots, int64_t first, int64_t last) {
  struct Exchanges {
    T* matrix;
    int64_t n;
    int number;
    int rows[64][2];
  } all{matrix, n, 0, {}};
  for (int64_t k = first; k < last; ++k)
    if (pivots[k] != k + 1) {
      all.rows[all.number][0] = static_cast<int>(k);
      all.rows[all.number++][1] = pivots[k] - 1;
    }
  if (!all.number) return;
  auto body = [](void* given, int64_t begin, int64_t end) -> int64_t {
    const Exchanges& all = *static_cast<Exchanges*>(given);
    for (T* column = all.matrix + begin * all.n; column < all.matrix + end * all.n; column += all.n)
      for (int k = 0; k < all.number; ++k) std::swap(column[all.rows[k][0]], column[all.rows[k][1]]);
    return 0;
  };
  parallel_for(count, std::max<int64_t>(128, count / 8), body, &all);
}

// Up to here the core's own loops over panels are quicker than LAPACK, which also leaves threads behind that wait for
// more work, spinning, while the pool solves with the factors.
constexpr int64_t LARGE_COLUMN = 4096;  // bytes

// The factors of a square matrix, whose columns lie one after the other; 0 or the first zero on the diagonal of U, from
// 1; -1 if there is no memory. Panels from left to right: rows of U, by what is done of L, then the rows below, then
// the panel itself.
template <class T>
int factor_panels(T* matrix, int* pivots, int n) {
  const TriangularLoops<T>& loops = triangular_loops(T());
  struct Context {
    const TriangularLoops<T>& loops;
    LuJob<T> lu;
    T* scratch;
    int64_t pieces;
  } context{loops, {matrix, pivots, n, 0, 0, nullptr}, nullptr, std::min(2 * get_num_threads(), 16)};
  const size_t bytes = (n * (loops.columns + context.pieces * loops.rows) * sizeof(T) + 63) / 64 * 64;
  std::unique_ptr<T, void (*)(void*)> memory(static_cast<T*>(std::aligned_alloc(64, bytes)), std::free);
  if (!memory) return -1;
  LuJob<T>& lu = context.lu;
  lu.panel = memory.get();
  context.scratch = lu.panel + n * loops.columns;
  int found = 0;
  for (; lu.first < n; lu.first += loops.columns) {
    lu.width = std::min(loops.columns, n - lu.first);
    loops.load_panel(lu);
    loops.solve_panel(lu, context.scratch);
    auto update = [](void* given, int64_t begin, int64_t end) -> int64_t {
      const Context& c = *static_cast<Context*>(given);
      const int64_t rows = c.lu.m - c.lu.first, size = (rows / c.pieces + c.loops.rows) / c.loops.rows * c.loops.rows;
      for (int64_t p = begin; p < end; ++p)
        c.loops.update_panel(c.lu, std::min(rows, p * size), std::min(rows, (p + 1) * size),
                             c.scratch + p * c.loops.rows * c.lu.m);
      return 0;
    };
    const bool worth = lu.first * (n - lu.first) * loops.columns > 2 * PIECE;
    if (lu.first) parallel_for(context.pieces, worth ? 1 : context.pieces, update, &context);
    const int zero = loops.factor_panel(lu);
    found = found ? found : zero;
    loops.store_panel(lu);
    exchange_in_columns(matrix, n, lu.first, pivots, lu.first, lu.first + lu.width);
  }
  return found;
}

// The factors of a matrix of m rows, whose columns lie one after the other; LAPACK's info.
template <class T>
int factor(T* matrix, int* pivots, int m, int n) {
  if (std::max(m, n) <= SMALL_MATRIX) return factor_small(matrix, pivots, m, n);
  if constexpr (!is_complex<T>)
    if (m == n && n * static_cast<int64_t>(sizeof(T)) <= LARGE_COLUMN) {
      const int info = factor_panels(matrix, pivots, n);
      if (info >= 0) return info;
    }
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

// Rows exchanged as the pivots say, in their order or from the last one back.
template <class T>
void exchange_rows(T* x, const int* pivots, int n, int64_t other, bool back) {
  for (int k = back ? n - 1 : 0; back ? k >= 0 : k < n; k += back ? -1 : 1)
    if (pivots[k] != k + 1) std::swap_ranges(x + k * other, x + (k + 1) * other, x + (pivots[k] - 1) * other);
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
  if (n && in_vectors<T>(other)) {  // the columns of factors are the rows of their transpose
    std::memcpy(out, b, elements * sizeof(T));
    const bool transposed = how == TRANSPOSED || how == ADJOINT;
    const int64_t row = transposed ? n : 1, column = transposed ? 1 : n;
    if (!transposed) exchange_rows(out, pivots, n, other, false);
    for (bool backward : {false, true})
      if (solve_triangle<T>({factors, n, row, column, backward, backward == transposed, out, other}, other))
        return false;
    if (transposed) exchange_rows(out, pivots, n, other, true);
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
