// The type of the contexts of autograd.Function, and two nodes that help to write and check Functions.
#include "tape/tape_function.h"
#include "tape/tape_node.h"

#include <structmember.h>

namespace taeda {

PyTypeObject* ContextType = nullptr;

namespace {

PyObject* context_new(PyTypeObject* type, PyObject*, PyObject*) {
  PyObject* o = type->tp_alloc(type, 0);
  if (!o) return nullptr;
  ContextObject& c = *as_context(o);
  c.materialize_grads = 1;
  c.materialize_non_diff_grads = 1;
  return o;
}

int context_clear(PyObject* o) {
  ContextObject& c = *as_context(o);
  Py_CLEAR(c.needs_input_grad);
  Py_CLEAR(c.to_save);
  Py_CLEAR(c.non_differentiable);
  Py_CLEAR(c.dirty_tensors);
  Py_CLEAR(c.dictionary);
  return 0;
}

int context_traverse(PyObject* o, visitproc visit, void* arg) {
  ContextObject& c = *as_context(o);
  Py_VISIT(Py_TYPE(o));
  Py_VISIT(c.needs_input_grad);
  Py_VISIT(c.to_save);
  Py_VISIT(c.non_differentiable);
  Py_VISIT(c.dirty_tensors);
  Py_VISIT(c.dictionary);
  return 0;
}

void context_dealloc(PyObject* o) {
  PyTypeObject* type = Py_TYPE(o);
  PyObject_GC_UnTrack(o);
  if (as_context(o)->weak_references) PyObject_ClearWeakRefs(o);
  context_clear(o);
  type->tp_free(o);
  Py_DECREF(type);
}

PyObject* context_saved_tensors(PyObject* o, void*) {
  return guarded_object([&]() -> PyObject* {
    ContextObject& c = *as_context(o);
    if (c.had_node && (!c.node || c.node->released)) {
      raise(PyExc_RuntimeError,
            "Trying to backward through the graph a second time (or directly access saved tensors after they have "
            "already been "
            "freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). "
            "Specify "
            "retain_graph=True if you need to backward through the graph a second time or if you need to access saved "
            "tensors "
            "after calling backward.");
    }
    return c.node ? c.node->saved_tensors().release() : checked(PyTuple_New(0)).release();
  });
}

// Keeps a sequence of tensors under an attribute: what save_for_backward, mark_dirty and mark_non_differentiable give.
template <PyObject* ContextObject::*member>
PyObject* context_get(PyObject* o, void*) {
  PyObject* value = as_context(o)->*member;
  return Ref<>::borrow(value ? value : Py_None).release();
}

template <PyObject* ContextObject::*member>
int context_set(PyObject* o, PyObject* value, void* name) {
  return guarded(-1, [&]() -> int {
    if (value == Py_None) value = nullptr;
    if (value && !PyTuple_Check(value)) raise(PyExc_TypeError, "%s must be a tuple", static_cast<const char*>(name));
    bool saving = member == &ContextObject::to_save;
    for (Py_ssize_t i = 0; value && i < PyTuple_GET_SIZE(value); ++i) {
      PyObject* item = PyTuple_GET_ITEM(value, i);
      if (is_tensor(item) || (saving && item == Py_None)) continue;
      raise(PyExc_TypeError, "%s, but argument %zd is of type %s",
            saving ? "save_for_backward can only save variables"
            : std::strcmp(static_cast<const char*>(name), "dirty_tensors") == 0
                ? "mark_dirty can only accept variables"
                : "mark_non_differentiable can only accept variables",
            i, Py_TYPE(item)->tp_name);
    }
    Py_XINCREF(value);
    Py_XSETREF(as_context(o)->*member, value);
    return 0;
  });
}

PyMemberDef context_members[] = {
    {"needs_input_grad", T_OBJECT, offsetof(ContextObject, needs_input_grad), 0,
     "For each argument: does it need a gradient?"},
    {"materialize_grads", T_BOOL, offsetof(ContextObject, materialize_grads), 0,
     "Are missing gradients given as zeros?"},
    {"_materialize_non_diff_grads", T_BOOL, offsetof(ContextObject, materialize_non_diff_grads), 0, nullptr},
    {"__dictoffset__", T_PYSSIZET, offsetof(ContextObject, dictionary), READONLY, nullptr},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(ContextObject, weak_references), READONLY, nullptr},
    {},
};

PyGetSetDef context_getset[] = {
    {"saved_tensors", context_saved_tensors, nullptr, "The tensors given to save_for_backward.", nullptr},
    {"to_save", context_get<&ContextObject::to_save>, context_set<&ContextObject::to_save>, nullptr,
     const_cast<char*>("to_save")},
    {"non_differentiable", context_get<&ContextObject::non_differentiable>,
     context_set<&ContextObject::non_differentiable>, nullptr, const_cast<char*>("non_differentiable")},
    {"dirty_tensors", context_get<&ContextObject::dirty_tensors>, context_set<&ContextObject::dirty_tensors>, nullptr,
     const_cast<char*>("dirty_tensors")},
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr, nullptr},
    {},
};

