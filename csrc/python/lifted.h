// Lifted tensors: what a function that is transformed (taeda.func: vmap, jvp) sees in place of a tensor. To Python they
// are tensors with the shape that the function is written for; their elements are in the tensors they stand for, which
// only the transform knows. They have sizes, and no memory.
//
// Calls of ops on them go, as call sites, to a Python handler. That takes the levels of lifting off one by one, and
// runs the call on plain tensors under the chain of transforms it has found: that is another Program, compiled under
// the key of the call and the chain (compiler/pipeline.py), recorded on the tape as any call. Plain calls pay one
// comparison.
//
// Composed tensors (composed.h) have no memory either: is_lifted() is true of them too.
#pragma once
#include <span>

#include "python/call.h"

namespace taeda {

extern PyTypeObject* LiftedType;  // registered from Python; null before
extern int64_t live_lifted;       // how many lifted tensors there are; no call need look for them where there are none
extern bool draws_are_lifted;     // a vmap is active: calls that draw random numbers are of interest too

bool is_without_memory(PyTypeObject* type);  // a type of lifted or composed tensors
bool looks_lifted(PyObject* o);
inline bool is_lifted(PyObject* o) {
  return TAEDA_UNLIKELY(live_lifted != 0) && o && Py_TYPE(o) != TensorType && looks_lifted(o);
}
inline bool is_lifted(const Tensor* t) { return t && is_lifted(reinterpret_cast<PyObject*>(const_cast<Tensor*>(t))); }
void require_memory(const Tensor& t, const char* what);  // raises where there is none
bool any_lifted(std::span<Tensor* const> tensors);

// Is this call one for the handler?
bool concerns_lifted(const Call& call);
Ref<> call_lifted(OpObject* op, const Call& call);
// The run of a backward Program for gradients that are lifted.
std::vector<Ref<Tensor>> run_lifted(BackwardProgram& backward, std::span<Tensor* const> tensors,
                                    std::span<const Attribute> attributes);
void lifted_gone(PyTypeObject* type);  // an object of that type is freed

// What `compiled` is after a chain of transforms; compiled when it is first asked for. With no chain: itself.
Compiled& transformed(Compiled& compiled, const std::string& chain);

void add_lifted_to_module(PyObject* module);

}  // namespace taeda
