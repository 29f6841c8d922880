// Loops of Fourier transforms on vectors of 16 bytes, for any processor.
#include <utility>

#include "core/fourier_loops.h"
#include "core/fourier_widths.h"

#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between functions of this file alone
#define TAEDA_VECTOR_BYTES 16
#define TAEDA_VECTOR_NAMESPACE fourier_plain
#include "core/fourier_lanes.h"

namespace taeda {

const FourierLoops<float>& fourier_loops_plain(float) { return fourier_plain::LOOPS<float>; }
const FourierLoops<double>& fourier_loops_plain(double) { return fourier_plain::LOOPS<double>; }

}  // namespace taeda
