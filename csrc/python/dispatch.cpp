// The way of a call: find the Program (call.h), run it, write where the call wants the result, record it for backward.
#include <algorithm>
#include <cstring>

#include "python/autocast.h"
#include "python/call.h"
#include "python/composed.h"
#include "python/core_types.h"
#include "python/dispatch_mode.h"
#include "python/lifted.h"
#include "python/override.h"
#include "python/program_parser.h"
#include "python/run.h"
#include "python/runtime.h"
#include "python/state.h"
#include "python/subclass.h"
#include "tape/tape.h"

namespace taeda {
namespace {

// ---- running ------------------------------------------------------------------------------------------------------

void run_compiled(Compiled& c, const Inputs& in, std::span<Ref<Tensor>> outputs, std::span<Tensor* const> into = {},
                  int* shares = nullptr) {
  try {
    run_program(c, in.device, in.tensors(), {in.attributes, static_cast<size_t>(in.attribute_count)}, outputs, into,
                shares);
  } catch (const Error& e) {
    if (e.kind != ErrorKind::NeedsData) throw;
    raise(PyExc_NotImplementedError, "%s(): %s; tensors on device 'meta' have sizes and no values",
          c.overload->display.c_str(), e.message.c_str());
  }
}

bool can_cast(DType from, DType to) {
  const DTypeInfo &a = info(from), &b = info(to);
  if (a.complex && !b.complex) return false;
  if (a.floating && !b.floating && !b.complex) return false;
  return !(from != DType::Bool && to == DType::Bool);
}

void check_castable(const Tensor& result, const Tensor& target) {
  if (!can_cast(result.dtype, target.dtype))
    raise(PyExc_RuntimeError, "result type %s can't be cast to the desired output type %s", torch_name(result.dtype),
          torch_name(target.dtype));
}

// Write `result` into `target`, as in-place and out= forms do.
void store_result(Tensor& target, Tensor& result) {
  if (&target == &result) return;
  check_castable(result, target);
  copy_into(target, result);
}

// Change the size of an out= tensor, as torch.add(x, y, out=z) does.
void resize_for(Tensor& t, const Tensor& like) {
  if (same_shape(t, like.shape())) return;
  if (t.numel != 0 && PyErr_WarnFormat(PyExc_UserWarning, 1,
                                       "An output with one or more elements was resized since it had shape %s, which "
                                       "does not match the required output "
                                       "shape %s. This behavior is deprecated, and in a future PyTorch release outputs "
                                       "will not be resized unless they have "
                                       "zero elements. You can explicitly reuse an out tensor t by resizing it, "
                                       "inplace, to zero elements with t.resize_(0).",
                                       shape_text(t).at, shape_text(like).at) < 0)
    throw PythonError();
  size_t bytes = static_cast<size_t>(like.numel + t.offset) * itemsize(t.dtype);
  if (!t.storage || t.storage->bytes() < bytes) {
    if (t.storage)
      t.storage->resize(bytes);
    else
      t.storage = Storage::create(bytes);
  }
  t.ndim = like.ndim;
  t.numel = like.numel;
  Dims strides = contiguous_strides(like.shape());
  std::copy(like.sizes, like.sizes + like.ndim, t.sizes);
  std::copy(strides.begin(), strides.end(), t.strides);
}

}  // namespace

Ref<> package(const Overload& o, std::span<Ref<Tensor>> outputs) {
  if (o.output_count == 1 && !o.returns_list) return Ref<>::steal(reinterpret_cast<PyObject*>(outputs[0].release()));
  Ref<> tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(outputs.size())));
  for (size_t k = 0; k < outputs.size(); ++k) {
    PyObject* item = outputs[k] ? outputs[k].object() : Py_None;
    Py_INCREF(item);
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(k), item);
  }
  if (o.result_type && o.result_type.get() != Py_None)
    return checked(PyObject_CallFunctionObjArgs(o.result_type.get(), tuple.get(), nullptr));
  return tuple;
}

