// autograd.Function: nodes whose forward and backward are the user's Python.
#include "tape/tape_function.h"

#include "python/composed.h"
#include "tape/tape_node.h"

namespace taeda {

Ref<> FunctionNode::saved_tensors() {
  Ref<> tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(saved.size())));
  for (size_t i = 0; i < saved.size(); ++i) {
    Ref<Tensor> t;
    if (!saved_none[i]) t = saved[i].unpack(*this);
    PyTuple_SET_ITEM(tuple.get(), i, as_object(t).release());
  }
  return tuple;
}

Gradients FunctionNode::apply(Gradients gradients, bool, uint64_t) {
  Ref<> context = context_;
  ContextObject& c = *as_context(context.get());
  Ref<> arguments = checked(PyTuple_New(static_cast<Py_ssize_t>(outputs.size())));
  for (size_t k = 0; k < outputs.size(); ++k) {
    if (!gradients[k] && output_is_tensor[k] && c.materialize_grads &&
        (c.materialize_non_diff_grads || is_differentiable(outputs[k].dtype))) {
      gradients[k] = zeros(outputs[k]);
    }
    PyTuple_SET_ITEM(arguments.get(), k, as_object(gradients[k]).release());
  }
  gradients.clear();
  Ref<> method = checked(PyObject_GetAttrString(context.get(), "apply"));
  Ref<> returned = checked(PyObject_CallObject(method.get(), arguments.get()));
  arguments = nullptr;
  if (!PyTuple_Check(returned.get())) returned = checked(PyTuple_Pack(1, returned.get()));

  size_t expected = input_is_tensor.size(), got = static_cast<size_t>(PyTuple_GET_SIZE(returned.get()));
  while (got > expected && PyTuple_GET_ITEM(returned.get(), got - 1) == Py_None)
    --got;  // PyTorch allows Nones too many
  if (got != expected) {
    raise(PyExc_RuntimeError, "function %s returned an incorrect number of gradients (expected %zu, got %zu)",
          name_.c_str(), expected, got);
  }
  Gradients result;
  for (size_t i = 0; i < expected; ++i) {
    PyObject* item = PyTuple_GET_ITEM(returned.get(), i);
    if (!input_is_tensor[i]) {
      if (item != Py_None) {
        raise(PyExc_RuntimeError,
              "function %s returned a gradient different than None at position %zu, but the corresponding forward "
              "input was not a Variable",
              name_.c_str(), i + 1);
      }
      continue;
    }
    if (item != Py_None && !is_tensor(item)) {
      raise(PyExc_RuntimeError, "expected Variable or None (got %s)", Py_TYPE(item)->tp_name);
    }
    result.push_back(item == Py_None ? nullptr : Ref<Tensor>::borrow(as_tensor(item)));
  }
  return result;
}

namespace {

Ref<> fast_items(PyObject* o, const char* what) { return checked(PySequence_Fast(o, what)); }

bool holds(PyObject* sequence, PyObject* item) {
  if (!sequence) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(sequence); ++i) {
    if (PySequence_Fast_GET_ITEM(sequence, i) == item) return true;
  }
  return false;
}

// Fresh object of the same memory: what a Function hands through is not the input itself.
Ref<Tensor> handed_through(Tensor& t, bool as_view) {
  Ref<Tensor> view = alias(t);
  view->is_inference = t.is_inference;
  if (as_view) {
    note_view(*view, t);
    view->autograd->made_in_no_grad = view->autograd->made_in_inference = false;
    view->autograd->made_in_function = true;
  }
  return view;
}

struct FunctionCall {
  Ref<> context;
  Shared<Node> owner;
  FunctionNode* node = nullptr;   // null: nothing to record
  std::vector<PyObject*> inputs;  // the tensors among the arguments, borrowed
  std::vector<int> edge_of_input;

  Ref<> wrap(PyObject* output, uint32_t k, bool differentiable, bool dirty, size_t tensor_outputs);
  void save(PyObject* results);
};

