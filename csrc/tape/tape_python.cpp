// What Python sees of the tape: nodes (grad_fn), backward, the modes.
#include "tape/tape_node.h"

#include <structmember.h>

namespace taeda {

PyTypeObject* NodeType = nullptr;

namespace {

NodeObject* as_node_object(PyObject* o) { return reinterpret_cast<NodeObject*>(o); }

void node_dealloc(PyObject* o) {
  PyTypeObject* type = Py_TYPE(o);
  PyObject_GC_UnTrack(o);
  NodeObject* self = as_node_object(o);
  if (self->weak_references) PyObject_ClearWeakRefs(o);
  Py_CLEAR(self->dictionary);
  if (Node* node = std::exchange(self->node, nullptr)) {
    NodeObject::shown(*node) = nullptr;
    node->release();
  }
  type->tp_free(o);
  Py_DECREF(type);
}

int node_traverse(PyObject* o, visitproc visit, void* arg) {
  Py_VISIT(Py_TYPE(o));
  Py_VISIT(as_node_object(o)->dictionary);
  Node* node = as_node_object(o)->node;
  return node && node->references() == 1 ? node->traverse(visit, arg) : 0;
}

int node_clear(PyObject* o) {
  Py_CLEAR(as_node_object(o)->dictionary);
  Node* node = as_node_object(o)->node;
  if (node && node->references() == 1) node->clear_references();
  return 0;
}

PyObject* node_getattro(PyObject* o, PyObject* name) {
  PyObject* value = PyObject_GenericGetAttr(o, name);
  if (value || !PyErr_ExceptionMatches(PyExc_AttributeError)) return value;
  PyObject *type, *error, *trace;
  PyErr_Fetch(&type, &error, &trace);
  value = guarded_object([&] { return as_node_object(o)->node->python_attribute(name); });
  if (value || PyErr_Occurred()) {
    Py_XDECREF(type);
    Py_XDECREF(error);
    Py_XDECREF(trace);
    return value;
  }
  PyErr_Restore(type, error, trace);
  return nullptr;
}

PyObject* node_call(PyObject* o, PyObject* args, PyObject* kwargs) {
  return guarded_object([&]() -> PyObject* {
    if (kwargs && PyDict_GET_SIZE(kwargs)) raise(PyExc_TypeError, "a node takes no keyword arguments");
    Node& node = *as_node_object(o)->node;
    Gradients gradients(node.outputs.size());
    if (static_cast<size_t>(PyTuple_GET_SIZE(args)) != gradients.size()) {
      raise(PyExc_TypeError, "%s expects %zu gradients, got %zd", node.name().c_str(), gradients.size(),
            PyTuple_GET_SIZE(args));
    }
    bool create_graph = state.grad_enabled;
    for (size_t i = 0; i < gradients.size(); ++i) {
      PyObject* item = PyTuple_GET_ITEM(args, i);
      if (item == Py_None) continue;
      gradients[i] = tensor_from(Ref<>::borrow(item));
      fit_gradient(gradients[i], node.outputs[i], nullptr, i, create_graph);
    }
    Gradients results = node.apply(std::move(gradients), create_graph, ALL_EDGES);
    results.resize(node.edges.size());
    if (results.size() == 1) return as_object(results[0]).release();
    Ref<> tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(results.size())));
    for (size_t i = 0; i < results.size(); ++i) PyTuple_SET_ITEM(tuple.get(), i, as_object(results[i]).release());
    return tuple.release();
  });
}

PyObject* node_name(PyObject* o, PyObject*) {
  Node& node = *as_node_object(o)->node;
  return PyUnicode_FromString(((node.is_internal() ? "torch::autograd::" : "") + node.name()).c_str());
}

PyObject* node_register_hook(PyObject* o, PyObject* hook) {
  return guarded_object([&] { return add_to_hooks(as_node_object(o)->node->extra().post_hooks, hook).release(); });
}

PyObject* node_register_prehook(PyObject* o, PyObject* hook) {
  return guarded_object([&] { return add_to_hooks(as_node_object(o)->node->extra().pre_hooks, hook).release(); });
}

PyObject* node_sequence_nr(PyObject* o, PyObject*) {
  return PyLong_FromUnsignedLongLong(as_node_object(o)->node->sequence);
}

PyObject* node_next_functions(PyObject* o, void*) {
  return guarded_object([&]() -> PyObject* {
    Node& node = *as_node_object(o)->node;
    Ref<> tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(node.edges.size())));
    for (size_t i = 0; i < node.edges.size(); ++i) {
      const Edge& edge = node.edges[i];
      Ref<> next = edge.node ? checked(edge.node->python_object()) : Ref<>::borrow(Py_None);
      PyTuple_SET_ITEM(tuple.get(), i, checked(Py_BuildValue("NI", next.release(), edge.output)).release());
    }
    return tuple.release();
  });
}