DescribedCall described_call(const Call& call) {
  const std::vector<Parameter>& parameters = call.overload->schema.parameters;
  auto count = static_cast<Py_ssize_t>(parameters.size());
  DescribedCall described{checked(PyTuple_New(count)), checked(PyTuple_New(count))};
  for (Py_ssize_t i = 0; i < count; ++i) {
    const Parameter& p = parameters[static_cast<size_t>(i)];
    PyTuple_SET_ITEM(described.parameters.get(), i,
                     checked(Py_BuildValue("(sOO)", p.name.c_str(), p.keyword_only ? Py_True : Py_False,
                                           p.has_default ? p.default_value.get() : Py_Ellipsis))
                         .release());
    PyTuple_SET_ITEM(described.values.get(), i, Py_NewRef(call.values[i] ? call.values[i] : Py_None));
  }
  return described;
}

Ref<> attributes_object(std::span<const Attribute> attributes) {
  Ref<> tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(attributes.size())));
  for (size_t k = 0; k < attributes.size(); ++k) {
    const Attribute& a = attributes[k];
    Ref<> item;
    if (a.kind == Attribute::List) {
      item = checked(PyTuple_New(a.count));
      for (int j = 0; j < a.count; ++j)
        PyTuple_SET_ITEM(item.get(), j, checked(PyLong_FromLongLong(a.list[j])).release());
    } else {
      item = checked(a.kind == Attribute::Floating ? PyFloat_FromDouble(a.floating) : PyLong_FromLongLong(a.integer));
    }
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(k), item.release());
  }
  return tuple;
}

namespace {

Ref<> run_plain(const Call& call, Inputs& in, Compiled& c) {
  Overload& o = *call.overload;
  Ref<Tensor> small[4];
  std::vector<Ref<Tensor>> large;
  size_t n = c.program->outputs.size();
  if (n > 4) large.resize(n);
  std::span<Ref<Tensor>> outputs(n > 4 ? large.data() : small, n);
  uint64_t needs = state.grad_enabled && o.differentiable ? needs_gradient(in.tensors()) & o.gradient_inputs : 0;
  int few_shares[4];
  std::vector<int> many_shares(n > 4 ? n : 0);
  int* shares = n > 4 ? many_shares.data() : few_shares;
  run_compiled(c, in, outputs, {}, shares);
  // Autograd and writes must know views, whatever op they came from: reshape is one now and then, dropout in evaluation
  // always.
  bool views = false;
  for (size_t k = 0; k < n; ++k) {
    if (TAEDA_LIKELY(shares[k] < 0) || !outputs[k]) {
      if (TAEDA_UNLIKELY(outputs[k] && is_mirrored(outputs[k]->dtype))) {  // a reshape, say, that had to copy
        Ref<Tensor> copied = std::move(outputs[k]);
        outputs[k] = alias(*copied);
        outputs[k]->dtype = plain(copied->dtype);
        copy_into(*outputs[k], *copied);
      }
      continue;
    }
    Tensor& base = *in.tensors()[static_cast<size_t>(shares[k])];
    // What came out must be a tensor of its own: an input handed through becomes a view of itself.
    if (outputs[k].get() == &base) {
      outputs[k] = alias(base);
    } else {
      outputs[k]->is_inference = base.is_inference;
      outputs[k]->detached_version = base.detached_version;
    }
    note_view(*outputs[k], base);
    views = true;
  }
  if (TAEDA_UNLIKELY(needs != 0))
    record(c, needs, in.tensors(), {in.attributes, static_cast<size_t>(in.attribute_count)}, outputs);
  if (TAEDA_UNLIKELY(state.inference_mode && !views))  // a view is what its base is
    for (Ref<Tensor>& out : outputs)
      if (out) out->is_inference = true;
  return package(o, outputs);
}

Ref<> run_inplace(OpObject* op, const Call& call, Inputs& in, Compiled& c) {
  Overload& o = *call.overload;
  if (!in.tensors()[0])  // torch.mul_(2.0, x): a number has no place to write to
    raise(PyExc_TypeError, "%s(): argument 'input' (position 1) must be Tensor, not %s", o.display.c_str(),
          Py_TYPE(call.values[0])->tp_name);
  Tensor& target = *in.tensors()[0];
  uint64_t needs = state.grad_enabled && o.differentiable ? needs_gradient(in.tensors()) & o.gradient_inputs : 0;
  if (TAEDA_UNLIKELY(!info(target.dtype).floating && !info(target.dtype).complex)) needs = 0;  // no gradient is left
  bool recorded = needs != 0;
  check_inplace(target, recorded || (state.grad_enabled && target.requires_grad));
  bool overlaps = false;
  for (size_t k = 1; k < in.tensors().size(); ++k) {
    Tensor* t = in.tensors()[k];
    overlaps |= t && t != &target && partially_overlaps(target, *t);
  }
  if (overlaps)
    raise(PyExc_RuntimeError,
          "unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory "
          "location. Please "
          "clone() the tensor before performing the operation.");
  Tensor* into[1] = {&target};
  Ref<Tensor> outputs[4];
  size_t n = std::min<size_t>(c.program->outputs.size(), 4);
  Ref<Tensor> before = recorded ? keep_before_write(c, needs, target) : nullptr;
  run_compiled(c, in, {outputs, n}, into);
  if (outputs[0].get() != &target) {
    Tensor& result = *outputs[0];
    if (!same_shape(result, target.shape()))
      raise(PyExc_RuntimeError, "output with shape %s doesn't match the broadcast shape %s", shape_text(target).at,
            shape_text(result).at);
    store_result(target, result);
  }
  if (recorded) {
    Ref<Tensor> written[1] = {Ref<Tensor>::borrow(&target)};
    std::vector<Tensor*> inputs(in.tensors().begin(), in.tensors().end());
    if (before) inputs[0] = before.get();
    Shared<Node> node =
        make_node(c, needs, inputs, {in.attributes, static_cast<size_t>(in.attribute_count)}, written, true);
    bump_version(target, op->display);
    rebase_history(target, std::move(node), 0);
  } else {
    bump_version(target, op->display);
  }
  return Ref<>::borrow(reinterpret_cast<PyObject*>(&target));
}

// The `n` tensors of an out= argument.
std::vector<Tensor*> out_targets(const OpObject* op, PyObject* out, size_t n, bool needs_gradient) {
  std::vector<Tensor*> targets;
  if (is_tensor(out)) {
    targets.push_back(as_tensor(out));
  } else if (PyTuple_Check(out) || PyList_Check(out)) {
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(out); ++i) {
      PyObject* t = PySequence_Fast_GET_ITEM(out, i);
      if (!is_tensor(t))
        raise(PyExc_TypeError, "%s(): argument 'out' must be a tuple of Tensors, not %s", op->display,
              Py_TYPE(t)->tp_name);
      targets.push_back(as_tensor(t));
    }
  } else {
    raise(PyExc_TypeError, "%s(): argument 'out' must be Tensor, not %s", op->display, Py_TYPE(out)->tp_name);
  }
  if (targets.size() != n)
    raise(PyExc_TypeError, "%s(): argument 'out' must hold %d tensors, not %d", op->display, static_cast<int>(n),
          static_cast<int>(targets.size()));
  for (Tensor* t : targets) {
    if (needs_gradient || (state.grad_enabled && t->requires_grad))
      raise(PyExc_RuntimeError,
            "%s(): functions with out=... arguments don't support automatic differentiation, but one of the arguments "
            "requires grad.",
            op->display);
    require_memory(*t, "out=");
    refuse_internal_overlap(*t);
  }
  return targets;
}

