#include "python/common.h"

#include <cstdarg>

namespace taeda {

void raise(PyObject* type, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  PyErr_FormatV(type, format, arguments);
  va_end(arguments);
  throw PythonError();
}

}  // namespace taeda
