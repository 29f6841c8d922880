// taeda.Generator.
#pragma once
#include "core/generator.h"
#include "python/common.h"

namespace taeda {

extern PyTypeObject* GeneratorType;
// The stream of an argument of an op: of a taeda.Generator, or of the default one for None (or null).
Generator& generator_argument(PyObject* generator);

}  // namespace taeda
