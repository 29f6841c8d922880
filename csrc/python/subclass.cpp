#include "python/subclass.h"

#include <algorithm>

#include "python/composed.h"
#include "python/core_types.h"
#include "python/state.h"

namespace taeda {

bool dispatching_types = false;

namespace {

PyObject* protocol() {
  static PyObject* name = PyUnicode_InternFromString("__torch_dispatch__");
  return name;
}

bool has_method_of_its_own(PyTypeObject* type) {
  static PyObject* tensors = _PyType_Lookup(TensorType, protocol());
  PyObject* method = _PyType_Lookup(type, protocol());  // borrowed; null without an exception if there is none
  return method && method != tensors && method != Py_None;
}

// What there is instead of the memory of a tensor that has none: who asks for it gets an error.
class NoMemory final : public PendingCalls {
 public:
  void finish() override {
    raise(
        ErrorKind::NotImplemented,
        "the memory of a tensor that _make_wrapper_subclass made: it has none. What is done with it must be an op that "
        "the __torch_dispatch__ of its class handles");
  }
};
NoMemory no_memory;

template <class F>
void each_tensor(const Call& call, F&& f) {
  const Schema& s = call.overload->schema;
  for (size_t i = 0; i < s.parameters.size(); ++i) {
    PyObject* v = call.values[i];
    if (!v || v == Py_None) continue;
    if (is_tensor(v)) {
      f(*as_tensor(v));
    } else if (s.parameters[i].kind == Kind::Tensors) {
      for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(v); ++k)
        if (PyObject* item = PySequence_Fast_GET_ITEM(v, k); is_tensor(item)) f(*as_tensor(item));
    }
  }
}

bool wants_gradient(const Call& call) {
  if (!state.grad_enabled || state.inference_mode || !call.overload->differentiable) return false;
  bool wanted = false;
  each_tensor(call, [&](Tensor& t) { wanted |= requires_gradient(t); });
  return wanted;
}

// The results that a class gave, recorded as those of `call`, which they may not be the arguments of.
Ref<> recorded(Compiled& c, const Inputs& in, Ref<> result) {
  std::vector<Ref<Tensor>> outputs;
  auto add = [&](PyObject* o) {
    if (!is_tensor(o))
      raise(PyExc_TypeError, "%s(): __torch_dispatch__ must return tensors, not %s", c.overload->display.c_str(),
            Py_TYPE(o)->tp_name);
    bool given = std::find(in.tensors().begin(), in.tensors().end(), as_tensor(o)) != in.tensors().end();
    outputs.push_back(given ? detached_subclass(*as_tensor(o)) : Ref<Tensor>::borrow(as_tensor(o)));
  };
  if (PyTuple_Check(result.get()) || PyList_Check(result.get())) {
    for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(result.get()); ++k)
      add(PySequence_Fast_GET_ITEM(result.get(), k));
  } else {
    add(result.get());
  }
  if (outputs.size() != c.program->outputs.size())
    raise(PyExc_TypeError, "%s(): __torch_dispatch__ must return %zu tensors, not %zu", c.overload->display.c_str(),
          c.program->outputs.size(), outputs.size());
  std::span<const Attribute> attributes{in.attributes, static_cast<size_t>(in.attribute_count)};
  if (uint64_t needs = needs_gradient(in.tensors())) record(c, needs, in.tensors(), attributes, outputs);
  return package(*c.overload, outputs);
}

// `compiled`: what the call would run; null where nothing is recorded.
Ref<> run_inplace(OpObject* op, const Call& call, Inputs& in, Compiled* compiled, Ref<>& done) {
  Tensor& target = *as_tensor(call.values[0]);
  check_inplace(target, compiled || (state.grad_enabled && target.requires_grad));
  uint64_t needs = compiled ? needs_gradient(in.tensors()) : 0;
  Ref<Tensor> before = needs ? keep_before_write(*compiled, needs, target) : nullptr;
  done = ask_subclasses("run", {reinterpret_cast<PyObject*>(op), done.get()});
  if (needs) {
    std::vector<Tensor*> inputs(in.tensors().begin(), in.tensors().end());
    if (before) inputs[0] = before.get();
    Ref<Tensor> written[1] = {Ref<Tensor>::borrow(&target)};
    Shared<Node> node =
        make_node(*compiled, needs, inputs, {in.attributes, static_cast<size_t>(in.attribute_count)}, written, true);
    bump_version(target, op->display);
    rebase_history(target, std::move(node), 0);
  } else {
    bump_version(target, op->display);
  }
  return Ref<>::borrow(call.values[0]);
}

