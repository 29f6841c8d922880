// taeda.dtype, and elements as Python objects.
#pragma once
#include "core/dtype.h"
#include "python/common.h"

namespace taeda {

// The Python objects: taeda.dtype (repr 'torch.float32', as PyTorch prints it), one immortal object each.
extern PyTypeObject* DTypeType;
PyObject* dtype_object(DType d);  // borrowed
bool is_dtype(PyObject* o);
DType dtype_of_object(PyObject* o);  // o must be a dtype
PyObject* as_dtype(PyObject* o);     // a dtype, or that of Python's float, int, bool, complex (borrowed); else null

// Read and write one element as Python objects (bool, int, float, complex). write_element converts like a C cast.
PyObject* read_element(const char* at, DType d);
void write_element(char* at, DType d, PyObject* value);

}  // namespace taeda
