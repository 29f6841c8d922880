// What a node remembers of tensors, and saved_tensors_hooks.
#include "tape/tape_node.h"

namespace taeda {

namespace {

struct SavedHooks {
  std::vector<std::pair<Ref<>, Ref<>>> stack;  // pack, unpack; the last pair is the one used
  Ref<> disabled;                              // the message, if hooks are not allowed now
};
thread_local SavedHooks saved_hooks;

uint32_t version_of(const Tensor& t) { return t.storage && !t.detached_version ? t.storage->version : 0; }

class Identity final : public Node {
 public:
  std::string name() const override { return "Identity"; }
  bool is_internal() const override { return true; }
  Gradients apply(Gradients gradients, bool, uint64_t) override { return gradients; }
};

}  // namespace

std::string type_text(DType d) { return std::string("torch.") + torch_name(d) + "Tensor"; }

Shared<Node> identity_node(Edge edge, const Tensor& like) {
  Shared<Node> node = Shared<Node>::steal(new Identity());
  node->edges.push_back(std::move(edge));
  node->add_output(like);
  return node;
}

SavedTensor::SavedTensor(Tensor& t, bool is_output) : is_output_(is_output) {
  if (t.is_inference) {
    raise(PyExc_RuntimeError,
          "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in "
          "computation "
          "tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it in "
          "autograd, or use "
          "`torch.no_grad()` instead of `torch.inference_mode()`.");
  }
  geometry_ = geometry(t);
  version_ = version_of(t);
  output_number_ = t.output_number;
  if (!is_output) {
    grad_fn_ = t.grad_fn;
    requires_grad_ = t.requires_grad;
  }
  if (TAEDA_UNLIKELY(!saved_hooks.stack.empty())) {
    // Keeps t as it is until the hook has it: set_hooks lets go of it.
    tensor_ = Ref<Tensor>::borrow(&t);
    auto pair = saved_hooks.stack.back();
    set_hooks(pair.first.get(), pair.second.get());
    return;
  }
  if (is_output) {
    tensor_ = alias(t);
    tensor_->detached_version = t.detached_version;
  } else {
    tensor_ = Ref<Tensor>::borrow(&t);
  }
}

void SavedTensor::set_hooks(PyObject* pack, PyObject* unpack) {
  if (packed_)
    raise(PyExc_RuntimeError,
          "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is "
          "allowed at a time.");
  if (!tensor_)
    raise(PyExc_RuntimeError,
          "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph "
          "are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward "
          "through the graph a second time or if you need to access saved variables after calling backward.");
  uint32_t before = version_of(*tensor_);
  if (requires_grad_ && !grad_fn_) grad_fn_ = gradient_edge(*tensor_).node;
  auto packed = std::make_unique<Packed>();
  packed->unpack = Ref<>::borrow(unpack);
  Setting no_grad(state.grad_enabled, false);
  Ref<Tensor> plain = detach(*tensor_);
  packed->value = checked(PyObject_CallOneArg(pack, plain.object()));
  if (version_of(*tensor_) != before) {
    raise(PyExc_RuntimeError,
          "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be "
          "modified by in-place operations as this can lead to unexpected side-effects. Please open an issue if you "
          "need to perform in-place operations on the input to a pack hook.");
  }
  packed_ = std::move(packed);
  tensor_ = nullptr;
}

void SavedTensor::refresh_version() {
  if (tensor_) version_ = version_of(*tensor_);
}

void SavedTensor::check_version(Node& owner) const {
  uint32_t now = version_of(*tensor_);
  if (TAEDA_LIKELY(now == version_)) return;
  const Node* source = is_output_ ? &owner : tensor_->grad_fn.get();
  std::string text =
      "one of the variables needed for gradient computation has been modified by an inplace operation: [" +
      type_text(tensor_->dtype) + " " + shape_text(*tensor_).at + "]";
  if (source) text += ", which is output " + std::to_string(output_number_) + " of " + plain_name(*source) + ",";
  text +=
      " is at version " + std::to_string(now) + "; expected version " + std::to_string(version_) + " instead. Hint: ";
  text += state.anomaly
              ? "the backtrace further above shows the operation that failed to compute its gradient. The variable in "
                "question was changed in there or anywhere later. Good luck!"
              : "enable anomaly detection to find the operation that failed to compute its gradient, with "
                "torch.autograd.set_detect_anomaly(True, check_nan=False).";
  std::string saved_at = owner.line_text();
  text += "\nIt was saved by '" + owner.call_name() + "'" + (saved_at.empty() ? "" : ", called at\n  " + saved_at);
  std::string changed = write_text(tensor_->storage.get(), version_);
  if (!changed.empty()) text += "\nand changed by " + changed;
  text += "\nWrite the in-place operation out of place, or clone() the tensor before it.";
  raise(PyExc_RuntimeError, "%s", text.c_str());
}

Ref<Tensor> SavedTensor::unpack(Node& owner, bool history) const {
  if (TAEDA_UNLIKELY(released_)) {
    raise(PyExc_RuntimeError,
          "Trying to backward through the graph a second time (or directly access saved tensors after they have "
          "already been "
          "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). "
          "Specify "
          "retain_graph=True if you need to backward through the graph a second time or if you need to access saved "
          "tensors "
          "after calling backward.");
  }
  Ref<Tensor> plain = tensor_;
  bool fresh = false;  // an object of our own, without a history
  if (TAEDA_UNLIKELY(packed_ != nullptr)) {
    Ref<> value = checked(PyObject_CallOneArg(packed_->unpack.get(), packed_->value.get()));
    if (!is_tensor(value.get())) {
      raise(PyExc_TypeError, "Output of saved tensor unpack_hook expected to be a Tensor but got result of type %s",
            Py_TYPE(value.get())->tp_name);
    }
    Tensor& t = *as_tensor(value.get());
    plain = alias(t);
    plain->detached_version = t.detached_version;
    fresh = true;
  } else {
    check_version(owner);
  }
  if (!history) return plain;
  if (is_output_) {
    if (!fresh) plain = alias(*tensor_);
    plain->detached_version = tensor_ && tensor_->detached_version;
    plain->grad_fn = Shared<Node>::borrow(&owner);
    plain->output_number = output_number_;
    plain->requires_grad = true;
    return plain;
  }
  if (!fresh) {
    if (plain->grad_fn.get() == grad_fn_.get() && plain->output_number == output_number_) return plain;
    if (!grad_fn_) return requires_grad_ ? plain : detach(*plain);
    plain = alias(*plain);
  }
  if (!grad_fn_) return plain;
  Edge edge{grad_fn_, output_number_};
  // A leaf has no node of its own: its stand-in gets one in front of the accumulator.
  if (requires_grad_ && grad_fn_->sequence == UINT64_MAX) edge = Edge{identity_node(Edge{grad_fn_, 0}, *plain), 0};
  plain->grad_fn = edge.node;
  plain->output_number = edge.output;
  plain->requires_grad = true;
  return plain;
}

namespace {

PyObject* push_saved_tensors_hooks(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *pack, *unpack;
    if (!PyArg_ParseTuple(args, "OO", &pack, &unpack)) throw PythonError();
    if (saved_hooks.disabled) raise(PyExc_RuntimeError, "%S", saved_hooks.disabled.get());
    if (!PyCallable_Check(pack) || !PyCallable_Check(unpack))
      raise(PyExc_TypeError, "saved tensors hooks must be callable");
    saved_hooks.stack.emplace_back(Ref<>::borrow(pack), Ref<>::borrow(unpack));
    Py_RETURN_NONE;
  });
}

