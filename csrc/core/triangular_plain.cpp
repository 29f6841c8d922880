// Loops of triangular systems on vectors of 16 bytes, for any processor, and which width is taken.
#include <utility>

#include "core/triangular_loops.h"
#include "core/vector_widths.h"

#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file alone
#define TAEDA_VECTOR_BYTES 16
#define TAEDA_VECTOR_NAMESPACE triangular_plain
#include "core/triangular_lanes.h"

namespace taeda {

#ifdef TAEDA_VECTOR_WIDTHS
const TriangularLoops<float>& triangular_loops_avx2(float);
const TriangularLoops<double>& triangular_loops_avx2(double);
const TriangularLoops<float>& triangular_loops_avx512(float);
const TriangularLoops<double>& triangular_loops_avx512(double);
#endif

namespace {

template <class T>
const TriangularLoops<T>& loops_of(T of) {
#ifdef TAEDA_VECTOR_WIDTHS
  if (has_vectors(64)) return triangular_loops_avx512(of);
  if (has_vectors(32)) return triangular_loops_avx2(of);
#endif
  (void)of;
  return triangular_plain::LOOPS<T>;
}

}  // namespace

const TriangularLoops<float>& triangular_loops(float of) { return loops_of(of); }
const TriangularLoops<double>& triangular_loops(double of) { return loops_of(of); }

}  // namespace taeda
