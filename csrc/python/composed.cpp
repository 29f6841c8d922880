#include "python/composed.h"

#include <algorithm>

#include "python/core_types.h"
#include "python/lifted.h"

namespace taeda {

PyTypeObject* ComposedType = nullptr;

Dims dims_from(PyObject* o) {
  Ref<> list = checked(PySequence_Fast(o, "sizes and strides must be sequences of integers"));
  if (PySequence_Fast_GET_SIZE(list.get()) > MAX_DIMS)
    raise(PyExc_RuntimeError, "a tensor of %zd dimensions; at most %d are supported",
          PySequence_Fast_GET_SIZE(list.get()), MAX_DIMS);
  Dims dims;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i) {
    long long n = PyLong_AsLongLong(PySequence_Fast_GET_ITEM(list.get(), i));
    if (n == -1 && PyErr_Occurred()) throw PythonError();
    dims.push(n);
  }
  return dims;
}

namespace {

PyObject* handler = nullptr;

// register_composed(type, handler)
PyObject* register_composed(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *type, *function;
    if (!PyArg_ParseTuple(args, "O!O", &PyType_Type, &type, &function)) throw PythonError();
    if (!PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(type), TensorType) || !PyCallable_Check(function))
      raise(PyExc_TypeError, "register_composed() takes a subclass of Tensor and a function");
    ComposedType = reinterpret_cast<PyTypeObject*>(Py_NewRef(type));
    Py_XSETREF(handler, Py_NewRef(function));
    Py_RETURN_NONE;
  });
}

void describe_composed(Tensor& t, const Dims& sizes) {
  t.ndim = static_cast<uint8_t>(sizes.count);
  t.numel = checked_numel(sizes);
  Dims strides = contiguous_strides(sizes);
  std::copy(sizes.begin(), sizes.end(), t.sizes);
  std::copy(strides.begin(), strides.end(), t.strides);
}

// make_composed(type, sizes, like): an object of that subclass with dtype and device of the tensor `like`.
PyObject* make_composed(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *type, *sizes, *like;
    if (!PyArg_ParseTuple(args, "O!OO!", &PyType_Type, &type, &sizes, TensorType, &like)) throw PythonError();
    auto* t = reinterpret_cast<PyTypeObject*>(type);
    if (!ComposedType || !PyType_IsSubtype(t, ComposedType))
      raise(PyExc_TypeError, "make_composed() makes composed tensors");
    Dims dims = dims_from(sizes);
    checked_numel(dims);
    Ref<> made = checked(t->tp_alloc(t, 0));
    Tensor& composed = *as_tensor(made.get());
    initialise_lifted(composed);
    ++live_lifted;
    composed.offset = 0;
    composed.dtype = as_tensor(like)->dtype;
    composed.device = as_tensor(like)->device;
    describe_composed(composed, dims);
    return made.release();
  });
}

// reshape_composed(tensor, sizes, like): its sizes, dtype and device from now on, as in-place calls change them.
PyObject* reshape_composed(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *tensor, *sizes, *like;
    if (!PyArg_ParseTuple(args, "O!OO!", TensorType, &tensor, &sizes, TensorType, &like)) throw PythonError();
    if (!is_composed(tensor)) raise(PyExc_TypeError, "reshape_composed() takes a composed tensor");
    Dims dims = dims_from(sizes);
    checked_numel(dims);
    describe_composed(*as_tensor(tensor), dims);
    as_tensor(tensor)->dtype = as_tensor(like)->dtype;
    as_tensor(tensor)->device = as_tensor(like)->device;
    Py_RETURN_NONE;
  });
}

PyMethodDef functions[] = {
    {"register_composed", register_composed, METH_VARARGS,
     "register_composed(type, handler): the base class of composed tensors, and who is asked for calls on them."},
    {"make_composed", make_composed, METH_VARARGS,
     "make_composed(type, sizes, like): a composed tensor with the dtype and the device of the tensor `like`."},
    {"reshape_composed", reshape_composed, METH_VARARGS,
     "reshape_composed(tensor, sizes, like): gives a composed tensor these sizes, and dtype and device of `like`."},
    {},
};

}  // namespace

bool is_composed(PyObject* o) {
  return TAEDA_UNLIKELY(live_lifted != 0) && ComposedType && Py_TYPE(o) != TensorType &&
         PyObject_TypeCheck(o, ComposedType);
}

bool concerns_composed(const Call& call) {
  if (!ComposedType) return false;
  const Schema& s = call.overload->schema;
  for (size_t i = 0; i < s.parameters.size(); ++i) {
    PyObject* v = call.values[i];
    if (!v || v == Py_None) continue;
    if (is_composed(v)) return true;
    if (s.parameters[i].kind == Kind::Tensors)
      for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(v); ++k)
        if (is_composed(PySequence_Fast_GET_ITEM(v, k))) return true;
  }
  return call.out && is_composed(call.out);
}

Ref<> call_composed(OpObject* op, const Call& call) {
  const Overload& o = *call.overload;
  Ref<> values = checked(PyTuple_New(static_cast<Py_ssize_t>(o.schema.parameters.size())));
  for (size_t i = 0; i < o.schema.parameters.size(); ++i) {
    Ref<> value = call.values[i] ? plain_argument(o.schema.parameters[i], call.values[i]) : Ref<>::borrow(Py_None);
    PyTuple_SET_ITEM(values.get(), static_cast<Py_ssize_t>(i), value.release());
  }
  Ref<> name = checked(PyUnicode_FromString(o.name.c_str()));
  PyObject* arguments[] = {name.get(),
                           op->name,
                           op->inplace ? Py_True : Py_False,
                           o.is_function ? Py_True : Py_False,
                           values.get(),
                           call.out ? call.out : Py_None};
  Ref<> result = checked(PyObject_Vectorcall(handler, arguments, std::size(arguments), nullptr));
  if (result.get() != Py_NotImplemented) return result;
  if (!o.is_function) raise(PyExc_SystemError, "the handler of composed tensors gave nothing for '%s'", op->display);
  return nullptr;
}

Ref<Tensor> strided(const Ref<Tensor>& composed) {
  Ref<> found = checked(PyObject_CallMethod(composed.object(), "to_dense", nullptr));
  if (!is_tensor(found.get()) || is_composed(found.get()))
    raise(PyExc_SystemError, "to_dense() of a composed tensor must give a strided one");
  return Ref<Tensor>::steal(as_tensor(found.release()));
}

void add_composed_to_module(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

}  // namespace taeda
