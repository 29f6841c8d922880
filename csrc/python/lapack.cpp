// Kernels that are functions of the core: taeda._core.provide_lapack (SciPy's), lapack_kernel, fourier_kernel.
#include "core/lapack.h"
#include "core/fourier.h"
#include "python/core_types.h"

namespace taeda {
namespace {

// Capsules of Cython's functions carry the signature as their name; the address is what they hold.
PyObject* provide(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    struct Given {
      PyObject *lapack, *blas;
    } given;
    if (!PyArg_ParseTuple(arguments, "O!O!:provide_lapack", &PyDict_Type, &given.lapack, &PyDict_Type, &given.blas))
      throw PythonError();
    each_lapack_routine(
        [](void* context, const char* name, void** address) {
          auto* from = static_cast<Given*>(context);
          PyObject* capsule = PyDict_GetItemString(from->lapack, name);
          if (!capsule) capsule = PyDict_GetItemString(from->blas, name);
          if (!capsule || !PyCapsule_CheckExact(capsule)) raise(PyExc_ImportError, "this LAPACK has no '%s'", name);
          *address = PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule));
          if (!*address) throw PythonError();
        },
        &given);
    Py_RETURN_NONE;
  });
}

PyObject* kernel(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    const char *name, *dtype_name;
    DType dtype;
    if (!PyArg_ParseTuple(arguments, "ss:lapack_kernel", &name, &dtype_name)) throw PythonError();
    Kernel found = dtype_from_name(dtype_name, &dtype) ? lapack_kernel(name, dtype) : nullptr;
    if (!found) raise(PyExc_ValueError, "there is no kernel '%s' of dtype %s", name, dtype_name);
    return PyLong_FromVoidPtr(reinterpret_cast<void*>(found));
  });
}

PyObject* transform(PyObject*, PyObject* arguments, PyObject* keywords) {
  return guarded_object([&]() -> PyObject* {
    const char* dtype_name;
    int vector_bytes;
    static const char* names[] = {"dtype", "vector_bytes", nullptr};
    DType dtype;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "si:fourier_kernel", const_cast<char**>(names), &dtype_name,
                                     &vector_bytes))
      throw PythonError();
    Kernel found = dtype_from_name(dtype_name, &dtype) ? fourier_kernel(dtype, vector_bytes) : nullptr;
    if (!found) raise(PyExc_ValueError, "there are no Fourier transforms of dtype %s", dtype_name);
    return PyLong_FromVoidPtr(reinterpret_cast<void*>(found));
  });
}

PyMethodDef functions[] = {
    {"fourier_kernel", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(transform)),
     METH_VARARGS | METH_KEYWORDS,
     "fourier_kernel(dtype, vector_bytes): the address of the kernel of Fourier transforms on vectors of this width."},
    {"provide_lapack", provide, METH_VARARGS,
     "provide_lapack(lapack, blas): the functions of LAPACK and BLAS, as capsules by name. ImportError if one that is "
     "needed is missing."},
    {"lapack_kernel", kernel, METH_VARARGS, "lapack_kernel(name, dtype): the address of a kernel that calls LAPACK."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

void add_lapack_to_module(PyObject* module) {
  add_object(module, "LinAlgError", exception_class(ErrorKind::LinearAlgebra));
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

}  // namespace taeda
