// Triangular systems with many right-hand sides: loops over vectors, compiled once for each width (triangular_lanes.h).
// Everything here is plain data, as in fourier_loops.h.
#pragma once
#include <cstdint>

namespace taeda {

// Σ_j a(i, j) x(j) = b(i) for the columns [first, last) of b, n rows of which become x. Coefficient (i, j) is
// a[i * row + j * column] and counts for j < i alone, or with `backward` for j > i; the diagonal is one if `unit`.
// The sum over j of each element runs away from the first row (or last one) and is fused, whatever the columns.
template <class T>
struct TriangularJob {
  const T* a;
  int64_t n, row, column;
  bool backward, unit;
  T* b;
  int64_t step;  // from row to row
};

// A matrix of columns of m numbers one after the other, whose columns before `first` are done.
template <class T>
struct LuJob {
  T* matrix;
  int* pivots;  // from 1
  int64_t m, first, width;
  T* panel;
};

template <class T>
struct TriangularLoops {
  int64_t columns, rows;  // that are done at once
  // Any number of columns from `first` on; `scratch`, aligned to 64 bytes, has room for n rows of as many, rounded up
  // to a multiple of `columns`, and of `rows` more.
  void (*solve)(const TriangularJob<T>& job, int64_t first, int64_t count, T* scratch);

  // LU factors by panels of `columns` columns, each from left to right (lapack_factors.cpp). A panel is `lu.panel`, m
  // rows of `columns` numbers, aligned; `scratch` has room for `rows` rows of m.
  void (*load_panel)(const LuJob<T>& lu);               // from the matrix, with the rows exchanged by pivots before it
  void (*solve_panel)(const LuJob<T>& lu, T* scratch);  // rows above the panel's diagonal
  void (*update_panel)(const LuJob<T>& lu, int64_t begin, int64_t end, T* scratch);  // of the rows from there on
  int (*factor_panel)(const LuJob<T>& lu);  // those; also sets pivots; 0 or the first zero on the diagonal, from 1
  void (*store_panel)(const LuJob<T>& lu);
};

// The widest that the processor has.
const TriangularLoops<float>& triangular_loops(float);
const TriangularLoops<double>& triangular_loops(double);

}  // namespace taeda
