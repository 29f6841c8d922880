// Loops of Fourier transforms on vectors of 32 bytes (AVX2 with fused multiply-add).
#include "core/fourier_loops.h"
#include "core/fourier_widths.h"

#ifdef TAEDA_VECTOR_WIDTHS
#include <immintrin.h>

#include <utility>

#pragma GCC target("avx2,fma")
#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file alone
#define TAEDA_VECTOR_BYTES 32
#define TAEDA_VECTOR_NAMESPACE fourier_avx2
#include "core/fourier_lanes.h"

namespace taeda {

const FourierLoops<float>& fourier_loops_avx2(float) { return fourier_avx2::LOOPS<float>; }
const FourierLoops<double>& fourier_loops_avx2(double) { return fourier_avx2::LOOPS<double>; }

}  // namespace taeda
#endif
