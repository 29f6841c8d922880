// The methods of tensors that are about gradients.
#include "tape/tape_node.h"

namespace taeda {

namespace {

Tensor& the(PyObject* self) { return *as_tensor(self); }

PyObject* object_of(Ref<Tensor> t) { return reinterpret_cast<PyObject*>(t.release()); }

PyObject* tensor_detach(PyObject* self, PyObject*) {
  return guarded_object([&] { return object_of(detach(the(self))); });
}

PyObject* tensor_detach_inplace(PyObject* self, PyObject*) {
  return guarded_object([&] {
    detach_inplace(the(self));
    return Py_NewRef(self);
  });
}

PyObject* tensor_requires_grad(PyObject* self, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {"requires_grad", nullptr};
  return guarded_object([&] {
    int wanted = 1;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|p:requires_grad_", const_cast<char**>(names), &wanted))
      throw PythonError();
    set_requires_grad(the(self), wanted);
    return Py_NewRef(self);
  });
}

PyObject* tensor_register_hook(PyObject* self, PyObject* hook) {
  return guarded_object([&] { return register_hook(the(self), hook).release(); });
}

PyObject* tensor_register_post_accumulate_grad_hook(PyObject* self, PyObject* hook) {
  return guarded_object([&] { return register_post_accumulate_grad_hook(the(self), hook).release(); });
}

PyObject* tensor_retain_grad(PyObject* self, PyObject*) {
  return guarded_object([&]() -> PyObject* {
    retain_grad(the(self));
    Py_RETURN_NONE;
  });
}

// backward(gradient=None, retain_graph=None, create_graph=False, inputs=None). The usual call, on a scalar, is done
// here; what is to be checked of the rest is in Python.
PyObject* tensor_backward(PyObject* self, PyObject* args, PyObject* kwargs) {
  static const char* names[] = {"gradient", "retain_graph", "create_graph", "inputs", nullptr};
  return guarded_object([&]() -> PyObject* {
    PyObject *gradient = Py_None, *retain = Py_None, *inputs = Py_None;
    int create_graph = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOpO:backward", const_cast<char**>(names), &gradient, &retain,
                                     &create_graph, &inputs)) {
      throw PythonError();
    }
    Tensor& t = the(self);
    if (gradient == Py_None && inputs == Py_None && t.numel == 1 && requires_gradient(t) && info(t.dtype).floating) {
      int retain_graph = retain == Py_None ? create_graph : PyObject_IsTrue(retain);
      if (retain_graph < 0) throw PythonError();
      Ref<Tensor> root = Ref<Tensor>::borrow(&t);
      run_backward({&root, 1}, {}, retain_graph, create_graph, {}, true, true);
      Py_RETURN_NONE;
    }
    static PyObject* function = nullptr;
    if (!function) {
      Ref<> module = checked(PyImport_ImportModule("taeda.autograd.reverse"));
      function = checked(PyObject_GetAttrString(module.get(), "tensor_backward")).release();
    }
    checked(PyObject_CallFunction(function, "OOOiO", self, gradient, retain, create_graph, inputs));
    Py_RETURN_NONE;
  });
}

PyObject* get_retains_grad(PyObject* self, void*) {
  Tensor& t = the(self);
  return PyBool_FromLong(t.autograd && t.autograd->retains_grad);
}

PyObject* get_hooks(PyObject* self, void*) {
  AutogradData* d = the(self).autograd;
  return Py_NewRef(d && d->hooks ? d->hooks.get() : Py_None);
}

PyObject* get_post_accumulate_hooks(PyObject* self, void*) {
  AutogradData* d = the(self).autograd;
  return Py_NewRef(d && d->post_accumulate_hooks ? d->post_accumulate_hooks.get() : Py_None);
}

int put_hooks(PyObject* self, PyObject* value, void*) {
  return guarded(-1, [&] {
    Tensor& t = the(self);
    if (value && value != Py_None && !PyDict_Check(value))
      raise(PyExc_TypeError, "_backward_hooks must be a dict or None");
    if (!value || value == Py_None) {
      if (t.autograd) t.autograd->hooks = nullptr;
      return 0;
    }
    Shared<Node> node = gradient_function(t);
    autograd_data(t).hooks = Ref<>::borrow(value);
    track(t);
    if (node) node->extra().tensor_hooks.emplace_back(t.output_number, t.autograd->hooks);
    return 0;
  });
}

PyCFunction with_keywords(PyObject* (*f)(PyObject*, PyObject*, PyObject*)) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(f));
}

PyMethodDef methods[] = {
    {"backward", with_keywords(tensor_backward), METH_VARARGS | METH_KEYWORDS,
     "backward(gradient=None, retain_graph=None, create_graph=False, inputs=None): see taeda.autograd.backward."},
    {"detach", tensor_detach, METH_NOARGS, "The same memory, outside of the graph."},
    {"detach_", tensor_detach_inplace, METH_NOARGS, "Take this tensor out of the graph."},
    {"requires_grad_", with_keywords(tensor_requires_grad), METH_VARARGS | METH_KEYWORDS,
     "requires_grad_(requires_grad=True): whether gradients are to be computed for this tensor."},
    {"register_hook", tensor_register_hook, METH_O,
     "register_hook(hook): call hook(grad) whenever the gradient of this tensor is computed; what it returns takes its "
     "place."},
    {"register_post_accumulate_grad_hook", tensor_register_post_accumulate_grad_hook, METH_O,
     "register_post_accumulate_grad_hook(hook): call hook(tensor) after .grad of this leaf was added to."},
    {"retain_grad", tensor_retain_grad, METH_NOARGS, "Have backward fill .grad of this tensor, though it is no leaf."},
    {},
};

PyGetSetDef properties[] = {
    {"retains_grad", get_retains_grad, nullptr, "Whether retain_grad() was called.", nullptr},
    {"_backward_hooks", get_hooks, put_hooks, nullptr, nullptr},
    {"_post_accumulate_grad_hooks", get_post_accumulate_hooks, nullptr, nullptr, nullptr},
    {},
};

}  // namespace

void add_tensor_gradient_methods() {
  for (PyMethodDef* m = methods; m->ml_name; ++m) {
    Ref<> descriptor = checked(PyDescr_NewMethod(TensorType, m));
    if (PyObject_SetAttrString(reinterpret_cast<PyObject*>(TensorType), m->ml_name, descriptor.get()) < 0)
      throw PythonError();
  }
  for (PyGetSetDef* p = properties; p->name; ++p) {
    Ref<> descriptor = checked(PyDescr_NewGetSet(TensorType, p));
    if (PyObject_SetAttrString(reinterpret_cast<PyObject*>(TensorType), p->name, descriptor.get()) < 0)
      throw PythonError();
  }
}

}  // namespace taeda
