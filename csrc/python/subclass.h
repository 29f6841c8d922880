// Subclasses of Tensor that have a class method __torch_dispatch__(func, types, args, kwargs): they take over the calls
// of ops below autograd, which records the call as of any tensor and keeps objects of the subclass for its backward.
// Their backward is made of calls of ops too, one after the other. What such a class sees, and by what names, is
// written in Python (taeda/library/subclasses.py); here is where calls, backwards and what the core does by itself go
// there.
//
// Objects of such a class may have memory (_make_subclass), or only geometry (_make_wrapper_subclass). Of the latter,
// who asks for the memory gets an error.
#pragma once
#include <span>
#include <vector>

#include "python/call.h"
#include "python/override.h"
#include "tape/tape.h"

namespace taeda {

extern bool dispatching_types;  // whether there has been such a class
void note_type(PyTypeObject* type);
bool looks_dispatching(PyObject* o);
inline bool dispatching(PyObject* o) {
  if (TAEDA_LIKELY(!dispatching_types) || Py_TYPE(o) == TensorType || Py_TYPE(o) == ParameterType) return false;
  return looks_dispatching(o);
}
inline bool dispatching(const Tensor* t) {
  return t && dispatching(reinterpret_cast<PyObject*>(const_cast<Tensor*>(t)));
}
bool any_dispatching(std::span<Tensor* const> tensors);

// Is this call one for a subclass?
bool concerns_subclasses(const Call& call);
// Null: the body of a function computes it, out of other calls.
Ref<> call_subclasses(OpObject* op, const Call& call);
// The run of a backward Program on tensors among which are some of subclasses.
std::vector<Ref<Tensor>> run_for_subclasses(BackwardProgram& backward, std::span<Tensor* const> tensors,
                                            std::span<const Attribute> attributes);
// What Python makes of a method of the core: "detach", "get_item", ..
Ref<> ask_subclasses(const char* method, std::initializer_list<PyObject*> arguments);
Ref<Tensor> detached_subclass(const Tensor& t);

void add_subclasses_to_module(PyObject* module);  // after Tensor: it gets __torch_dispatch__

}  // namespace taeda
