// taeda._core.load_object: machine code for Python's compiler.
#include "core/object_code.h"
#include "python/core_types.h"

namespace taeda {
namespace {

PyObject* load(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    const char *content, *symbol;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(arguments, "y#s:load_object", &content, &size, &symbol)) throw PythonError();
    LoadedObject loaded = load_object(content, static_cast<size_t>(size), symbol);
    if (loaded.fault == ObjectFault::NO_MEMORY) raise(PyExc_MemoryError, "%s", loaded.message.c_str());
    if (loaded.fault != ObjectFault::NONE) raise(PyExc_ValueError, "%s", loaded.message.c_str());
    return PyLong_FromVoidPtr(loaded.address);
  });
}

PyMethodDef functions[] = {
    {"load_object", load, METH_VARARGS,
     "load_object(content, symbol): the address of a function of an ELF object file, loaded for good. ValueError for a "
     "file that is damaged or asks for what kernels do not need, MemoryError if the system gives no memory for code."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

void add_machine_code_to_module(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

}  // namespace taeda