// Results in their targets: those that were not written there directly are copied.
void store_results(std::span<Tensor* const> targets, std::span<Ref<Tensor>> results) {
  for (size_t k = 0; k < targets.size(); ++k) {
    if (results[k].get() != targets[k]) {
      if (!(results[k]->device == targets[k]->device)) {
        Ref<> from = Ref<>::steal(device_object(results[k]->device)),
              to = Ref<>::steal(device_object(targets[k]->device));
        raise(PyExc_RuntimeError,
              "Attempting to copy from device %S to device %S, but cross-device copies are not allowed!", from.get(),
              to.get());
      }
      check_castable(*results[k], *targets[k]);
      resize_for(*targets[k], *results[k]);
      copy_into(*targets[k], *results[k]);
    }
    bump_version(*targets[k]);
  }
}

Ref<> run_out(OpObject* op, const Call& call, Inputs& in, Compiled& c) {
  size_t n = c.program->outputs.size();
  std::vector<Tensor*> targets = out_targets(op, call.out, n, state.grad_enabled && needs_gradient(in.tensors()));
  // Written to directly where no input shares the memory in another way.
  std::vector<Tensor*> into(targets);
  for (Tensor*& t : into)
    if (!(t->device == in.device)) t = nullptr;
  for (Tensor*& t : into)
    for (Tensor* input : in.tensors())
      if (input && t && t != input && partially_overlaps(*t, *input)) t = nullptr;
  std::vector<Ref<Tensor>> outputs(n);
  run_compiled(c, in, outputs, into);
  store_results(targets, outputs);
  return Ref<>::borrow(call.out);
}

