// Data from and for others: nested lists, NumPy, the buffer protocol, DLPack. NumPy is imported only when an array is
// asked for; arrays that come in are recognised by their type, which exists only if somebody has imported NumPy.
#pragma once
#include "python/core_types.h"

namespace taeda {

bool is_numpy_array(PyObject* o);
bool is_numpy_scalar(PyObject* o);

// A new tensor with a copy of `data`: a number, nested sequences of numbers, an array, a tensor, anything with a
// buffer. dtype null: inferred as PyTorch does. Raises PyTorch's errors for ragged sequences and values that do not
// fit.
Ref<Tensor> tensor_from_data(PyObject* data, const DType* dtype, Device device = {});
// A tensor on the memory of a NumPy array. Raises for negative strides, foreign byte order, unknown dtypes; warns
// (if asked to) for memory that is not writable.
Ref<Tensor> tensor_from_array(PyObject* array, bool warn_read_only);
Ref<> array_from_tensor(Tensor& t);  // a NumPy array on the tensor's memory
Ref<> dlpack_from_tensor(Tensor& t, bool versioned, bool copied);
Ref<Tensor> tensor_from_dlpack(PyObject* o);  // an object with __dlpack__, or a capsule

// A storage on memory that a Python object keeps alive.
Shared<Storage> adopt_memory(void* data, size_t bytes, Ref<> owner, bool writable);
// The storage as a Python object (UntypedStorage) that supports the buffer protocol; new reference.
PyObject* storage_object(const Shared<Storage>& storage);

}  // namespace taeda