Ref<> FunctionCall::wrap(PyObject* output, uint32_t k, bool differentiable, bool dirty, size_t tensor_outputs) {
  Ref<Tensor> t = Ref<Tensor>::borrow(as_tensor(output));
  int input = -1;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] == output) input = static_cast<int>(i);
  }
  bool handed = input >= 0 && !dirty;
  if (!node || !differentiable) {
    if (handed) {
      t = handed_through(*t, !requires_gradient(*t));
    } else if (requires_gradient(*t)) {
      if (input >= 0 || is_differentiable_view(*t)) {
        t = handed_through(*t, false);
      } else {
        detach_inplace(*t);
      }
    }
    return Ref<>::steal(reinterpret_cast<PyObject*>(t.release()));
  }
  if (dirty) {
    if (requires_gradient(*t) && is_leaf(*t)) {
      raise(PyExc_RuntimeError, "a leaf Variable that requires grad has been used in an in-place operation.");
    }
    if (input < 0) {
      if (PyErr_WarnEx(
              PyExc_UserWarning,
              "Only input Tensors should be given to ctx.mark_dirty(). If a Tensor is not an input, there is no "
              "need to pass it to mark_dirty().",
              1) < 0)
        throw PythonError();
    }
    if (is_differentiable_view(*t) && tensor_outputs > 1) {
      raise(PyExc_RuntimeError,
            "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return "
            "more than one Tensor. This is not supported by the current autograd engine. You should either make sure "
            "the input is not a "
            "view (using .clone() for example) or make your Function only return one Tensor (potentially splitting it "
            "into two Functions: "
            "one doing the inplace that returns a single Tensor and a second one that does the other operations). You "
            "can ask on the forum "
            "https://discuss.pytorch.org/ if you need help to do this change.");
    }
    if (input >= 0) node->written = edge_of_input[static_cast<size_t>(input)];
    bump_version(*t, node->name().c_str());
    rebase_history(*t, owner, k);
    return Ref<>::steal(reinterpret_cast<PyObject*>(t.release()));
  }
  bool view = is_differentiable_view(*t);
  if (handed) {
    t = handed_through(*t, true);
  } else if (requires_gradient(*t)) {
    t = handed_through(*t, view);  // it has a history of its own, which stays with it
  } else if (view) {
    t->autograd->made_in_no_grad = t->autograd->made_in_inference = false;
    t->autograd->made_in_function = true;
  }
  set_history(*t, owner, k);
  track(*t);  // ctx may refer to its own outputs
  return Ref<>::steal(reinterpret_cast<PyObject*>(t.release()));
}

void FunctionCall::save(PyObject* results) {
  ContextObject& c = *as_context(context.get());
  if (!c.to_save) return;
  Ref<> list = Ref<>::steal(std::exchange(c.to_save, nullptr));
  if (!node) return;
  Ref<> items = fast_items(list.get(), "saved tensors");
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(items.get()); ++i) {
    PyObject* item = PySequence_Fast_GET_ITEM(items.get(), i);
    node->saved_none.push_back(item == Py_None);
    if (item == Py_None) {
      node->saved.emplace_back();
      continue;
    }
    Tensor& t = *as_tensor(item);
    bool output = holds(results, item) && requires_gradient(t);
    node->saved.emplace_back(t, output);
  }
}