// Ops that write to some of their arguments (optimizer steps): no gradient is recorded.
template <class F>
void each_mutated(const Call& call, F&& f) {
  for (int i : call.overload->mutated) {
    PyObject* v = call.values[i];
    if (is_tensor(v))
      f(*as_tensor(v));
    else if (v != Py_None)
      for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(v); ++k) f(*as_tensor(PySequence_Fast_GET_ITEM(v, k)));
  }
}

// The result of a call of an op or a function without out=.
Ref<> plain_call(OpObject* op, const Call& call) {
  if (call.overload->is_function) return call_function(op, call);
  Inputs in;
  read_inputs(call, in);
  in.device = device_of_results(*call.overload, in);
  return run_plain(call, in, *find_compiled(*call.overload, in));
}

// x.t_(): the tensor itself becomes what the view of it is. No memory is written to.
Ref<> run_inplace_view(OpObject* op, const Call& call) {
  Ref<Tensor> target = Ref<Tensor>::borrow(as_tensor(call.values[0]));
  check_inplace_history(*target, state.grad_enabled && requires_gradient(*target));
  Ref<> result = plain_call(op, call);
  become_view(*target, *as_tensor(result.get()), op->display);
  return Ref<>::borrow(target.object());
}

Ref<> execute_call(OpObject* op, const Call& call) {
  if (TAEDA_UNLIKELY(dispatching_types) && concerns_subclasses(call))
    if (Ref<> result = call_subclasses(op, call)) return result;
  if (TAEDA_UNLIKELY(live_lifted != 0 || draws_are_lifted)) {
    if (live_lifted && concerns_composed(call)) {
      if (Ref<> result = call_composed(op, call)) return result;
    } else if (!call.overload->is_function && concerns_lifted(call)) {
      return call_lifted(op, call);
    }
  }
  if (TAEDA_UNLIKELY(op->inplace && call.overload->is_view)) return run_inplace_view(op, call);
  if (call.overload->is_function) return call_function(op, call);
  Inputs in;
  read_inputs(call, in);
  in.device = device_of_results(*call.overload, in);
  state.device_given = false;
  Compiled* c = find_compiled(*call.overload, in);
  if (TAEDA_UNLIKELY(op->inplace)) return run_inplace(op, call, in, *c);
  if (TAEDA_UNLIKELY(call.out != nullptr)) return run_out(op, call, in, *c);
  if (!call.overload->mutated.empty() && !state.pending)  // else it may be put off
    each_mutated(call, [](Tensor& t) {
      if (t.storage) t.storage->before_write();
    });
  Ref<> result = run_plain(call, in, *c);
  if (!call.overload->mutated.empty()) each_mutated(call, [](Tensor& t) { bump_version(t); });
  return result;
}

// What an op was called with and what came out, told to whoever watches (taeda.check).
Ref<> observed_call(OpObject* op, const Call& call) {
  Ref<> observer = Ref<>::borrow(state.observer);
  const auto& parameters = call.overload->schema.parameters;
  Ref<> values = checked(PyTuple_New(static_cast<Py_ssize_t>(parameters.size())));
  for (size_t i = 0; i < parameters.size(); ++i)
    PyTuple_SET_ITEM(values.get(), static_cast<Py_ssize_t>(i),
                     Ref<>::borrow(call.values[i] ? call.values[i] : Py_None).release());
  Ref<> name = checked(PyUnicode_FromString(call.overload->name.c_str()));
  checked(PyObject_CallFunctionObjArgs(observer.get(), name.get(), values.get(), Py_None, nullptr));
  Ref<> result = execute_call(op, call);
  checked(PyObject_CallFunctionObjArgs(observer.get(), name.get(), values.get(), result.get(), nullptr));
  return result;
}