PyObject* pop_saved_tensors_hooks(PyObject*, PyObject*) {
  return guarded_object([&]() -> PyObject* {
    if (saved_hooks.stack.empty()) raise(PyExc_RuntimeError, "there are no saved tensors hooks to take away");
    saved_hooks.stack.pop_back();
    Py_RETURN_NONE;
  });
}

// (message or None) → the message before; None allows hooks again.
PyObject* disable_saved_tensors_hooks(PyObject*, PyObject* message) {
  return guarded_object([&]() -> PyObject* {
    Ref<> before = saved_hooks.disabled ? saved_hooks.disabled : Ref<>::borrow(Py_None);
    if (message != Py_None) {
      if (!PyUnicode_Check(message)) raise(PyExc_TypeError, "the message must be a str");
      if (!saved_hooks.stack.empty()) raise(PyExc_RuntimeError, "%S", message);
    }
    saved_hooks.disabled = message == Py_None ? Ref<>() : Ref<>::borrow(message);
    return before.release();
  });
}

// What grad_fn._raw_saved_self shows.
struct SavedTensorObject {
  PyObject ob_base;
  Node* owner;  // owned
  SavedTensor* saved;
};
PyTypeObject* SavedTensorType = nullptr;

void saved_dealloc(PyObject* o) {
  PyTypeObject* type = Py_TYPE(o);
  reinterpret_cast<SavedTensorObject*>(o)->owner->release();
  type->tp_free(o);
  Py_DECREF(type);
}

PyObject* saved_register_hooks(PyObject* o, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *pack, *unpack;
    if (!PyArg_ParseTuple(args, "OO:register_hooks", &pack, &unpack)) throw PythonError();
    reinterpret_cast<SavedTensorObject*>(o)->saved->set_hooks(pack, unpack);
    Py_RETURN_NONE;
  });
}

PyMethodDef saved_methods[] = {
    {"register_hooks", saved_register_hooks, METH_VARARGS,
     "register_hooks(pack_hook, unpack_hook): as saved_tensors_hooks, for this one."},
    {},
};
PyType_Slot saved_slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(saved_dealloc)},
    {Py_tp_methods, saved_methods},
    {Py_tp_doc, const_cast<char*>("A tensor as a node keeps it.")},
    {0, nullptr},
};
PyType_Spec saved_spec = {"taeda._core.SavedTensor", sizeof(SavedTensorObject), 0,
                          Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, saved_slots};

PyMethodDef functions[] = {
    {"push_saved_tensors_hooks", push_saved_tensors_hooks, METH_VARARGS, "push_saved_tensors_hooks(pack, unpack)"},
    {"pop_saved_tensors_hooks", pop_saved_tensors_hooks, METH_NOARGS, "pop_saved_tensors_hooks()"},
    {"disable_saved_tensors_hooks", disable_saved_tensors_hooks, METH_O,
     "disable_saved_tensors_hooks(message | None) -> message before"},
    {},
};

}  // namespace

Ref<> saved_tensor_object(SavedTensor& saved, Node& owner) {
  PyObject* o = SavedTensorType->tp_alloc(SavedTensorType, 0);
  if (!o) throw PythonError();
  owner.retain();
  reinterpret_cast<SavedTensorObject*>(o)->owner = &owner;
  reinterpret_cast<SavedTensorObject*>(o)->saved = &saved;
  return Ref<>::steal(o);
}

void add_saved_functions(PyObject* module) {
  SavedTensorType = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&saved_spec)).release());
  add_object(module, "SavedTensor", reinterpret_cast<PyObject*>(SavedTensorType));
  add_functions(module, functions);
}

}  // namespace taeda