PyObject* node_metadata(PyObject* o, void*) {
  return guarded_object([&]() -> PyObject* {
    Ref<>& metadata = as_node_object(o)->node->extra().metadata;
    if (!metadata) metadata = checked(PyDict_New());
    return Ref<>(metadata).release();
  });
}

PyObject* node_requires_grad(PyObject*, void*) { Py_RETURN_TRUE; }

// For each output: (shape, dtype, device).
PyObject* node_input_metadata(PyObject* o, void*) {
  return guarded_object([&]() -> PyObject* {
    Node& node = *as_node_object(o)->node;
    Ref<> tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(node.outputs.size())));
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const Node::OutputInfo& info = node.outputs[i];
      Ref<> size = checked(size_object(info.sizes.at, info.sizes.count)), device = checked(device_object(info.device));
      PyTuple_SET_ITEM(tuple.get(), i,
                       checked(PyTuple_Pack(3, size.get(), dtype_object(info.dtype), device.get())).release());
    }
    return tuple.release();
  });
}

PyObject* node_line(PyObject* o, void*) {
  return guarded_object([&]() -> PyObject* {
    std::string line = as_node_object(o)->node->line_text();
    return PyUnicode_FromStringAndSize(line.data(), static_cast<Py_ssize_t>(line.size()));
  });
}

PyMethodDef node_methods[] = {
    {"name", node_name, METH_NOARGS, "The name of the node, \"MulBackward0\"."},
    {"register_hook", node_register_hook, METH_O,
     "register_hook(hook): hook(grad_inputs, grad_outputs) after this node ran; may return new grad_inputs."},
    {"register_prehook", node_register_prehook, METH_O,
     "register_prehook(hook): hook(grad_outputs) before this node runs; may return new ones."},
    {"_sequence_nr", node_sequence_nr, METH_NOARGS, "Nodes run in descending order of this number."},
    {},
};

PyGetSetDef node_getset[] = {
    {"next_functions", node_next_functions, nullptr,
     "For each input (node, output number), or (None, 0) where it needs no gradient.", nullptr},
    {"metadata", node_metadata, nullptr, "A dict for whatever users want to keep here.", nullptr},
    {"requires_grad", node_requires_grad, nullptr, nullptr, nullptr},
    {"_input_metadata", node_input_metadata, nullptr, "(shape, dtype, device) of each gradient this node takes.",
     nullptr},
    {"line", node_line, nullptr, "The user's line that made this node, as text.", nullptr},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
    {},
};

PyMemberDef node_members[] = {
    {"__dictoffset__", T_PYSSIZET, offsetof(NodeObject, dictionary), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(NodeObject, weak_references), READONLY, nullptr},
    {},
};

PyType_Slot node_slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(node_dealloc)},
    {Py_tp_traverse, reinterpret_cast<void*>(node_traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(node_clear)},
    {Py_tp_getattro, reinterpret_cast<void*>(node_getattro)},
    {Py_tp_call, reinterpret_cast<void*>(node_call)},
    {Py_tp_methods, node_methods},
    {Py_tp_getset, node_getset},
    {Py_tp_members, node_members},
    {Py_tp_doc, const_cast<char*>("A node of the backward graph.")},
    {0, nullptr},
};

PyType_Spec node_spec = {
    "taeda._core.Node", sizeof(NodeObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, node_slots};

// The class that shows nodes of a name: PyTorch has one for each kind of node, and repr and type() show it.
PyTypeObject* class_for(const std::string& name, const char* module) {
  static PyObject* classes = checked(PyDict_New()).release();
  Ref<> key = checked(Py_BuildValue("ss", name.c_str(), module));
  if (PyObject* found = PyDict_GetItemWithError(classes, key.get())) return reinterpret_cast<PyTypeObject*>(found);
  if (PyErr_Occurred()) throw PythonError();
  Ref<> made = checked(PyObject_CallFunction(reinterpret_cast<PyObject*>(&PyType_Type), "s(O){s:s,s:()}", name.c_str(),
                                             reinterpret_cast<PyObject*>(NodeType), "__module__", module, "__slots__"));
  if (PyDict_SetItem(classes, key.get(), made.get()) < 0) throw PythonError();
  return reinterpret_cast<PyTypeObject*>(made.get());
}

}  // namespace

PyObject* Node::python_object() {
  if (wrapper_) return Ref<>::borrow(wrapper_).release();
  PyTypeObject* type = class_for(name(), python_module());
  PyObject* o = type->tp_alloc(type, 0);
  if (!o) throw PythonError();
  retain();
  as_node_object(o)->node = this;
  wrapper_ = o;
  return o;
}

