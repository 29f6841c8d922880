// From the compiler's description of a Program, a dict of plain tuples (ARCHITECTURE.md), to the Program.
#pragma once
#include <memory>

#include "core/program.h"
#include "python/common.h"

namespace taeda {

// Raises ValueError naming the fault of a malformed one. A description may also be one that was read from what the
// compiler kept (runtime/answers.py): then the Program is there, and is handed out once.
std::unique_ptr<Program> parse_program(PyObject* description);

}  // namespace taeda
