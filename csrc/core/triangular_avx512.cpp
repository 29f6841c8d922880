// Loops of triangular systems on vectors of 64 bytes (AVX-512).
#include "core/triangular_loops.h"
#include "core/vector_widths.h"

#ifdef TAEDA_VECTOR_WIDTHS
#include <immintrin.h>

#include <utility>

#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file alone
#define TAEDA_VECTOR_BYTES 64
#define TAEDA_VECTOR_NAMESPACE triangular_avx512
#include "core/triangular_lanes.h"

namespace taeda {

const TriangularLoops<float>& triangular_loops_avx512(float) { return triangular_avx512::LOOPS<float>; }
const TriangularLoops<double>& triangular_loops_avx512(double) { return triangular_avx512::LOOPS<double>; }

}  // namespace taeda
#endif
