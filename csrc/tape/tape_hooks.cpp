// Hooks: on tensors (register_hook, retain_grad, register_post_accumulate_grad_hook) and on nodes.
#include "tape/tape_node.h"

namespace taeda {

std::string type_text(DType d);

namespace {

Ref<> import_attribute(const char* module, const char* name) {
  Ref<> m = checked(PyImport_ImportModule(module));
  return checked(PyObject_GetAttrString(m.get(), name));
}

std::string hook_name(PyObject* hook) {
  Ref<> name = Ref<>::steal(PyObject_GetAttrString(hook, "__name__"));
  const char* text = name && PyUnicode_Check(name.get()) ? PyUnicode_AsUTF8(name.get()) : nullptr;
  std::string result = text ? text : "<unknown>";
  PyErr_Clear();
  return result;
}

// The hooks in order of registration; a copy, because they may take themselves out.
Ref<> values_of(PyObject* hooks) { return checked(PyMapping_Values(hooks)); }

void check_replacement(PyObject* hook, PyObject* result, Tensor* before) {
  if (!is_tensor(result)) raise(PyExc_TypeError, "expected Variable, but hook returned '%s'", Py_TYPE(result)->tp_name);
  if (!before) raise(PyExc_RuntimeError, "can't replace a None gradient with a non-None value");
  Tensor& t = *as_tensor(result);
  if (t.dtype != before->dtype) {
    raise(PyExc_RuntimeError, "hook '%s' has changed the type of value (was %s got %s)", hook_name(hook).c_str(),
          type_text(before->dtype).c_str(), type_text(t.dtype).c_str());
  }
  if (!(t.device == before->device))
    raise(PyExc_RuntimeError, "hook '%s' has changed the device of value", hook_name(hook).c_str());
  bool same = t.ndim == before->ndim && std::memcmp(t.sizes, before->sizes, sizeof(int64_t) * t.ndim) == 0;
  if (!same) raise(PyExc_RuntimeError, "hook '%s' has changed the size of value", hook_name(hook).c_str());
}

Ref<> tuple_of(const Gradients& gradients) {
  Ref<> tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(gradients.size())));
  for (size_t i = 0; i < gradients.size(); ++i) PyTuple_SET_ITEM(tuple.get(), i, as_object(gradients[i]).release());
  return tuple;
}

// What a node's hook returned takes the place of `gradients`, if it is not None.
void take_replacements(PyObject* hook, PyObject* result, Gradients& gradients) {
  if (result == Py_None) return;
  Ref<> single;
  if (!PyTuple_Check(result)) {
    if (!is_tensor(result))
      raise(PyExc_TypeError, "expected Variable, but hook returned '%s'", Py_TYPE(result)->tp_name);
    single = checked(PyTuple_Pack(1, result));
    result = single.get();
  }
  if (static_cast<size_t>(PyTuple_GET_SIZE(result)) != gradients.size()) {
    raise(PyExc_RuntimeError, "hook '%s' has returned an incorrect number of values (got %zd, but expected %zu)",
          hook_name(hook).c_str(), PyTuple_GET_SIZE(result), gradients.size());
  }
  for (size_t i = 0; i < gradients.size(); ++i) {
    PyObject* item = PyTuple_GET_ITEM(result, i);
    if (item == Py_None) {
      gradients[i] = nullptr;
      continue;
    }
    if (gradients[i]) check_replacement(hook, item, gradients[i].get());
    gradients[i] = tensor_from(Ref<>::borrow(item));
  }
}

}  // namespace

Ref<> removable_handle(PyObject* hooks) {
  static PyObject* type = import_attribute("taeda.utils.hooks", "RemovableHandle").release();
  return checked(PyObject_CallOneArg(type, hooks));
}

Ref<> add_to_hooks(Ref<>& hooks, PyObject* hook) {
  if (!PyCallable_Check(hook)) raise(PyExc_TypeError, "a hook must be callable, not %s", Py_TYPE(hook)->tp_name);
  // An OrderedDict, because the handles refer to it weakly.
  if (!hooks) hooks = checked(PyObject_CallNoArgs(reinterpret_cast<PyObject*>(&PyODict_Type)));
  Ref<> handle = removable_handle(hooks.get());
  Ref<> id = checked(PyObject_GetAttrString(handle.get(), "id"));
  if (PyObject_SetItem(hooks.get(), id.get(), hook) < 0) throw PythonError();
  return handle;
}