Node* node_of(PyObject* o) {
  if (!PyObject_TypeCheck(o, NodeType))
    raise(PyExc_TypeError, "expected a node of the backward graph, got %s", Py_TYPE(o)->tp_name);
  return as_node_object(o)->node;
}

void add_functions(PyObject* module, PyMethodDef* functions) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

void add_node_type(PyObject* module) {
  NodeType = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&node_spec)).release());
  add_object(module, "Node", reinterpret_cast<PyObject*>(NodeType));
}

// -- backward -------------------------------------------------------------------------------------------------------

namespace {

Tensor& tensor_argument(PyObject* o) {
  if (!is_tensor(o)) raise(PyExc_TypeError, "expected a tensor, got %s", Py_TYPE(o)->tp_name);
  return *as_tensor(o);
}

// A tensor, or a GradientEdge: (node, output number, ...).
Edge edge_of(PyObject* o, bool retain) {
  if (is_tensor(o)) {
    Edge edge = gradient_edge(*as_tensor(o));
    if (edge.node && retain) retain_grad(*as_tensor(o));
    return edge;
  }
  if (!PyTuple_Check(o) || PyTuple_GET_SIZE(o) < 2)
    raise(PyExc_TypeError, "expected a tensor or a GradientEdge, got %s", Py_TYPE(o)->tp_name);
  long long output = PyLong_AsLongLong(PyTuple_GET_ITEM(o, 1));
  if (output == -1 && PyErr_Occurred()) throw PythonError();
  Node* node = node_of(PyTuple_GET_ITEM(o, 0));
  if (output < 0 || static_cast<size_t>(output) >= node->outputs.size()) {
    raise(PyExc_IndexError, "%s has %zu outputs; output %lld was asked for", node->name().c_str(), node->outputs.size(),
          output);
  }
  return {Shared<Node>::borrow(node), static_cast<uint32_t>(output)};
}

// (roots, gradients, retain_graph, create_graph, inputs, allow_unused, accumulate) → tuple of gradients of the inputs.
PyObject* run_backward_function(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *roots, *given, *inputs;
    int retain_graph, create_graph, allow_unused, accumulate;
    if (!PyArg_ParseTuple(args, "O!O!ppO!pp", &PyTuple_Type, &roots, &PyTuple_Type, &given, &retain_graph,
                          &create_graph, &PyTuple_Type, &inputs, &allow_unused, &accumulate))
      throw PythonError();
    if (PyTuple_GET_SIZE(given) != PyTuple_GET_SIZE(roots)) {
      raise(PyExc_RuntimeError, "got %zd tensors and %zd gradients", PyTuple_GET_SIZE(roots), PyTuple_GET_SIZE(given));
    }
    std::vector<Edge> from, to;
    Gradients gradients;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(roots); ++i) {
      PyObject* root = PyTuple_GET_ITEM(roots, i);
      from.push_back(edge_of(root, false));
      if (!from.back().node)
        raise(PyExc_RuntimeError, "element %zd of tensors does not require grad and does not have a grad_fn", i);
      PyObject* gradient = PyTuple_GET_ITEM(given, i);
      if (gradient != Py_None) {
        gradients.push_back(Ref<Tensor>::borrow(&tensor_argument(gradient)));
      } else if (is_tensor(root)) {
        if (as_tensor(root)->numel != 1)
          raise(PyExc_RuntimeError, "grad can be implicitly created only for scalar outputs");
        gradients.push_back(ones(*as_tensor(root)));
      } else {
        raise(PyExc_RuntimeError, "a gradient is needed for a root that is a GradientEdge");
      }
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(inputs); ++i) {
      to.push_back(edge_of(PyTuple_GET_ITEM(inputs, i), accumulate));
      if (!to.back().node) raise(PyExc_RuntimeError, "One of the differentiated Tensors does not require grad");
    }
    if (from.empty()) return checked(PyTuple_New(0)).release();
    std::vector<Ref<Tensor>> found = run_engine(from, std::move(gradients), retain_graph, create_graph, to, accumulate);
    Ref<> result = checked(PyTuple_New(static_cast<Py_ssize_t>(found.size())));
    for (size_t i = 0; i < found.size(); ++i) {
      if (!found[i] && !allow_unused) {
        raise(PyExc_RuntimeError,
              "The differentiated Tensor at index %zu appears to not have been used in the graph. Set "
              "allow_unused=True if this is the desired behavior.",
              i);
      }
      PyTuple_SET_ITEM(result.get(), i, as_object(found[i]).release());
    }
    return result.release();
  });
}