Ref<> run_call(OpObject* op, const Call& call) {
  auto modes = reinterpret_cast<uintptr_t>(state.observer) | reinterpret_cast<uintptr_t>(state.dispatch_mode);
  if (TAEDA_LIKELY(!(modes | state.autocast))) return execute_call(op, call);
  // Functions call ops, and those are what a mode sees.
  bool dispatched = state.dispatch_mode && !call.overload->is_function;
  auto* execute = dispatched ? call_dispatched : state.observer ? observed_call : execute_call;
  return state.autocast ? call_converted(op, call, execute) : execute(op, call);
}

PyObject* set_observer(PyObject*, PyObject* function) {
  return guarded_object([&]() -> PyObject* {
    if (function != Py_None && !PyCallable_Check(function))
      raise(PyExc_TypeError, "set_observer() takes a function or None, not %s", Py_TYPE(function)->tp_name);
    PyObject* before = state.observer;
    state.observer = function == Py_None ? nullptr : Ref<>::borrow(function).release();
    return before ? before : Py_NewRef(Py_None);
  });
}

OpObject* core_ops[static_cast<int>(CoreOp::Count)];

constexpr const char* ROLES[] = {
#define X(name, text) text,
    TAEDA_CORE_OPS(X)
#undef X
};

// set_core_op(role, op) -> whether the core has that role
PyObject* set_core_op(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    const char* role;
    PyObject* op;
    if (!PyArg_ParseTuple(args, "sO!", &role, OpType, &op)) throw PythonError();
    auto at =
        std::find_if(std::begin(ROLES), std::end(ROLES), [&](const char* r) { return std::strcmp(r, role) == 0; });
    if (at == std::end(ROLES)) Py_RETURN_FALSE;
    OpObject*& place = core_ops[at - std::begin(ROLES)];
    if (place) raise(PyExc_ValueError, "set_core_op(): the role '%s' is taken by %s()", role, place->display);
    place = reinterpret_cast<OpObject*>(Py_NewRef(op));
    Py_RETURN_TRUE;
  });
}

// call_on(device, op, *arguments): op(*arguments) with results on `device`, wherever its tensors are.
PyObject* call_on(PyObject*, PyObject* const* args, Py_ssize_t n) {
  return guarded_object([&]() -> PyObject* {
    if (n < 2 || Py_TYPE(args[1]) != OpType)
      raise(PyExc_TypeError, "call_on() takes a device, an op and its arguments");
    state.given_device = device_from_object(args[0]);
    state.device_given = true;
    PyObject* result = PyObject_Vectorcall(args[1], args + 2, static_cast<size_t>(n - 2), nullptr);
    state.device_given = false;  // if the call failed before it came to it
    return result;
  });
}

PyObject* set_default_device(PyObject*, PyObject* device) {
  return guarded_object([&]() -> PyObject* {
    state.default_device = device_from_object(device);
    Py_RETURN_NONE;
  });
}

PyObject* get_default_device(PyObject*, PyObject*) {
  return guarded_object([&] { return device_object(state.default_device); });
}

PyObject* can_cast_function(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *from, *to;
    if (!PyArg_ParseTuple(args, "O!O!:can_cast", DTypeType, &from, DTypeType, &to)) throw PythonError();
    return PyBool_FromLong(can_cast(dtype_of_object(from), dtype_of_object(to)));
  });
}

}  // namespace

PyMethodDef op_functions[] = {
    {"call_on", reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(call_on)), METH_FASTCALL,
     "call_on(device, op, *arguments): op(*arguments) with results on `device`."},
    {"set_default_device", set_default_device, METH_O,
     "set_default_device(device): where tensors are made that are made from nothing. None: the CPU."},
    {"get_default_device", get_default_device, METH_NOARGS, "Where tensors are made that are made from nothing."},
    {"can_cast", can_cast_function, METH_VARARGS,
     "can_cast(from, to): whether PyTorch's rules allow storing the one in the other."},
    {"set_core_op", set_core_op, METH_VARARGS,
     "set_core_op(role, op): an op that the core itself calls; whether it calls one by that role."},
    {"set_observer", set_observer, METH_O,
     "set_observer(function or None): called before and after each op of this thread; gives the one before."},
    {}};

