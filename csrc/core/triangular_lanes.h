// The loops of triangular_loops.h, for one width of vectors (vector_lanes.h says how).
#include "core/vector_lanes.h"

namespace taeda {
namespace TAEDA_VECTOR_NAMESPACE {

// Rows that are done together, in registers beside the sums of two vectors of each.
inline constexpr int MOST_ROWS = TAEDA_VECTOR_BYTES == 64 ? 12 : 6;

// Σ_j a(r, j) x(j) over j < count for ROWS rows.
template <class T, int ROWS>
TAEDA_LOOP void sum_block(const T* block, int64_t row, int64_t column, const Vector<T>* x, int64_t count,
                          Vector<T> (*sums)[2]) {
  const T* thirds[(ROWS + 2) / 3];  // of rows: few enough pointers for the registers
#pragma GCC unroll 4
  for (int k = 0; k < (ROWS + 2) / 3; ++k) thirds[k] = block + 3 * k * row;
  for (int64_t j = 0; j < count; ++j) {
    const Vector<T> left = x[2 * j], right = x[2 * j + 1];
#pragma GCC unroll 12
    for (int r = 0; r < ROWS; ++r) {
      const Vector<T> w = all<T>(thirds[r / 3][r % 3 * row]);
      sums[r][0] = fused(left, w, sums[r][0]);
      sums[r][1] = fused(right, w, sums[r][1]);
    }
#pragma GCC unroll 4
    for (int k = 0; k < (ROWS + 2) / 3; ++k) thirds[k] += column;
  }
}

// ROWS rows from row `first` on, after all rows before them.
template <class T, int ROWS>
TAEDA_LOOP void solve_block(const T* block, int64_t row, int64_t column, bool unit, Vector<T>* x, int64_t first) {
  Vector<T> sums[ROWS][2] = {};
  sum_block<T, ROWS>(block, row, column, x, first, sums);
#pragma GCC unroll 12
  for (int r = 0; r < ROWS; ++r) {
    Vector<T>* at = x + 2 * (first + r);
    at[0] = at[0] - sums[r][0], at[1] = at[1] - sums[r][1];
    if (!unit) {
      const Vector<T> diagonal = all<T>(block[r * row + (first + r) * column]);
      at[0] = at[0] / diagonal, at[1] = at[1] / diagonal;
    }
#pragma GCC unroll 12
    for (int q = r + 1; q < ROWS; ++q) {
      const Vector<T> w = all<T>(block[q * row + (first + r) * column]);
      sums[q][0] = fused(at[0], w, sums[q][0]);
      sums[q][1] = fused(at[1], w, sums[q][1]);
    }
  }
}

// The rows of two vectors of columns, from memory to `x` and back.
template <class T>
TAEDA_LOOP void load_columns(Vector<T>* x, const T* b, int64_t n, int64_t step, int64_t count) {
  constexpr int N = WIDTH<T>;
  const int left = static_cast<int>(count < N ? count : N), right = static_cast<int>(count - left);
  for (int64_t i = 0; i < n; ++i, b += step) {
    x[2 * i] = left == N ? load(b) : load_some(b, left);
    x[2 * i + 1] = right == N ? load(b + N) : right ? load_some(b + N, right) : Vector<T>{};
  }
}

template <class T>
TAEDA_LOOP void store_columns(const Vector<T>* x, T* b, int64_t n, int64_t step, int64_t count) {
  constexpr int N = WIDTH<T>;
  const int left = static_cast<int>(count < N ? count : N), right = static_cast<int>(count - left);
  for (int64_t i = 0; i < n; ++i, b += step) {
    if (left == N)
      store(b, x[2 * i]);
    else
      store_some(b, x[2 * i], left);
    if (right == N)
      store(b + N, x[2 * i + 1]);
    else if (right)
      store_some(b + N, x[2 * i + 1], right);
  }
}

// Coefficients of ROWS rows, side by side for each column up to the diagonal: read once for all groups of columns.
template <class T, int ROWS>
TAEDA_LOOP void pack_block(T* to, const T* block, int64_t row, int64_t column, int64_t count) {
  if (row == 1)
    for (int64_t j = 0; j < count; ++j) __builtin_memcpy(to + j * ROWS, block + j * column, ROWS * sizeof(T));
  else
    for (int64_t j = 0; j < count; ++j)
      for (int r = 0; r < ROWS; ++r) to[j * ROWS + r] = block[r * row + j * column];
}

template <class T, int ROWS>
TAEDA_LOOP int64_t solve_blocks(const T* a, int64_t row, int64_t column, bool unit, Vector<T>* x, int64_t groups,
                                int64_t n, int64_t i, T* packed) {
  for (; i + ROWS <= n; i += ROWS) {
    const T* block = a + i * row;
    const bool packing = groups > 1 || column != 1;
    if (packing) pack_block<T, ROWS>(packed, block, row, column, i + ROWS);
    for (int64_t g = 0; g < groups; ++g)
      solve_block<T, ROWS>(packing ? packed : block, packing ? 1 : row, packing ? ROWS : column, unit, x + 2 * n * g,
                           i);
  }
  return i;
}

template <class T>
void solve(const TriangularJob<T>& job, int64_t first, int64_t count, T* scratch) {
  constexpr int64_t COLUMNS = 2 * WIDTH<T>;
  // Backward is forward with the order of rows turned around.
  const int64_t n = job.n, sign = job.backward ? -1 : 1, start = job.backward ? n - 1 : 0;
  const int64_t row = sign * job.row, column = sign * job.column, step = sign * job.step;
  const int64_t groups = (count + COLUMNS - 1) / COLUMNS;
  const T* a = job.a + start * (job.row + job.column);
  T* b = job.b + start * job.step + first;
  Vector<T>* x = reinterpret_cast<Vector<T>*>(scratch);
  T* packed = scratch + n * groups * COLUMNS;
  auto width = [&](int64_t g) { return count - g * COLUMNS < COLUMNS ? count - g * COLUMNS : COLUMNS; };
  for (int64_t g = 0; g < groups; ++g) load_columns<T>(x + 2 * n * g, b + g * COLUMNS, n, step, width(g));
  int64_t done = solve_blocks<T, MOST_ROWS>(a, row, column, job.unit, x, groups, n, 0, packed);
  done = solve_blocks<T, 3>(a, row, column, job.unit, x, groups, n, done, packed);
  solve_blocks<T, 1>(a, row, column, job.unit, x, groups, n, done, packed);
  for (int64_t g = 0; g < groups; ++g) store_columns<T>(x + 2 * n * g, b + g * COLUMNS, n, step, width(g));
}

// ---- LU -------------------------------------------------------------------------------------------------------------

// Squares of the matrix, transposed; what is left over one by one. STORING is the way back.
template <class T, bool STORING>
TAEDA_LOOP void move_panel(const LuJob<T>& lu) {
  constexpr int N = WIDTH<T>, COLUMNS = 2 * N;
  T *columns = lu.matrix + lu.first * lu.m, *panel = lu.panel;
  int64_t done[2] = {0, 0};
  for (int half = 0; half < 2; ++half)
    for (; lu.width >= (half + 1) * N && done[half] + N <= lu.m; done[half] += N) {
      Vector<T> square[N];
      T *at = columns + half * N * lu.m + done[half], *row = panel + done[half] * COLUMNS + half * N;
#pragma GCC unroll 16
      for (int k = 0; k < N; ++k) square[k] = STORING ? load(row + k * COLUMNS) : load(at + k * lu.m);
      transpose<T>(square);
#pragma GCC unroll 16
      for (int k = 0; k < N; ++k) store(STORING ? at + k * lu.m : row + k * COLUMNS, square[k]);
    }
  for (int64_t c = 0; c < COLUMNS; ++c)
    for (int64_t i = done[c / N]; i < lu.m; ++i) {
      T& in_panel = panel[i * COLUMNS + c];
      if (STORING && c < lu.width) columns[c * lu.m + i] = in_panel;
      if (!STORING) in_panel = c < lu.width ? columns[c * lu.m + i] : T(0);
    }
}

template <class T>
TAEDA_LOOP void exchange(Vector<T>* x, int64_t a, int64_t b) {
  for (int half = 0; half < 2; ++half) {
    const Vector<T> kept = x[2 * a + half];
    x[2 * a + half] = x[2 * b + half], x[2 * b + half] = kept;
  }
}

template <class T>
void load_panel(const LuJob<T>& lu) {
  move_panel<T, false>(lu);
  for (int64_t k = 0; k < lu.first; ++k) exchange<T>(reinterpret_cast<Vector<T>*>(lu.panel), k, lu.pivots[k] - 1);
}

template <class T>
void store_panel(const LuJob<T>& lu) {
  move_panel<T, true>(lu);
}

template <class T>
void solve_panel(const LuJob<T>& lu, T* scratch) {
  Vector<T>* x = reinterpret_cast<Vector<T>*>(lu.panel);
  int64_t done = solve_blocks<T, MOST_ROWS>(lu.matrix, 1, lu.m, true, x, 1, lu.first, 0, scratch);
  done = solve_blocks<T, 3>(lu.matrix, 1, lu.m, true, x, 1, lu.first, done, scratch);
  solve_blocks<T, 1>(lu.matrix, 1, lu.m, true, x, 1, lu.first, done, scratch);
}

template <class T, int ROWS>
TAEDA_LOOP int64_t update_blocks(const LuJob<T>& lu, int64_t i, int64_t end, T* packed) {
  Vector<T>* x = reinterpret_cast<Vector<T>*>(lu.panel);
  for (; i + ROWS <= end; i += ROWS) {
    Vector<T> sums[ROWS][2] = {};
    pack_block<T, ROWS>(packed, lu.matrix + i, 1, lu.m, lu.first);
    sum_block<T, ROWS>(packed, 1, ROWS, x, lu.first, sums);
#pragma GCC unroll 12
    for (int r = 0; r < ROWS; ++r)
      for (int half = 0; half < 2; ++half) x[2 * (i + r) + half] = x[2 * (i + r) + half] - sums[r][half];
  }
  return i;
}

template <class T>
void update_panel(const LuJob<T>& lu, int64_t begin, int64_t end, T* scratch) {
  int64_t done = update_blocks<T, MOST_ROWS>(lu, lu.first + begin, lu.first + end, scratch);
  done = update_blocks<T, 3>(lu, done, lu.first + end, scratch);
  update_blocks<T, 1>(lu, done, lu.first + end, scratch);
}

template <class T>
int factor_panel(const LuJob<T>& lu) {
  constexpr int N = WIDTH<T>, COLUMNS = 2 * N;
  Vector<T>* x = reinterpret_cast<Vector<T>*>(lu.panel);
  T* numbers = lu.panel;
  auto size = [](T v) { return v < 0 ? -v : v; };
  int found = 0;
  int64_t pivot = lu.first;
  T largest = size(numbers[pivot * COLUMNS]);
  for (int64_t i = pivot + 1; i < lu.m; ++i)
    if (size(numbers[i * COLUMNS]) > largest) pivot = i, largest = size(numbers[i * COLUMNS]);
  for (int64_t k = 0; k < lu.width && lu.first + k < lu.m; ++k) {
    const int64_t top = lu.first + k;
    lu.pivots[top] = static_cast<int>(pivot + 1);
    if (pivot != top) exchange<T>(x, pivot, top);
    const T diagonal = numbers[top * COLUMNS + k];
    if (diagonal == 0 && !found) found = static_cast<int>(top + 1);
    const T divisor = diagonal == 0 ? T(1) : diagonal;
    Vector<T> right[2] = {x[2 * top], x[2 * top + 1]};  // of the diagonal; zeros elsewhere
    for (int64_t c = 0; c <= k; ++c) right[c / N][c % N] = 0;
    const int64_t next = k + 1 < COLUMNS ? k + 1 : k;
    pivot = top + 1, largest = -1;
    for (int64_t i = top + 1; i < lu.m; ++i) {
      T* row = numbers + i * COLUMNS;
      const T below = row[k] / divisor;
      if (k < N) x[2 * i] = fused(right[0], all<T>(-below), x[2 * i]);
      x[2 * i + 1] = fused(right[1], all<T>(-below), x[2 * i + 1]);
      row[k] = below;
      if (size(row[next]) > largest) pivot = i, largest = size(row[next]);
    }
  }
  return found;
}

template <class T>
inline constexpr TriangularLoops<T> LOOPS = {2 * WIDTH<T>,   MOST_ROWS,       solve<T>,        load_panel<T>,
                                             solve_panel<T>, update_panel<T>, factor_panel<T>, store_panel<T>};

}  // namespace TAEDA_VECTOR_NAMESPACE
}  // namespace taeda