// (class, arguments, separate setup_context?) → what forward returned, recorded.
PyObject* function_apply(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *cls, *given;
    int separate;
    if (!PyArg_ParseTuple(args, "OO!p", &cls, &PyTuple_Type, &given, &separate)) throw PythonError();
    FunctionCall call;
    Ref<> context_class = checked(PyObject_GetAttrString(cls, "_backward_cls"));
    call.context = checked(PyObject_CallNoArgs(context_class.get()));
    if (!PyObject_TypeCheck(call.context.get(), ContextType))
      raise(PyExc_TypeError, "_backward_cls must be a class of contexts");
    ContextObject& c = *as_context(call.context.get());

    Py_ssize_t count = PyTuple_GET_SIZE(given);
    Ref<> needs = checked(PyTuple_New(count));
    std::vector<bool> input_is_tensor;
    bool any = false;
    for (Py_ssize_t i = 0; i < count; ++i) {
      PyObject* item = PyTuple_GET_ITEM(given, i);
      bool tensor = is_tensor(item), need = tensor && requires_gradient(*as_tensor(item));
      input_is_tensor.push_back(tensor);
      if (tensor) call.inputs.push_back(item);
      if (tensor && is_composed(item)) {
        Ref<> wanted = checked(PyObject_GetAttrString(item, "requires_grad"));
        if (wanted.get() == Py_True && state.grad_enabled)
          raise(PyExc_NotImplementedError,
                "autograd.Function with a sparse tensor that requires a gradient: give it the values() instead");
      }
      any |= need;
      PyTuple_SET_ITEM(needs.get(), i, Ref<>::borrow(need ? Py_True : Py_False).release());
    }
    c.needs_input_grad = needs.release();
    if (any && state.grad_enabled && !state.inference_mode) {
      Ref<> name =
          checked(PyObject_GetAttrString(reinterpret_cast<PyObject*>(Py_TYPE(call.context.get())), "__name__"));
      const char* text = PyUnicode_AsUTF8(name.get());
      if (!text) throw PythonError();
      call.node = new FunctionNode(call.context, text);
      call.owner = Shared<Node>::steal(call.node);
      call.node->note_line();
      for (PyObject* input : call.inputs) {
        call.edge_of_input.push_back(static_cast<int>(call.node->edges.size()));
        call.node->edges.push_back(gradient_edge(*as_tensor(input)));
      }
      call.node->input_is_tensor = std::move(input_is_tensor);
    }

    Ref<> forward = checked(PyObject_GetAttrString(cls, "forward"));
    Ref<> returned;
    {
      Setting no_grad(state.grad_enabled, false);
      if (separate) {
        returned = checked(PyObject_CallObject(forward.get(), given));
        Ref<> setup = checked(PyObject_GetAttrString(cls, "setup_context"));
        checked(PyObject_CallFunctionObjArgs(setup.get(), call.context.get(), given, returned.get(), nullptr));
      } else {
        Ref<> all = checked(PyTuple_New(count + 1));
        PyTuple_SET_ITEM(all.get(), 0, Ref<>(call.context).release());
        for (Py_ssize_t i = 0; i < count; ++i) {
          PyTuple_SET_ITEM(all.get(), i + 1, Ref<>::borrow(PyTuple_GET_ITEM(given, i)).release());
        }
        returned = checked(PyObject_CallObject(forward.get(), all.get()));
      }
    }

    bool single = !PyTuple_Check(returned.get());
    Ref<> values = single ? checked(PyTuple_Pack(1, returned.get())) : returned;
    Ref<> dirty, fixed;
    if (c.dirty_tensors) dirty = fast_items(c.dirty_tensors, "mark_dirty takes tensors");
    if (c.non_differentiable) fixed = fast_items(c.non_differentiable, "mark_non_differentiable takes tensors");
    Py_ssize_t n = PyTuple_GET_SIZE(values.get());
    size_t tensor_outputs = 0;
    for (Py_ssize_t k = 0; k < n; ++k) tensor_outputs += is_tensor(PyTuple_GET_ITEM(values.get(), k));
    for (Py_ssize_t i = 0; dirty && i < PySequence_Fast_GET_SIZE(dirty.get()); ++i) {
      PyObject* item = PySequence_Fast_GET_ITEM(dirty.get(), i);
      if (!is_tensor(item))
        raise(PyExc_TypeError, "mark_dirty can only accept variables, but argument %zd is of type %s", i,
              Py_TYPE(item)->tp_name);
      if (!holds(values.get(), item)) {
        raise(PyExc_RuntimeError,
              "Some elements marked as dirty during the forward method were not returned as output. The inputs that "
              "are modified inplace must all be outputs of the Function.");
      }
    }
    for (Py_ssize_t k = 0; call.node && k < n; ++k) {
      PyObject* item = PyTuple_GET_ITEM(values.get(), k);
      call.node->output_is_tensor.push_back(is_tensor(item));
      if (is_tensor(item) && is_composed(item) && !holds(fixed.get(), item))
        raise(PyExc_NotImplementedError,
              "autograd.Function that returns a sparse tensor with a gradient: return its values() instead");
      if (is_tensor(item)) {
        call.node->add_output(*as_tensor(item));
      } else {
        call.node->outputs.push_back(Node::OutputInfo{});
      }
    }
    Ref<> results = checked(PyTuple_New(n));
    for (Py_ssize_t k = 0; k < n; ++k) {
      PyObject* item = PyTuple_GET_ITEM(values.get(), k);
      Ref<> result = Ref<>::borrow(item);
      if (is_tensor(item)) {
        bool differentiable = is_differentiable(as_tensor(item)->dtype) && !holds(fixed.get(), item);
        result = call.wrap(item, static_cast<uint32_t>(k), differentiable, holds(dirty.get(), item), tensor_outputs);
      }
      PyTuple_SET_ITEM(results.get(), k, result.release());
    }
    call.save(results.get());
    Py_CLEAR(c.non_differentiable);
    Py_CLEAR(c.dirty_tensors);
    return single ? Ref<>::borrow(PyTuple_GET_ITEM(results.get(), 0)).release() : results.release();
  });
}

PyMethodDef functions[] = {
    {"function_apply", function_apply, METH_VARARGS, "function_apply(class, arguments, separate_setup) -> outputs"},
    {},
};

}  // namespace

void add_function_type(PyObject* module) {
  add_context_type(module);
  add_functions(module, functions);
}

}  // namespace taeda
