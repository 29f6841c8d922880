// What the files of the core's base offer each other beside the contracts in tensor.h, storage.h, dtype.h, device.h:
// registration in the module, and small helpers.
#pragma once
#include "python/common.h"
#include "python/tensor.h"

namespace taeda {

// Each adds its types and functions to taeda._core; called once by PyInit__core, in this order.
void add_dtypes_to_module(PyObject* module);
void add_devices_to_module(PyObject* module);
void add_sizes_to_module(PyObject* module);          // Size
void add_storage_to_module(PyObject* module);        // UntypedStorage, allocator statistics, OutOfMemoryError
void add_tensor_to_module(PyObject* module);         // Tensor, layout, memory_format, set_operator, set_callback
void add_operators_to_module(PyObject* module);      // set_operator, set_indexing
void add_interop_to_module(PyObject* module);        // tensor, from_numpy, frombuffer, from_dlpack
void add_generator_to_module(PyObject* module);      // Generator, default_generator
void add_machine_code_to_module(PyObject* module);   // load_object
void add_lapack_to_module(PyObject* module);         // provide_lapack, lapack_kernel, fourier_kernel
void add_recording_to_module(PyObject* module);      // begin_recording and the like
void add_kept_programs_to_module(PyObject* module);  // encode_program, decode_program
void add_compile_mode_to_module(PyObject* module);   // run_compiled and the like
void add_profiling_to_module(PyObject* module);      // start_profile and the like

// Add `o` (borrowed) to a module under a name; throws.
inline void add_object(PyObject* module, const char* name, PyObject* o) {
  if (PyModule_AddObjectRef(module, name, o) < 0) throw PythonError();
}

DType dtype_argument(PyObject* o,
                     const char* function);      // a dtype, or Python's float, int, bool, complex; else TypeError
void write_double(char* at, DType d, double v);  // converts like a C cast
void write_complex(char* at, DType d, double real, double imaginary);
uint64_t unsigned_integer(PyObject* o);  // of a Python int; OverflowError if it does not fit

// taeda.Size, a tuple of ints: new reference.
extern PyTypeObject* SizeType;
PyObject* size_object(const int64_t* sizes, int count);

extern PyObject* OutOfMemoryError;

}  // namespace taeda
