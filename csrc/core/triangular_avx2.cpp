// Loops of triangular systems on vectors of 32 bytes (AVX2 with fused multiply-add).
#include "core/triangular_loops.h"
#include "core/vector_widths.h"

#ifdef TAEDA_VECTOR_WIDTHS
#include <immintrin.h>

#include <utility>

#pragma GCC target("avx2,fma")
#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file alone
#define TAEDA_VECTOR_BYTES 32
#define TAEDA_VECTOR_NAMESPACE triangular_avx2
#include "core/triangular_lanes.h"

namespace taeda {

const TriangularLoops<float>& triangular_loops_avx2(float) { return triangular_avx2::LOOPS<float>; }
const TriangularLoops<double>& triangular_loops_avx2(double) { return triangular_avx2::LOOPS<double>; }

}  // namespace taeda
#endif
