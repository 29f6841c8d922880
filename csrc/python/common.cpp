#include "python/common.h"

#include <cstdarg>

#include "python/core_types.h"

namespace taeda {

void raise(PyObject* type, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  PyErr_FormatV(type, format, arguments);
  va_end(arguments);
  throw PythonError();
}

bool bool_argument(PyObject* value, const char* function) {
  if (!PyBool_Check(value))
    raise(PyExc_TypeError, "%s(): argument 'enabled' (position 1) must be bool, not %s", function,
          Py_TYPE(value)->tp_name);
  return value == Py_True;
}

namespace {

// An index out of bounds where PyTorch raises a RuntimeError: both, so that a program that expects either works.
PyObject* index_or_runtime_error() {
  static PyObject* type = nullptr;
  if (!type) {
    Ref<> bases = checked(PyTuple_Pack(2, PyExc_IndexError, PyExc_RuntimeError));
    type = checked(PyErr_NewExceptionWithDoc("taeda.IndexError", "An index is out of bounds.", bases.get(), nullptr))
               .release();
  }
  return type;
}

// Made when it is first asked for.
PyObject* linear_algebra_error() {
  static PyObject* type = PyErr_NewExceptionWithDoc(
      "taeda._C._LinAlgError", "A matrix has no factors, inverse or eigenvalues, or they were not found.",
      PyExc_RuntimeError, nullptr);
  return type;
}

}  // namespace

PyObject* exception_class(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Runtime: return PyExc_RuntimeError;
    case ErrorKind::Index: return PyExc_IndexError;
    case ErrorKind::IndexOrRuntime: return index_or_runtime_error();
    case ErrorKind::Value: return PyExc_ValueError;
    case ErrorKind::Type: return PyExc_TypeError;
    case ErrorKind::NotImplemented: return PyExc_NotImplementedError;
    case ErrorKind::Overflow: return PyExc_OverflowError;
    case ErrorKind::ZeroDivision: return PyExc_ZeroDivisionError;
    case ErrorKind::Memory: return OutOfMemoryError ? OutOfMemoryError : PyExc_MemoryError;
    case ErrorKind::Assertion: return PyExc_AssertionError;
    case ErrorKind::LinearAlgebra: return linear_algebra_error();
    case ErrorKind::NeedsData: return PyExc_NotImplementedError;
    case ErrorKind::Internal: break;
  }
  return PyExc_SystemError;
}

void set_exception(const Error& error) { PyErr_SetString(exception_class(error.kind), error.message.c_str()); }

}  // namespace taeda
