// The callbacks into runtime/answers.py: what the core asks the compiler for on a miss.
#pragma once
#include "core/kernel_source.h"
#include "python/common.h"

namespace taeda {

void register_runtime(
    PyObject* module);  // taeda.runtime.answers; imported by the core itself on the first miss otherwise

Ref<> compile_forward(const char* overload, PyObject* key);  // → Program description
// → {"saved", "program", "grads"}; given: None or a tuple of bools, one per output
Ref<> compile_backward(const char* overload, PyObject* key, uint64_t wanted, PyObject* given);
std::string kernel_name(int handle);  // for people
// For people: what a node of such a call is called.
std::string node_name(const char* overload, const char* display, PyObject* key);
// The object file of a kernel: of a variant of loops (classes not null), or of a template.
std::string kernel_object(int handle, bool outer_axis, int inner_rank, const char* classes);
KernelSource& compiler_kernels();  // the kernels that the compiler makes when they are asked for

}  // namespace taeda
