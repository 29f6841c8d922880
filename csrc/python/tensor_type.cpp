// The Python type taeda.Tensor: construction, life, garbage collection.
#include "python/tensor_type.h"

#include <structmember.h>

#include "python/core_types.h"
#include "python/interop.h"
#include "python/override.h"
#include "python/subclass.h"
#include "tape/tape.h"

namespace taeda {

namespace {

// -- construction ----------------------------------------------------------------------------------------------------

// Tensor(2, 3), Tensor(sequence), Tensor(tensor): PyTorch's old constructor, always of the default dtype. `type` may be
// a subclass.
PyObject* tensor_new(PyTypeObject* type, PyObject* arguments, PyObject* keywords) {
  return guarded_object([&]() -> PyObject* {
    Py_ssize_t n = PyTuple_GET_SIZE(arguments);
    Device device;
    PyObject* data = n == 1 ? PyTuple_GET_ITEM(arguments, 0) : nullptr;
    if (keywords) {
      PyObject *key, *value;
      Py_ssize_t at = 0;
      while (PyDict_Next(keywords, &at, &key, &value)) {
        if (PyUnicode_CompareWithASCIIString(key, "device") == 0)
          device = device_from_object(value);
        else if (PyUnicode_CompareWithASCIIString(key, "data") == 0 && n == 0)
          data = value;
        else
          raise(PyExc_TypeError, "new() received an unexpected keyword argument '%U'", key);
      }
    }
    Ref<Tensor> t;
    bool sizes = data == nullptr || PyLong_Check(data) || Py_TYPE(data) == SizeType;
    if (sizes) {
      PyObject* items = data && Py_TYPE(data) == SizeType ? data : arguments;
      Dims d;
      for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(items); ++i) {
        PyObject* item = PyTuple_GET_ITEM(items, i);
        if (!PyIndex_Check(item))
          raise(PyExc_TypeError, "new(): argument 'size' must be tuple of ints, not %s", Py_TYPE(item)->tp_name);
        Py_ssize_t s = PyNumber_AsSsize_t(item, PyExc_OverflowError);
        if (s == -1 && PyErr_Occurred()) throw PythonError();
        d.push(s);
      }
      if (items == arguments && d.count == 0) d.push(0);
      t = empty(default_dtype(), d, device);
    } else if (is_tensor(data)) {
      t = recorded_alias(*as_tensor(data));
    } else {
      if (is_python_number(data))
        raise(PyExc_TypeError, "new(): data must be a sequence (got %s)", Py_TYPE(data)->tp_name);
      DType dtype = default_dtype();
      t = tensor_from_data(data, &dtype, device);
    }
    if (type == TensorType) return reinterpret_cast<PyObject*>(t.release());
    return reinterpret_cast<PyObject*>(alias_as(type, *t).release());
  });
}

// -- garbage collection ----------------------------------------------------------------------------------------------

int traverse(PyObject* self, visitproc visit, void* arg) {
  Tensor* t = as_tensor(self);
  Py_VISIT(Py_TYPE(self));
  Py_VISIT(t->dictionary);
  if (AutogradData* a = t->autograd) {
    Py_VISIT(a->grad.object());
    Py_VISIT(a->hooks.get());
    Py_VISIT(a->post_accumulate_hooks.get());
    Py_VISIT(a->base.object());
  }
  if (Node* node = t->grad_fn.get(); node && node->references() == 1) return node->traverse(visit, arg);
  return 0;
}

int clear(PyObject* self) {
  Tensor* t = as_tensor(self);
  Py_CLEAR(t->dictionary);
  if (AutogradData* a = t->autograd) {
    a->grad = nullptr;
    a->hooks = nullptr;
    a->post_accumulate_hooks = nullptr;
  }
  if (Node* node = t->grad_fn.get(); node && node->references() == 1) node->clear_references();
  return 0;
}

int set_attribute(PyObject* self, PyObject* name, PyObject* value) {
  int result = PyObject_GenericSetAttr(self, name, value);
  if (as_tensor(self)->dictionary) track(*as_tensor(self));
  return result;
}

// -- length, iteration, text -----------------------------------------------------------------------------------------

Py_ssize_t length(PyObject* self) {
  const Tensor& t = *as_tensor(self);
  if (t.ndim == 0) {
    PyErr_SetString(PyExc_TypeError, "len() of a 0-d tensor");
    return -1;
  }
  return static_cast<Py_ssize_t>(t.sizes[0]);
}

PyObject* iterate(PyObject* self) {
  return guarded_object([&]() -> PyObject* {
    Tensor& t = *as_tensor(self);
    if (t.ndim == 0) raise(PyExc_TypeError, "iteration over a 0-d tensor");
    Ref<> items;
    // One node for all rows, so that the gradient is put together once.
    if ((requires_gradient(t) || overridden(self) || dispatching(self)) && registered(Operator::Unbind)) {
      items = checked(PyObject_CallOneArg(registered(Operator::Unbind), self));
    } else {
      items = checked(PyTuple_New(static_cast<Py_ssize_t>(t.sizes[0])));
      for (int64_t i = 0; i < t.sizes[0]; ++i)
        PyTuple_SET_ITEM(items.get(), i, reinterpret_cast<PyObject*>(select_first(t, i).release()));
    }
    return PyObject_GetIter(items.get());
  });
}

PyObject* representation(PyObject* self) {
  return guarded_object([&] { return PyObject_CallOneArg(required(Operator::Repr), self); });
}

PyObject* subscript(PyObject* self, PyObject* key) {
  if (TAEDA_UNLIKELY(overridden(self) || overridden(key)))
    return guarded_object([&] { return call_overridden("__getitem__", {self, key}).release(); });
  if (TAEDA_UNLIKELY(dispatching(self)))
    return guarded_object([&] { return ask_subclasses("get_item", {self, key}).release(); });
  return get_item(self, key);
}

int assign_subscript(PyObject* self, PyObject* key, PyObject* value) {
  if (TAEDA_UNLIKELY(value && (overridden(self) || overridden(key) || overridden(value))))
    return guarded(-1, [&] { return call_overridden("__setitem__", {self, key, value}), 0; });
  if (TAEDA_UNLIKELY(value && dispatching(self)))
    return guarded(-1, [&] { return ask_subclasses("set_item", {self, key, value}), 0; });
  return set_item(self, key, value);
}

PyMemberDef members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(TensorHead, dictionary), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(TensorHead, weak_references), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr},
};

