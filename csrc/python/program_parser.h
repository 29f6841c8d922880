// From the compiler's description of a Program, a dict of plain tuples (ARCHITECTURE.md), to the Program.
#pragma once
#include <memory>

#include "core/program.h"
#include "python/common.h"

namespace taeda {

// Raises ValueError naming the fault of a malformed one.
std::unique_ptr<Program> parse_program(PyObject* description);

}  // namespace taeda