namespace {

// A name of nn.functional may take more than its op does: `inplace`, last by position, and deprecated arguments.
Ref<> call_variant(OpObject* op, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  Ref<> fewer;                  // the names without `inplace`
  std::vector<PyObject*> rest;  // the arguments without it
  PyObject* inplace = nullptr;
  if (op->inplace_form) {
    const Schema& schema = (*op->overloads)[0]->schema;
    int positional = schema.positional;
    // A generator is passed by position between ops only, and stands last.
    while (positional && schema.parameters[positional - 1].kind == Kind::Generator) --positional;
    if (count == positional + 1) {
      inplace = args[count - 1];
      if (names) {
        rest.assign(args, args + count - 1);
        rest.insert(rest.end(), args + count, args + count + PyTuple_GET_SIZE(names));
        args = rest.data();
      }
      --count;
    }
    for (Py_ssize_t k = 0; names && !inplace && k < PyTuple_GET_SIZE(names); ++k) {
      if (PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, k), "inplace") != 0) continue;
      Py_ssize_t named = PyTuple_GET_SIZE(names);
      inplace = args[count + k];
      rest.assign(args, args + count + named);
      rest.erase(rest.begin() + count + k);
      args = rest.data();
      if (named == 1) {
        names = nullptr;
        break;
      }
      fewer = checked(PyTuple_New(named - 1));
      for (Py_ssize_t i = 0, to = 0; i < named; ++i)
        if (i != k) PyTuple_SET_ITEM(fewer.get(), to++, Ref<>::borrow(PyTuple_GET_ITEM(names, i)).release());
      names = fewer.get();
    }
  }
  if (inplace) {
    int wanted = PyObject_IsTrue(inplace);
    if (wanted < 0) throw PythonError();
    if (wanted) return checked(PyObject_Vectorcall(op->inplace_form, args, static_cast<size_t>(count), names));
  }
  Call call;
  bool fits = fit_overload(op, args, count, names, &call);
  if (fits && op->same_sizes) fits = same_shape(*as_tensor(call.values[0]), as_tensor(call.values[1])->shape());
  if (TAEDA_LIKELY(fits)) return run_call(op, call);
  if (op->otherwise) return checked(PyObject_Vectorcall(op->otherwise, args, static_cast<size_t>(count), names));
  find_overload(op, args, count, names, &call);
  return run_call(op, call);
}

// Whether an op is called through an instance of a class that has it as an attribute, `activation = torch.relu`. A
// descriptor of methods gets the instance as its first argument; PyTorch's functions, which are no methods, do not.
bool called_through(PyObject* op, PyObject* instance) {
  PyTypeObject* type = Py_TYPE(instance);
  if (TAEDA_LIKELY(type == TensorType || !(type->tp_flags & Py_TPFLAGS_HEAPTYPE))) return false;
  if (is_tensor(instance) || PyTuple_Check(instance) || PyList_Check(instance) || !type->tp_mro) return false;
  for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(type->tp_mro); ++k) {
    PyObject* dictionary = reinterpret_cast<PyTypeObject*>(PyTuple_GET_ITEM(type->tp_mro, k))->tp_dict;
    PyObject* value;
    Py_ssize_t at = 0;
    while (dictionary && PyDict_Next(dictionary, &at, nullptr, &value))
      if (value == op) return true;
  }
  return false;
}

}  // namespace

PyObject* op_call(PyObject* self, PyObject* const* args, size_t flags, PyObject* names) {
  return guarded_object([&]() -> PyObject* {
    auto* op = reinterpret_cast<OpObject*>(self);
    Py_ssize_t given = PyVectorcall_NARGS(flags);
    if (TAEDA_UNLIKELY(given && called_through(self, args[0]))) ++args, --given;
    if (TAEDA_UNLIKELY(state.function_mode != nullptr) ||
        TAEDA_UNLIKELY(any_overridden(args, given + (names ? PyTuple_GET_SIZE(names) : 0))))
      if (op->overloads->empty() || (*op->overloads)[0]->overridable)
        return call_overridden(self, args, given, names).release();
    if (op->inplace_form || op->otherwise) return call_variant(op, args, given, names).release();
    Call call;
    find_overload(op, args, given, names, &call);
    return run_call(op, call).release();
  });
}

Ref<> store_out(const OpObject* op, PyObject* out, std::span<Ref<Tensor>> results, bool needs_gradient) {
  store_results(out_targets(op, out, results.size(), needs_gradient), results);
  return Ref<>::borrow(out);
}

Compiled::Compiled() = default;
Compiled::~Compiled() = default;