Ref<> register_hook(Tensor& t, PyObject* hook) {
  if (!requires_gradient(t))
    raise(PyExc_RuntimeError, "cannot register a hook on a tensor that doesn't require gradient");
  Shared<Node> node = gradient_function(t);
  AutogradData& data = autograd_data(t);
  track(t);
  bool first = !data.hooks;
  Ref<> handle = add_to_hooks(data.hooks, hook);
  if (first && node) node->extra().tensor_hooks.emplace_back(t.output_number, data.hooks);
  return handle;
}

Ref<> register_post_accumulate_grad_hook(Tensor& t, PyObject* hook) {
  if (!requires_gradient(t))
    raise(PyExc_RuntimeError, "cannot register a hook on a tensor that doesn't require gradient");
  if (gradient_function(t))
    raise(PyExc_RuntimeError, "post accumulate grad hooks cannot be registered on non-leaf tensors");
  track(t);
  return add_to_hooks(autograd_data(t).post_accumulate_hooks, hook);
}

void retain_grad(Tensor& t) {
  if (!requires_gradient(t)) raise(PyExc_RuntimeError, "can't retain_grad on Tensor that has requires_grad=False");
  Shared<Node> node = gradient_function(t);
  if (!node || autograd_data(t).retains_grad) return;
  Ref<> weak = checked(PyWeakref_NewRef(reinterpret_cast<PyObject*>(&t), nullptr));
  node->extra().retained.emplace_back(t.output_number, std::move(weak));
  t.autograd->retains_grad = true;
}

void move_retained(Tensor& t, Node* before, uint32_t before_output, Node& now, uint32_t now_output) {
  if (!t.autograd) return;
  // Hooks see the gradient of the value they were put on: they stay with the node before.
  t.autograd->hooks = nullptr;
  if (!t.autograd->retains_grad || !before || !before->extras) return;
  auto& list = before->extras->retained;
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].first != before_output || PyWeakref_GetObject(list[i].second.get()) != reinterpret_cast<PyObject*>(&t))
      continue;
    now.extra().retained.emplace_back(now_output, list[i].second);
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

void run_tensor_hooks(PyObject* hooks, Ref<Tensor>& gradient) {
  Ref<> values = values_of(hooks);
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(values.get()); ++i) {
    PyObject* hook = PyList_GET_ITEM(values.get(), i);
    Ref<> result = checked(PyObject_CallOneArg(hook, as_object(gradient).get()));
    if (result.get() == Py_None) continue;
    check_replacement(hook, result.get(), gradient.get());
    gradient = tensor_from(std::move(result));
  }
}

void run_retained(Node& n, const Gradients& gradients, bool create_graph) {
  for (size_t i = 0; n.extras && i < n.extras->retained.size(); ++i) {
    auto [output, weak] = n.extras->retained[i];
    PyObject* o = PyWeakref_GetObject(weak.get());
    if (!o || o == Py_None || output >= gradients.size() || !gradients[output]) continue;
    Ref<Tensor> t = Ref<Tensor>::borrow(as_tensor(o));
    const Ref<Tensor>& gradient = gradients[output];
    Ref<Tensor>& grad = autograd_data(*t).grad;
    Ref<Tensor> now;
    if (grad) {
      now = sum(grad, gradient);
    } else if (create_graph) {
      now = call_core(CoreOp::Clone, {gradient.object()});
    } else {
      now = empty(gradient->dtype, gradient->shape(), gradient->device);
      if (gradient->data() && gradient->numel) copy_into(*now, *gradient);
    }
    autograd_data(*t).grad = std::move(now);
  }
}

void run_pre_hooks(Node& n, Gradients& gradients) {
  Ref<> values = values_of(n.extras->pre_hooks.get());
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(values.get()); ++i) {
    PyObject* hook = PyList_GET_ITEM(values.get(), i);
    Ref<> result = checked(PyObject_CallOneArg(hook, tuple_of(gradients).get()));
    take_replacements(hook, result.get(), gradients);
  }
}

void run_post_hooks(Node& n, Gradients& inputs, const Gradients& outputs) {
  Ref<> values = values_of(n.extras->post_hooks.get());
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(values.get()); ++i) {
    PyObject* hook = PyList_GET_ITEM(values.get(), i);
    Ref<> result =
        checked(PyObject_CallFunctionObjArgs(hook, tuple_of(inputs).get(), tuple_of(outputs).get(), nullptr));
    take_replacements(hook, result.get(), inputs);
  }
}

}  // namespace taeda
