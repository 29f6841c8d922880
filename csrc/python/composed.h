// Composed tensors: sparse, masked and nested ones. To Python they are tensors with sizes, dtype and device; their
// elements are in the plain tensors that they are made of, which only their class knows. They have no memory.
//
// A call of an op or a function on them goes, its arguments fitted to the schema, to a Python handler
// (taeda/composed.py), which computes with the parts: so gradients, dtypes, devices and compiled calls are those of the
// ops that it calls. They share the count of tensors without memory with lifted ones (lifted.h), and its checks.
#pragma once
#include <span>

#include "python/call.h"

namespace taeda {

extern PyTypeObject* ComposedType;  // registered from Python; null before

bool is_composed(PyObject* o);
inline bool is_composed(const Tensor* t) {
  return t && is_composed(reinterpret_cast<PyObject*>(const_cast<Tensor*>(t)));
}

// Is this call one for the handler? Ask only where there are tensors without memory.
bool concerns_composed(const Call& call);
// Null: the body of a function computes it, out of other calls.
Ref<> call_composed(OpObject* op, const Call& call);
// The strided tensor with the same elements: what the backward of an op computes with.
Ref<Tensor> strided(const Ref<Tensor>& composed);

Dims dims_from(PyObject* sequence);  // of integers

void add_composed_to_module(PyObject* module);

}  // namespace taeda