namespace {

// The names of calls of the gradients of an overload.
Overload* gradient_overload(Overload& of) {
  if (!of.gradient) {
    of.gradient = std::make_unique<Overload>();
    of.gradient->name = of.name;
    of.gradient->display = "gradient of " + of.display;
  }
  return of.gradient.get();
}

// Which outputs have a gradient, as the compiler wants it: None for all.
Ref<> given_tuple(uint64_t given, size_t outputs) {
  if (given == ALL_OUTPUTS) return Ref<>::borrow(Py_None);
  Ref<> tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(outputs)));
  for (size_t k = 0; k < outputs; ++k)
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(k), Py_NewRef(given >> k & 1 ? Py_True : Py_False));
  return tuple;
}

}  // namespace

BackwardProgram& Compiled::backward_for(uint64_t wanted, uint64_t given) {
  auto known = [&]() -> BackwardProgram* {
    for (auto& b : backward)
      if (b->wanted == wanted && b->given == given) return b.get();
    return nullptr;
  };
  if (BackwardProgram* b = known()) return *b;
  Ref<> outputs = given_tuple(given, program->outputs.size());
  Ref<> d = compile_backward(overload->name.c_str(), key.get(), wanted, outputs.get());
  auto b = std::make_unique<BackwardProgram>();
  b->overload = gradient_overload(*overload);
  b->key =
      checked(Py_BuildValue("(sOKO)", "gradient", key.get(), static_cast<unsigned long long>(wanted), outputs.get()));
  b->wanted = wanted;
  b->given = given;
  Ref<> saved = checked(PySequence_Fast(PyDict_GetItemString(d.get(), "saved"), "saved"));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(saved.get()); ++i) {
    const char* source;
    int index;
    if (!PyArg_ParseTuple(PySequence_Fast_GET_ITEM(saved.get(), i), "si", &source, &index)) throw PythonError();
    std::string_view s = source;
    b->saved.push_back({s == "input"    ? BackwardProgram::Input
                        : s == "output" ? BackwardProgram::Output
                                        : BackwardProgram::Shape,
                        index});
  }
  Ref<> grads = checked(PySequence_Fast(PyDict_GetItemString(d.get(), "grads"), "grads"));
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(grads.get()); ++i)
    b->grads.push_back(static_cast<int>(PyLong_AsLong(PySequence_Fast_GET_ITEM(grads.get(), i))));
  b->program = parse_program(PyDict_GetItemString(d.get(), "program"));
  // While Python compiled, another thread may have put in the same entry: then that one stays.
  if (BackwardProgram* other = known()) return *other;
  return *backward.emplace_back(std::move(b));
}

OpObject* core_op(CoreOp op) {
  OpObject* found = core_ops[static_cast<int>(op)];
  if (!found) raise(PyExc_SystemError, "an op that the core calls is not bound yet");
  return found;
}

Ref<Tensor> call_core(CoreOp role, std::initializer_list<PyObject*> values) {
  OpObject* op = core_op(role);
  Call call;
  call.overload = op->overloads->front();
  const std::vector<Parameter>& parameters = call.overload->schema.parameters;
  for (size_t i = 0; i < parameters.size(); ++i)
    call.values[i] = i < values.size() ? values.begin()[i] : parameters[i].default_value.get();
  return Ref<Tensor>::steal(as_tensor(run_call(op, call).release()));
}

Ref<Tensor> strided_view(Tensor& base, const Dims& sizes, const Dims& strides, int64_t offset,
                         const Dims& dense_strides, int64_t dense_offset) {
  Ref<Tensor> out = alias(base, sizes, strides, offset);
  note_view(*out, base);
  if (!state.grad_enabled) return out;
  Tensor* inputs[1] = {&base};
  uint64_t needs = needs_gradient(inputs);
  if (!needs) return out;
  // As the call strided_view(base, sizes, strides, offset) would be read.
  Inputs in;
  begin_key(in);
  add_tensor(in, &base);
  add_sizes(in, sizes);
  add_sizes(in, dense_strides);
  add_integer(in, dense_offset);
  Compiled* c = find_compiled(*core_op(CoreOp::StridedView)->overloads->front(), in);
  Ref<Tensor> outputs[1] = {out};
  record(*c, needs, inputs, {in.attributes, static_cast<size_t>(in.attribute_count)}, outputs);
  return out;
}

}  // namespace taeda