template <class F>
void* slot(F* f) {
  return reinterpret_cast<void*>(f);
}

}  // namespace

Ref<Tensor> recorded_alias(Tensor& t) {
  Dims sizes = t.shape();
  return strided_view(t, sizes, Dims(t.strides, t.ndim), t.offset, contiguous_strides(sizes), 0);
}

Ref<> only_element(const Tensor& t, PyObject* type, const char* message) {
  if (t.numel != 1) raise(type, "%s", message);
  if (TAEDA_UNLIKELY(dispatching(&t)))
    return ask_subclasses("item", {reinterpret_cast<PyObject*>(const_cast<Tensor*>(&t))});
  if (!t.has_memory()) raise(PyExc_RuntimeError, "Tensor.item() cannot be called on meta tensors");
  return checked(read_element(t.data(), t.dtype));
}

void add_tensor_to_module(PyObject* module) {
  add_constants_to_module(module);
  std::vector<PyType_Slot> slots = {
      {Py_tp_new, slot(tensor_new)},
      {Py_tp_dealloc, slot(free_tensor)},
      {Py_tp_traverse, slot(traverse)},
      {Py_tp_clear, slot(clear)},
      {Py_tp_setattro, slot(set_attribute)},
      {Py_tp_hash, slot(_Py_HashPointer)},
      {Py_tp_repr, slot(representation)},
      {Py_tp_iter, slot(iterate)},
      {Py_mp_length, slot(length)},
      {Py_mp_subscript, slot(subscript)},
      {Py_mp_ass_subscript, slot(assign_subscript)},
      {Py_tp_members, members},
      {Py_tp_methods, tensor_methods},
      {Py_tp_getset, tensor_properties},
      {Py_tp_doc, const_cast<char*>("A tensor: a strided view of memory, with its place in the autograd graph.")},
  };
  for (const PyType_Slot* s = number_slots; s->slot; ++s) slots.push_back(*s);
  slots.push_back({0, nullptr});
  PyType_Spec spec = {"taeda.Tensor", sizeof(Tensor), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
                      slots.data()};
  TensorType = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&spec)).release());
  TensorType->tp_name = "Tensor";  // in messages, as PyTorch's; __module__ is taeda
  PyObject* self = reinterpret_cast<PyObject*>(TensorType);
  Ref<> priority = checked(PyLong_FromLong(1000));  // NumPy's operators leave the work to ours
  if (PyObject_SetAttrString(self, "__array_priority__", priority.get()) < 0) throw PythonError();
  add_object(module, "Tensor", self);
}

}  // namespace taeda
