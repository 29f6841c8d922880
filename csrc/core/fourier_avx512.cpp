// Loops of Fourier transforms on vectors of 64 bytes (AVX-512).
#include "core/fourier_loops.h"
#include "core/fourier_widths.h"

#ifdef TAEDA_VECTOR_WIDTHS
#include <immintrin.h>

#include <utility>

#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file alone
#define TAEDA_VECTOR_BYTES 64
#define TAEDA_VECTOR_NAMESPACE fourier_avx512
#include "core/fourier_lanes.h"

namespace taeda {

const FourierLoops<float>& fourier_loops_avx512(float) { return fourier_avx512::LOOPS<float>; }
const FourierLoops<double>& fourier_loops_avx512(double) { return fourier_avx512::LOOPS<double>; }

}  // namespace taeda
#endif
