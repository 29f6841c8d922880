// taeda._core: the extension module. It imports nothing; the Python packages fill its tables of ops.
#include "core/thread_pool.h"
#include "core/views.h"
#include "python/composed.h"
#include "python/core_types.h"
#include "python/lifted.h"
#include "python/op.h"
#include "python/override.h"
#include "python/runtime.h"
#include "python/subclass.h"
#include "tape/tape_node.h"

namespace taeda {

namespace {

PyObject* set_threads(PyObject*, PyObject* n) {
  return guarded_object([&]() -> PyObject* {
    if (!PyLong_Check(n) || PyBool_Check(n))
      raise(PyExc_TypeError, "set_num_threads expects an int, but got %s", Py_TYPE(n)->tp_name);
    int overflow;
    long value = PyLong_AsLongAndOverflow(n, &overflow);
    if (overflow || value <= 0) raise(PyExc_RuntimeError, "set_num_threads expects a positive integer");
    if (value > 4096) raise(PyExc_RuntimeError, "set_num_threads(%ld): at most 4096 threads", value);
    set_num_threads(static_cast<int>(value));
    Py_RETURN_NONE;
  });
}

PyObject* get_threads(PyObject*, PyObject*) { return PyLong_FromLong(get_num_threads()); }

PyObject* set_default(PyObject*, PyObject* dtype) {
  return guarded_object([&]() -> PyObject* {
    if (!is_dtype(dtype))
      raise(PyExc_TypeError, "invalid dtype object: only floating-point types are supported as the default type");
    set_default_dtype(dtype_of_object(dtype));
    Py_RETURN_NONE;
  });
}

PyObject* get_default(PyObject*, PyObject*) { return Py_NewRef(dtype_object(default_dtype())); }

PyObject* register_parameter_type(PyObject*, PyObject* type) {
  return guarded_object([&]() -> PyObject* {
    if (!PyType_Check(type) || type == reinterpret_cast<PyObject*>(TensorType) ||
        !PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(type), TensorType))
      raise(PyExc_TypeError, "register_parameter_type(): expected a subclass of Tensor");
    if (ParameterType) raise(PyExc_ValueError, "register_parameter_type(): %R is it already", ParameterType);
    ParameterType = reinterpret_cast<PyTypeObject*>(Py_NewRef(type));
    ParameterType->tp_getattro = PyObject_GenericGetAttr;  // a plain type, as Tensor
    PyType_Modified(ParameterType);
    Py_RETURN_NONE;
  });
}

PyObject* set_program_check(PyObject*, PyObject* on) {
  return guarded_object([&]() -> PyObject* {
    check_programs = bool_argument(on, "check_programs");
    Py_RETURN_NONE;
  });
}

PyObject* geometry_of_view(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    const char* name;
    PyObject *sizes, *strides, *given;
    if (!PyArg_ParseTuple(arguments, "sOOO:view_geometry", &name, &sizes, &strides, &given)) throw PythonError();
    ViewKind kind;
    if (!view_kind_from_name(name, &kind)) raise(PyExc_ValueError, "no view of kind '%s'", name);
    Ref<> items = checked(PySequence_Fast(given, "expected integers"));
    std::vector<int64_t> numbers;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.get()); ++i) {
      numbers.push_back(PyLong_AsLongLong(PySequence_Fast_GET_ITEM(items.get(), i)));
      if (numbers.back() == -1 && PyErr_Occurred()) throw PythonError();
    }
    Buffer of{};
    describe(of, DType::Float32, dims_from(sizes), dims_from(strides), Device{DeviceKind::Meta});
    of.storage = nullptr;
    Geometry found;
    bool possible = view_geometry(kind, of, numbers.data(), static_cast<int>(numbers.size()), &found);
    Ref<> seen = possible ? sizes_object(found.strides) : Ref<>::borrow(Py_None);
    return Py_BuildValue("NNL", sizes_object(found.sizes).release(), seen.release(), (long long)found.offset);
  });
}

PyObject* is_mirrored_function(PyObject*, PyObject* o) {
  return PyBool_FromLong(is_tensor(o) && is_mirrored(as_tensor(o)->dtype));
}

PyMethodDef functions[] = {
    {"is_mirrored", is_mirrored_function, METH_O,
     "is_mirrored(tensor): whether the tensor is a lazy conjugate or negative of what its memory holds."},
    {"view_geometry", geometry_of_view, METH_VARARGS,
     "view_geometry(kind, sizes, strides, arguments): sizes, strides and offset of a view; strides are None where "
     "there is none."},
    {"check_programs", set_program_check, METH_O,
     "check_programs(on): infer every Program before it is run, and compare (TAEDA_CHECK=1)."},
    {"set_num_threads", set_threads, METH_O,
     "set_num_threads(n): how many threads work on one op, the calling one included."},
    {"get_num_threads", get_threads, METH_NOARGS, "How many threads work on one op."},
    {"set_default_dtype", set_default, METH_O,
     "set_default_dtype(dtype): the dtype of tensors made from Python floats."},
    {"get_default_dtype", get_default, METH_NOARGS, "The dtype of tensors made from Python floats."},
    {"register_parameter_type", register_parameter_type, METH_O,
     "register_parameter_type(type): tell the core what nn.Parameter is."},
    {nullptr, nullptr, 0, nullptr},
};

PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "taeda._core", "Taeda's core.", -1, functions, nullptr, nullptr, nullptr, nullptr};

}  // namespace

}  // namespace taeda

PyMODINIT_FUNC PyInit__core() {
  using namespace taeda;
  return guarded_object([&]() -> PyObject* {
    host_lock.release = [] { return static_cast<void*>(PyEval_SaveThread()); };
    host_lock.acquire = [](void* thread) { PyEval_RestoreThread(static_cast<PyThreadState*>(thread)); };
    Ref<> module = checked(PyModule_Create(&definition));
    add_dtypes_to_module(module.get());
    add_devices_to_module(module.get());
    add_sizes_to_module(module.get());
    add_storage_to_module(module.get());
    add_tensor_to_module(module.get());
    add_operators_to_module(module.get());
    add_overrides_to_module(module.get());
    add_subclasses_to_module(module.get());
    add_interop_to_module(module.get());
    add_generator_to_module(module.get());
    add_machine_code_to_module(module.get());
    add_lapack_to_module(module.get());
    add_recording_to_module(module.get());
    add_kept_programs_to_module(module.get());
    add_compile_mode_to_module(module.get());
    add_profiling_to_module(module.get());
    add_ops_to_module(module.get());
    add_lifted_to_module(module.get());
    add_composed_to_module(module.get());
    add_tape_to_module(module.get());
    add_object(module.get(), "sanitized", REUSE_OBJECTS ? Py_False : Py_True);
    return module.release();
  });
}
