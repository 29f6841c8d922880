// The CPU's schedule of loop kernels: collapse dimensions, choose the variant from the strides at hand, split the work.
// The convention is in ARCHITECTURE.md ("Loop IR and the loops convention").
#pragma once
#include "core/device_runtime.h"

namespace taeda {

void run_loops(const LoopsLaunch& launch);
void run_join(Join& join);

}  // namespace taeda
