#include "core/lapack.h"

#include <iterator>

#include "core/lapack_kernels.h"

namespace taeda {
namespace {

struct RoutineNames {
  const char* names[4];  // of float, double, complex<float>, complex<double>
};

constexpr RoutineNames NAMES[] = {
#define TAEDA_NAMES(routine, real, complex) {{"s" #real, "d" #real, "c" #complex, "z" #complex}},
    TAEDA_LAPACK_ROUTINES(TAEDA_NAMES)
#undef TAEDA_NAMES
};
static_assert(std::size(NAMES) == static_cast<size_t>(Routine::Count));

}  // namespace

void each_lapack_routine(void (*use)(void*, const char*, void**), void* context) {
  void** const tables[] = {routines<float>, routines<double>, routines<std::complex<float>>,
                           routines<std::complex<double>>};
  for (size_t routine = 0; routine < std::size(NAMES); ++routine)
    for (size_t type = 0; type < std::size(tables); ++type)
      use(context, NAMES[routine].names[type], tables[type] + routine);
}

Kernel lapack_kernel(std::string_view name, DType dtype) {
  for (auto find : {find_factor_kernel, find_spectral_kernel, find_system_kernel}) {
    if (Kernel kernel = find(name, dtype)) return kernel;
  }
  return nullptr;
}

}  // namespace taeda
