// The widths of vectors that the loops of Fourier transforms are compiled for.
#pragma once
#include "core/fourier_loops.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define TAEDA_FOURIER_WIDTHS  // instruction sets are chosen by a pragma of GCC's
#endif

namespace taeda {

const FourierLoops<float>& fourier_loops_plain(float);
const FourierLoops<double>& fourier_loops_plain(double);
#ifdef TAEDA_FOURIER_WIDTHS
const FourierLoops<float>& fourier_loops_avx2(float);
const FourierLoops<double>& fourier_loops_avx2(double);
const FourierLoops<float>& fourier_loops_avx512(float);
const FourierLoops<double>& fourier_loops_avx512(double);
#endif

}  // namespace taeda