PyType_Slot context_slots[] = {
    {Py_tp_new, reinterpret_cast<void*>(context_new)},
    {Py_tp_dealloc, reinterpret_cast<void*>(context_dealloc)},
    {Py_tp_traverse, reinterpret_cast<void*>(context_traverse)},
    {Py_tp_clear, reinterpret_cast<void*>(context_clear)},
    {Py_tp_members, context_members},
    {Py_tp_getset, context_getset},
    {Py_tp_doc, const_cast<char*>("The context of a call of an autograd.Function.")},
    {0, nullptr},
};

PyType_Spec context_spec = {"taeda._core.FunctionContext", sizeof(ContextObject), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, context_slots};

// -- nodes that help ------------------------------------------------------------------------------------------------

class ErrorNode final : public Node {
 public:
  explicit ErrorNode(std::string text) : text_(std::move(text)) {}
  std::string name() const override { return "Error"; }
  bool is_internal() const override { return true; }
  Gradients apply(Gradients, bool, uint64_t) override { raise(PyExc_RuntimeError, "%s", text_.c_str()); }

 private:
  std::string text_;
};

// (message, tensors) → the same values; a backward through them raises.
PyObject* delayed_error(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    const char* text;
    PyObject* given;
    if (!PyArg_ParseTuple(args, "sO", &text, &given)) throw PythonError();
    Ref<> items = checked(PySequence_Fast(given, "delayed_error takes a sequence of tensors"));
    Py_ssize_t n = PySequence_Fast_GET_SIZE(items.get());
    Shared<Node> node = Shared<Node>::steal(new ErrorNode(text));
    node->note_line();
    Ref<> results = checked(PyTuple_New(n));
    for (Py_ssize_t i = 0; i < n; ++i) {
      PyObject* item = PySequence_Fast_GET_ITEM(items.get(), i);
      Ref<> result = Ref<>::borrow(item);
      if (is_tensor(item)) {
        Ref<Tensor> t = alias(*as_tensor(item));
        node->add_output(*t);
        if (is_differentiable(t->dtype)) set_history(*t, node, static_cast<uint32_t>(i));
        result = Ref<>::steal(reinterpret_cast<PyObject*>(t.release()));
      } else {
        node->outputs.push_back(Node::OutputInfo{});
      }
      PyTuple_SET_ITEM(results.get(), i, result.release());
    }
    return results.release();
  });
}

class UndefinedGradient final : public Node {
 public:
  std::string name() const override { return "UndefinedGrad"; }
  bool is_internal() const override { return true; }
  Gradients apply(Gradients, bool, uint64_t) override { return Gradients(edges.size()); }
};

// tensor → the same values, through which no gradient comes back (not even zeros). For gradcheck.
PyObject* undefined_gradient(PyObject*, PyObject* o) {
  return guarded_object([&]() -> PyObject* {
    if (!is_tensor(o)) raise(PyExc_TypeError, "expected a tensor, got %s", Py_TYPE(o)->tp_name);
    Ref<Tensor> t = alias(*as_tensor(o));
    Shared<Node> node = Shared<Node>::steal(new UndefinedGradient());
    node->edges.push_back(gradient_edge(*as_tensor(o)));
    node->add_output(*t);
    set_history(*t, node, 0);
    return reinterpret_cast<PyObject*>(t.release());
  });
}

PyMethodDef functions[] = {
    {"undefined_gradient", undefined_gradient, METH_O,
     "undefined_gradient(tensor) -> tensor that no gradient comes back through"},
    {"delayed_error", delayed_error, METH_VARARGS, "delayed_error(message, tensors) -> tensors whose backward raises"},
    {},
};

}  // namespace

void add_context_type(PyObject* module) {
  ContextType = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&context_spec)).release());
  add_object(module, "FunctionContext", reinterpret_cast<PyObject*>(ContextType));
  add_functions(module, functions);
}

}  // namespace taeda
