// How other types take over calls: PyTorch's protocol, a class method __torch_function__(func, types, args, kwargs).
//
// Every op asks its arguments (op_call), functions written in Python ask theirs (`_core.has_torch_function`), and of
// subclasses of Tensor that define the method also the methods and properties written in C++ are asked about: such
// types get attributes through `overridable_attribute`. Plain tensors, parameters and numbers cost a comparison each.
#pragma once
#include <span>

#include "python/tensor.h"

namespace taeda {

extern PyObject* disabled_torch_function;  // the value of __torch_function__ that means "takes nothing over"

bool looks_overridden(PyObject* o);  // has its type the method? Ask `overridden` first
inline bool overridden(PyObject* o) {
  PyTypeObject* t = Py_TYPE(o);
  if (TAEDA_LIKELY(t == TensorType || t == ParameterType || t == &PyLong_Type || t == &PyFloat_Type || o == Py_None))
    return false;
  return looks_overridden(o);
}
inline bool any_overridden(PyObject* const* arguments, Py_ssize_t count) {
  for (Py_ssize_t i = 0; i < count; ++i)
    if (TAEDA_UNLIKELY(overridden(arguments[i]))) return true;
  return false;
}

// The call func(*args, **kwargs) as those of the arguments want it that take it over.
Ref<> call_overridden(PyObject* func, PyObject* args, PyObject* kwargs);
Ref<> call_overridden(PyObject* func, PyObject* const* arguments, Py_ssize_t count, PyObject* names);

// The same of a special method of Tensor.
Ref<> call_overridden(const char* method, std::initializer_list<PyObject*> arguments);

void add_overrides_to_module(PyObject* module);  // after Tensor: it gets __torch_function__ and __init_subclass__

}  // namespace taeda