PyObject* default_method(PyObject*, PyObject* args, PyObject* kwargs) {
  return guarded_object([&]() -> PyObject* {
    static const char* names[] = {"func", "types", "args", "kwargs", nullptr};
    PyObject *func, *types, *given = nullptr, *named = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO|OO:__torch_dispatch__", const_cast<char**>(names), &func, &types,
                                     &given, &named))
      throw PythonError();
    Ref<> positional = given ? checked(PySequence_Tuple(given)) : checked(PyTuple_New(0));
    Setting nothing_is_taken_over(state.subclasses, false);
    return PyObject_Call(func, positional.get(), named == Py_None ? nullptr : named);
  });
}

// make_wrapper(type, sizes, strides or None, offset, dtype, device, requires_grad)
PyObject* make_wrapper(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *type, *sizes, *strides, *dtype, *device;
    Py_ssize_t offset;
    int requires_grad;
    if (!PyArg_ParseTuple(args, "O!OOnOOp", &PyType_Type, &type, &sizes, &strides, &offset, &dtype, &device,
                          &requires_grad))
      throw PythonError();
    auto* t = reinterpret_cast<PyTypeObject*>(type);
    if (!PyType_IsSubtype(t, TensorType) || !has_method_of_its_own(t))
      raise(PyExc_RuntimeError,
            "%s must define a class method __torch_dispatch__: tensors made by _make_wrapper_subclass have no memory",
            t->tp_name);
    if (offset < 0) raise(PyExc_RuntimeError, "a storage offset cannot be negative: %zd", offset);
    dispatching_types = true;
    Ref<Tensor> shape = undescribed();
    DType of = dtype_of_object(dtype);
    Dims s = dims_from(sizes);
    describe(*shape, of, s, strides == Py_None ? contiguous_strides(s) : dims_from(strides),
             device_from_object(device));
    shape->offset = offset;
    if (requires_grad && !info(of).floating && !info(of).complex)
      raise(PyExc_RuntimeError, "Only Tensors of floating point and complex dtype can require gradients");
    shape->storage->refuse_memory(no_memory);
    Ref<Tensor> made = alias_as(t, *shape);
    made->requires_grad = requires_grad;
    return reinterpret_cast<PyObject*>(made.release());
  });
}

PyObject* is_dispatching(PyObject*, PyObject* o) { return PyBool_FromLong(is_tensor(o) && dispatching(o)); }

PyObject* is_wrapper(PyObject*, PyObject* o) {
  return PyBool_FromLong(is_tensor(o) && as_tensor(o)->storage && as_tensor(o)->storage->refuses_memory(no_memory));
}

// set_subclasses(enabled) -> what was
PyObject* set_subclasses(PyObject*, PyObject* enabled) {
  return guarded_object([&] {
    bool now = bool_argument(enabled, "set_subclasses");
    return PyBool_FromLong(std::exchange(state.subclasses, now));
  });
}

PyMethodDef functions[] = {
    {"make_wrapper", make_wrapper, METH_VARARGS,
     "make_wrapper(type, sizes, strides, offset, dtype, device, requires_grad): a tensor of a subclass without "
     "memory."},
    {"is_dispatching", is_dispatching, METH_O,
     "is_dispatching(object): whether it is a tensor whose class handles ops by __torch_dispatch__."},
    {"is_wrapper", is_wrapper, METH_O, "is_wrapper(object): whether it is a tensor that make_wrapper made."},
    {"set_subclasses", set_subclasses, METH_O,
     "set_subclasses(enabled): whether __torch_dispatch__ of subclasses is called on this thread; returns what was."},
    {nullptr, nullptr, 0, nullptr},
};

PyMethodDef class_method = {
    "__torch_dispatch__", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(default_method)),
    METH_VARARGS | METH_KEYWORDS | METH_CLASS,
    "__torch_dispatch__(func, types, args=(), kwargs=None): the op as it is; no subclass is asked about it."};

}  // namespace

void note_type(PyTypeObject* type) { dispatching_types |= has_method_of_its_own(type); }

bool looks_dispatching(PyObject* o) { return state.subclasses && has_method_of_its_own(Py_TYPE(o)); }

bool any_dispatching(std::span<Tensor* const> tensors) {
  return dispatching_types &&
         std::any_of(tensors.begin(), tensors.end(), [](const Tensor* t) { return dispatching(t); });
}

