// taeda.Size: the tuple of ints that x.shape is.
#include "python/core_types.h"

namespace taeda {

PyTypeObject* SizeType = nullptr;

namespace {

// A Size with the items of a tuple (which it is, or was made from one); new reference.
PyObject* from_tuple(PyObject* tuple) {
  Py_ssize_t n = PyTuple_GET_SIZE(tuple);
  PyObject* out = SizeType->tp_alloc(SizeType, n);
  if (!out) return nullptr;
  for (Py_ssize_t i = 0; i < n; ++i) PyTuple_SET_ITEM(out, i, Py_NewRef(PyTuple_GET_ITEM(tuple, i)));
  return out;
}

PyObject* size_new(PyTypeObject*, PyObject* arguments, PyObject* keywords) {
  return guarded_object([&]() -> PyObject* {
    if (keywords && PyDict_GET_SIZE(keywords)) raise(PyExc_TypeError, "torch.Size() takes no keyword arguments");
    PyObject* items = nullptr;
    if (!PyArg_UnpackTuple(arguments, "torch.Size", 0, 1, &items)) throw PythonError();
    Ref<> tuple = items ? checked(PySequence_Tuple(items)) : checked(PyTuple_New(0));
    Ref<> out = checked(from_tuple(tuple.get()));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(out.get()); ++i) {
      PyObject* item = PyTuple_GET_ITEM(out.get(), i);
      if (PyLong_Check(item) && !PyBool_Check(item)) continue;
      if (!PyIndex_Check(item))
        raise(PyExc_TypeError, "torch.Size() takes an iterable of 'int' (item %zd is '%s')", i, Py_TYPE(item)->tp_name);
      PyObject* number = checked(PyNumber_Index(item)).release();
      PyTuple_SET_ITEM(out.get(), i, number);
      Py_DECREF(item);
    }
    return out.release();
  });
}

PyObject* size_repr(PyObject* self) {
  return guarded_object([&]() -> PyObject* {
    Ref<> items = checked(PySequence_List(self));
    return PyUnicode_FromFormat("torch.Size(%R)", items.get());
  });
}

PyObject* size_numel(PyObject* self, PyObject*) {
  return guarded_object([&]() -> PyObject* {
    Ref<> n = checked(PyLong_FromLong(1));
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(self); ++i)
      n = checked(PyNumber_Multiply(n.get(), PyTuple_GET_ITEM(self, i)));
    return n.release();
  });
}

PyObject* size_reduce(PyObject* self, PyObject*) {
  PyObject* items = PyTuple_GetSlice(self, 0, PyTuple_GET_SIZE(self));
  return items ? Py_BuildValue("O(N)", SizeType, items) : nullptr;
}

// The result of a tuple's method as a Size.
PyObject* wrapped(PyObject* result) {
  if (!result || !PyTuple_Check(result)) return result;
  PyObject* out = from_tuple(result);
  Py_DECREF(result);
  return out;
}

PyObject* size_concat(PyObject* a, PyObject* b) {
  if (!PyTuple_Check(a) || !PyTuple_Check(b))
    return PyErr_Format(PyExc_TypeError, "can only concatenate tuple (not \"%s\") to torch.Size", Py_TYPE(b)->tp_name);
  return wrapped(PyTuple_Type.tp_as_sequence->sq_concat(a, b));
}

// (1,) + Size: Python asks the right operand first, because its type is a subclass of the left one's.
PyObject* size_add(PyObject* a, PyObject* b) {
  if (!PyTuple_Check(a) || !PyTuple_Check(b)) Py_RETURN_NOTIMPLEMENTED;
  return size_concat(a, b);
}

PyObject* size_repeat(PyObject* a, Py_ssize_t n) { return wrapped(PyTuple_Type.tp_as_sequence->sq_repeat(a, n)); }
PyObject* size_subscript(PyObject* a, PyObject* key) {
  return wrapped(PyTuple_Type.tp_as_mapping->mp_subscript(a, key));
}

PyMethodDef size_methods[] = {
    {"numel", size_numel, METH_NOARGS, "The number of elements of a tensor of this shape."},
    {"__reduce__", size_reduce, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyType_Slot size_slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(size_new)},
    {Py_tp_repr, reinterpret_cast<void*>(size_repr)},
    {Py_tp_methods, size_methods},
    {Py_nb_add, reinterpret_cast<void*>(size_add)},
    {Py_sq_concat, reinterpret_cast<void*>(size_concat)},
    {Py_sq_repeat, reinterpret_cast<void*>(size_repeat)},
    {Py_mp_subscript, reinterpret_cast<void*>(size_subscript)},
    {Py_tp_doc, const_cast<char*>("The shape of a tensor: a tuple of ints.")},
    {0, nullptr},
};

// Item size and basic size are the tuple's.
PyType_Spec size_spec = {"taeda.Size", 0, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, size_slots};

}  // namespace

void add_sizes_to_module(PyObject* module) {
  SizeType = reinterpret_cast<PyTypeObject*>(
      checked(PyType_FromSpecWithBases(&size_spec, reinterpret_cast<PyObject*>(&PyTuple_Type))).release());
  SizeType->tp_name = "torch.Size";  // in messages; __module__ and __qualname__ are taeda's
  add_object(module, "Size", reinterpret_cast<PyObject*>(SizeType));
}

PyObject* size_object(const int64_t* sizes, int count) {
  Ref<> out = checked(SizeType->tp_alloc(SizeType, count));
  for (int i = 0; i < count; ++i) PyTuple_SET_ITEM(out.get(), i, checked(PyLong_FromLongLong(sizes[i])).release());
  return out.release();
}

}  // namespace taeda
