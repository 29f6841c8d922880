// The widths of vectors that the loops of Fourier transforms are compiled for.
#pragma once
#include "core/fourier_loops.h"
#include "core/vector_widths.h"

namespace taeda {

const FourierLoops<float>& fourier_loops_plain(float);
const FourierLoops<double>& fourier_loops_plain(double);
#ifdef TAEDA_VECTOR_WIDTHS
const FourierLoops<float>& fourier_loops_avx2(float);
const FourierLoops<double>& fourier_loops_avx2(double);
const FourierLoops<float>& fourier_loops_avx512(float);
const FourierLoops<double>& fourier_loops_avx512(double);
#endif

}  // namespace taeda