bool concerns_subclasses(const Call& call) {
  bool found = false;
  each_tensor(call, [&](Tensor& t) { found |= dispatching(&t); });
  if (!found && call.out) {
    if (is_tensor(call.out)) return dispatching(call.out);
    for (Py_ssize_t k = 0;
         (PyTuple_Check(call.out) || PyList_Check(call.out)) && !found && k < PySequence_Fast_GET_SIZE(call.out); ++k)
      found = dispatching(PySequence_Fast_GET_ITEM(call.out, k));
  }
  return found;
}

Ref<> ask_subclasses(const char* method, std::initializer_list<PyObject*> arguments) {
  static PyObject* module = nullptr;
  if (!module) module = checked(PyImport_ImportModule("taeda.library.subclasses")).release();
  Ref<> function = checked(PyObject_GetAttrString(module, method));
  return checked(PyObject_Vectorcall(function.get(), arguments.begin(), arguments.size(), nullptr));
}

Ref<> call_subclasses(OpObject* op, const Call& call) {
  const Overload& o = *call.overload;
  auto [parameters, values] = described_call(call);
  // What the class is to be called with; or the result, of an op that is made of others.
  PyObject* self = reinterpret_cast<PyObject*>(op);
  Ref<> prepared = ask_subclasses("prepare", {self, parameters.get(), values.get(), call.out ? call.out : Py_None,
                                              o.is_function ? Py_True : Py_False});
  if (prepared.get() == Py_NotImplemented) return nullptr;
  if (PyTuple_CheckExact(prepared.get()) && PyTuple_GET_SIZE(prepared.get()) == 1)
    return Ref<>::borrow(PyTuple_GET_ITEM(prepared.get(), 0));
  bool records = !o.is_function && !call.out && wants_gradient(call);
  Inputs in;
  Compiled* compiled = nullptr;
  if (records) {
    read_inputs(call, in);
    in.device = device_of_results(o, in);
    compiled = find_compiled(*call.overload, in);
  }
  state.device_given = false;
  if (op->inplace && is_tensor(call.values[0])) return run_inplace(op, call, in, compiled, prepared);
  Ref<> result = ask_subclasses("run", {self, prepared.get()});
  for (int i : o.mutated)
    if (is_tensor(call.values[i])) bump_version(*as_tensor(call.values[i]), op->display);
  if (call.out) return Ref<>::borrow(call.out);
  if (records) return recorded(*compiled, in, std::move(result));
  bool several = PyTuple_Check(result.get()) || PyList_Check(result.get());
  if (several && o.result_type && o.result_type.get() != Py_None) {
    Ref<> tuple = checked(PySequence_Tuple(result.get()));
    return checked(PyObject_CallOneArg(o.result_type.get(), tuple.get()));
  }
  return several ? checked(PySequence_Tuple(result.get())) : std::move(result);
}

std::vector<Ref<Tensor>> run_for_subclasses(BackwardProgram& backward, std::span<Tensor* const> tensors,
                                            std::span<const Attribute> attributes) {
  Ref<> given = checked(PyTuple_New(static_cast<Py_ssize_t>(tensors.size())));
  for (size_t k = 0; k < tensors.size(); ++k)
    PyTuple_SET_ITEM(given.get(), static_cast<Py_ssize_t>(k), Py_NewRef(&tensors[k]->ob_base));
  Ref<> name = checked(PyUnicode_FromString(backward.overload->name.c_str()));
  Ref<> found =
      ask_subclasses("gradient", {name.get(), backward.key.get(), given.get(), attributes_object(attributes).get()});
  std::vector<Ref<Tensor>> results;
  for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(found.get()); ++k) {
    PyObject* t = PyTuple_GET_ITEM(found.get(), k);
    if (!is_tensor(t))
      raise(PyExc_TypeError, "the %s: __torch_dispatch__ must return tensors, not %s",
            backward.overload->display.c_str(), Py_TYPE(t)->tp_name);
    results.push_back(Ref<Tensor>::borrow(as_tensor(t)));
  }
  return results;
}

Ref<Tensor> detached_subclass(const Tensor& t) {
  auto* self = reinterpret_cast<PyObject*>(const_cast<Tensor*>(&t));
  Ref<> found = ask_subclasses("detach", {self});
  if (!is_tensor(found.get()) || found.get() == self)
    raise(PyExc_TypeError, "aten.detach: __torch_dispatch__ of %s must return another tensor on the same elements",
          Py_TYPE(self)->tp_name);
  return Ref<Tensor>::steal(as_tensor(found.release()));
}

void add_subclasses_to_module(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
  Ref<> method = checked(PyDescr_NewClassMethod(TensorType, &class_method));
  if (PyObject_SetAttrString(reinterpret_cast<PyObject*>(TensorType), class_method.ml_name, method.get()) < 0)
    throw PythonError();
}

}  // namespace taeda