PyObject* set_grad_enabled(PyObject*, PyObject* o) {
  return guarded_object([&]() -> PyObject* {
    state.grad_enabled = bool_argument(o, "set_grad_enabled");
    Py_RETURN_NONE;
  });
}
PyObject* is_grad_enabled(PyObject*, PyObject*) { return PyBool_FromLong(state.grad_enabled); }

PyObject* set_inference_mode(PyObject*, PyObject* o) {
  return guarded_object([&]() -> PyObject* {
    bool now = bool_argument(o, "set_inference_mode");
    return PyBool_FromLong(std::exchange(state.inference_mode, now));
  });
}
PyObject* is_inference_mode_enabled(PyObject*, PyObject*) { return PyBool_FromLong(state.inference_mode); }

PyObject* set_anomaly_enabled(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *enabled, *check_nan = Py_True;
    if (!PyArg_ParseTuple(args, "O|O:set_anomaly_enabled", &enabled, &check_nan)) throw PythonError();
    bool checks_nan = bool_argument(check_nan, "set_anomaly_enabled");
    state.anomaly = bool_argument(enabled, "set_anomaly_enabled");
    anomaly_checks_nan = checks_nan;
    Py_RETURN_NONE;
  });
}
PyObject* is_anomaly_enabled(PyObject*, PyObject*) { return PyBool_FromLong(state.anomaly); }
PyObject* is_anomaly_check_nan_enabled(PyObject*, PyObject*) { return PyBool_FromLong(anomaly_checks_nan); }

PyObject* set_package_path_function(PyObject*, PyObject* path) {
  return guarded_object([&]() -> PyObject* {
    set_package_path(path);
    Py_RETURN_NONE;
  });
}

// tensor → (node, output number), the accumulator for a leaf.
PyObject* gradient_edge_function(PyObject*, PyObject* o) {
  return guarded_object([&]() -> PyObject* {
    Edge edge = gradient_edge(tensor_argument(o));
    if (!edge.node) {
      raise(PyExc_RuntimeError,
            "It is not possible to get the gradient edge for a Tensor that does not require gradients");
    }
    return Py_BuildValue("NI", edge.node->python_object(), edge.output);
  });
}

PyObject* increment_version(PyObject*, PyObject* o) {
  return guarded_object([&]() -> PyObject* {
    bump_version(tensor_argument(o), "increment_version");
    Py_RETURN_NONE;
  });
}

PyObject* current_backward_function(PyObject*, PyObject*) { return PyLong_FromLongLong(current_backward()); }

PyObject* will_run_function(PyObject*, PyObject* node) {
  return guarded_object([&] { return PyBool_FromLong(will_run(*node_of(node))); });
}

PyMethodDef functions[] = {
    {"current_backward", current_backward_function, METH_NOARGS,
     "The number of the backward that runs now on this thread, or -1."},
    {"will_run", will_run_function, METH_O,
     "will_run(node): does the node get a gradient in the backward that runs now?"},
    {"run_backward", run_backward_function, METH_VARARGS,
     "run_backward(roots, gradients, retain_graph, create_graph, inputs, allow_unused, accumulate) -> gradients of "
     "inputs"},
    {"set_grad_enabled", set_grad_enabled, METH_O, "set_grad_enabled(bool)"},
    {"is_grad_enabled", is_grad_enabled, METH_NOARGS, "Are calls recorded for backward?"},
    {"set_inference_mode", set_inference_mode, METH_O, "set_inference_mode(bool) -> the mode before"},
    {"is_inference_mode_enabled", is_inference_mode_enabled, METH_NOARGS, "Is inference mode on?"},
    {"set_anomaly_enabled", set_anomaly_enabled, METH_VARARGS, "set_anomaly_enabled(bool, check_nan=True)"},
    {"is_anomaly_enabled", is_anomaly_enabled, METH_NOARGS, "Is anomaly detection on?"},
    {"is_anomaly_check_nan_enabled", is_anomaly_check_nan_enabled, METH_NOARGS, "Does anomaly detection look for NaN?"},
    {"set_package_path", set_package_path_function, METH_O, "Files below this folder are not the user's, in messages."},
    {"gradient_edge", gradient_edge_function, METH_O, "gradient_edge(tensor) -> (node, output number)"},
    {"increment_version", increment_version, METH_O, "Count a write to the tensor that the core did not see."},
    {},
};

}  // namespace

void add_tape_to_module(PyObject* module) {
  add_node_type(module);
  add_function_type(module);
  add_saved_functions(module);
  add_functions(module, functions);
  add_split_functions(module);
  add_level_functions(module);
  add_tensor_gradient_methods();
}

}  // namespace taeda
