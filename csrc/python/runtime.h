// The callbacks into runtime/programs.py: what the core asks the compiler for on a miss. Each is asked once per
// question; answers are cached here.
#pragma once
#include "python/common.h"
#include "core/dtype.h"
#include "core/kernel_abi.h"

namespace taeda {

void register_runtime(PyObject* module);  // taeda.runtime.programs; imported by the core itself on the first miss otherwise

Ref<> compile_forward(const char* overload, PyObject* key);                    // → Program description
// → {"saved", "program", "grads"}; given: None or a tuple of bools, one per output
Ref<> compile_backward(const char* overload, PyObject* key, uint64_t wanted, PyObject* given);
Kernel kernel_variant(int handle, bool outer_axis, int inner_rank, const char* classes);
Kernel template_kernel(int handle);
bool kernel_uses_index(int handle);
bool kernel_split(int handle, int* partial, int* combine, std::vector<DType>* dtypes);
int copy_kernel(DType from, DType to);   // handles of loop kernels
int fill_kernel(DType dtype);            // scalar 0 to every element
int sum_kernel(DType dtype);             // plain sum in the same dtype

}  // namespace taeda
