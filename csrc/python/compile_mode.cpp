#include "python/compile_mode.h"

#include <algorithm>

#include "core/recorder.h"
#include "python/call.h"
#include "python/core_types.h"
#include "python/profiling.h"
#include "python/program_parser.h"
#include "python/state.h"

namespace taeda {
namespace {

PyObject* compiler = nullptr;  // taeda.runtime.recorded

Ref<> ask(const char* name, Ref<> arguments) {
  if (!compiler) {
    compiler = PyImport_ImportModule("taeda.runtime.recorded");
    if (!compiler) throw PythonError();
  }
  Ref<> function = checked(PyObject_GetAttrString(compiler, name));
  return checked(PyObject_CallObject(function.get(), arguments.get()));
}

std::vector<int> ints_of(PyObject* o) {
  Ref<> list = checked(PySequence_Fast(o, "expected numbers"));
  std::vector<int> out;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i) {
    out.push_back(static_cast<int>(PyLong_AsLong(PySequence_Fast_GET_ITEM(list.get(), i))));
    if (PyErr_Occurred()) throw PythonError();
  }
  return out;
}

// The numbers of the tensors of a call that the op itself writes to.
std::vector<int> written_tensors(const Compiled& c) {
  std::vector<int> found;
  int number = 0;
  const auto& parameters = c.overload->schema.parameters;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (info(parameters[i].kind).holds != Holds::Tensors) continue;
    int count = 1;
    if (info(parameters[i].kind).list) {
      PyObject* entry = PyTuple_GET_ITEM(c.key.get(), static_cast<Py_ssize_t>(i));  // ("tensors", (..)) or None
      count = entry == Py_None ? 0 : static_cast<int>(PyTuple_GET_SIZE(PyTuple_GET_ITEM(entry, 1)));
    }
    bool written = std::ranges::find(c.overload->mutated, static_cast<int>(i)) != c.overload->mutated.end();
    for (int k = 0; k < count; ++k, ++number)
      if (written) found.push_back(number);
  }
  return found;
}

bool find_checks(Compiled& c) {
  Ref<> answer = ask("checks", checked(Py_BuildValue("(sO)", c.overload->name.c_str(), c.key.get())));
  if (answer.get() == Py_None) return false;
  PyObject *description, *numbers;
  if (!PyArg_ParseTuple(answer.get(), "OO", &description, &numbers)) throw PythonError();
  c.check_reads = ints_of(numbers);
  c.checks = parse_program(description);
  return true;
}

Compiled::PutOff find_out(Compiled& c) {
  if (!c.program->inferable) return Compiled::Never;
  if (c.program->faults && !find_checks(c)) return Compiled::Never;
  if (!c.overload->mutated.empty()) {
    c.written = written_tensors(c);
    return Compiled::Alone;
  }
  Ref<> answer = ask("joins", checked(Py_BuildValue("(sO)", c.overload->name.c_str(), c.key.get())));
  return answer.get() == Py_True ? Compiled::Joined : answer.get() == Py_False ? Compiled::Alone : Compiled::Never;
}

PyObject* at_once =
    nullptr;  // a list that is told which calls of compiled functions were not put off, and why; or null

void note_at_once(const Compiled& c, const char* reason) {
  if (TAEDA_LIKELY(!at_once)) return;
  Ref<> note = checked(Py_BuildValue("(ss)", c.overload->display.c_str(), reason));
  if (PyList_Append(at_once, note.get()) < 0) throw PythonError();
}

// ---- between the recorded calls and Python --------------------------------------------------------------------------

template <class F>
Ref<> tuple_of(size_t count, F&& item) {
  Ref<> t = checked(PyTuple_New(static_cast<Py_ssize_t>(count)));
  for (size_t k = 0; k < count; ++k) PyTuple_SET_ITEM(t.get(), static_cast<Py_ssize_t>(k), item(k).release());
  return t;
}

Ref<> integer(int64_t v) { return checked(PyLong_FromLongLong(v)); }

Ref<> integers(std::span<const int> v) {
  return tuple_of(v.size(), [&](size_t k) { return integer(v[k]); });
}

Ref<> quantity_object(const Quantity& q) {
  return checked(Py_BuildValue("(iiiL)", static_cast<int>(q.kind), q.a, q.b, static_cast<long long>(q.constant)));
}

Quantity quantity_of(PyObject* o) {
  int kind, a, b;
  long long constant;
  if (!PyArg_ParseTuple(o, "iiiL", &kind, &a, &b, &constant)) throw PythonError();
  return {static_cast<Quantity::Kind>(kind), a, b, constant};
}

// (calls, values, wanted storages): see taeda.runtime.recorded/__init__.py.
Ref<> described(const Pending& p) {
  Ref<> calls = tuple_of(p.calls().size(), [&](size_t k) {
    const Pending::Call& c = p.calls()[k];
    auto* compiled = static_cast<const Compiled*>(c.identity);
    Ref<> inputs =
        integers(p.numbers().subspan(static_cast<size_t>(c.first_input), static_cast<size_t>(c.input_count)));
    Ref<> outputs =
        integers(p.numbers().subspan(static_cast<size_t>(c.first_output), static_cast<size_t>(c.output_count)));
    Ref<> attributes = attributes_object(
        p.attributes().subspan(static_cast<size_t>(c.first_attribute), static_cast<size_t>(c.attribute_count)));
    Ref<> writes = tuple_of(static_cast<size_t>(c.write_count), [&](size_t w) {
      const int* pair = p.numbers().data() + c.first_write + 2 * w;
      return checked(Py_BuildValue("(ii)", pair[0], pair[1]));
    });
    return checked(Py_BuildValue("(sOOOOiOO)", compiled->overload->name.c_str(), compiled->key.get(),
                                 c.joins ? Py_True : Py_False, inputs.get(), outputs.get(), c.first_attribute,
                                 attributes.get(), writes.get()));
  });
  Ref<> values = tuple_of(p.values().size(), [&](size_t k) {
    const Pending::Value& v = p.values()[k];
    Ref<> sizes = checked(size_object(v.buffer.sizes, v.buffer.ndim));
    return checked(Py_BuildValue("(sOiiiO)", info(v.buffer.dtype).name, sizes.get(), v.memory, v.call, v.output,
                                 v.makes ? Py_True : Py_False));
  });
  Ref<> memories = tuple_of(p.memories().size(), [&](size_t k) {
    const Pending::Memory& m = p.memories()[k];
    return checked(Py_BuildValue("(iO)", m.maker, m.wanted ? Py_True : Py_False));
  });
  return checked(PyTuple_Pack(3, calls.get(), values.get(), memories.get()));
}

class Asking final : public Planner {
 public:
  std::shared_ptr<const Plan> plan(const Pending& calls, std::span<const std::shared_ptr<const Plan>> others) override {
    Ref<> what = described(calls);
    Ref<> before = tuple_of(others.size(), [&](size_t k) {
      const auto& equal = others[k]->equal;
      return tuple_of(equal.size(), [&](size_t i) {
        return checked(PyTuple_Pack(2, quantity_object(equal[i].first).get(), quantity_object(equal[i].second).get()));
      });
    });
    Ref<> answer = ask("plan", checked(PyTuple_Pack(2, what.get(), before.get())));
    auto plan = std::make_shared<Plan>();
    PyObject *equal, *steps;
    if (!PyArg_ParseTuple(answer.get(), "O!O!", &PyList_Type, &equal, &PyList_Type, &steps)) throw PythonError();
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(equal); ++i) {
      PyObject *a, *b;
      if (!PyArg_ParseTuple(PyList_GET_ITEM(equal, i), "OO", &a, &b)) throw PythonError();
      plan->equal.emplace_back(quantity_of(a), quantity_of(b));
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(steps); ++i) {
      PyObject *description, *inputs, *outputs, *frees, *written;
      Plan::Step& step = plan->steps.emplace_back();
      if (!PyArg_ParseTuple(PyList_GET_ITEM(steps, i), "iiOOOOO", &step.first, &step.count, &description, &inputs,
                            &outputs, &frees, &written))
        throw PythonError();
      if (description != Py_None) {
        step.program = parse_program(description);
        Ref<> origins = checked(PySequence_Fast(checked(PyMapping_GetItemString(description, "origins")).get(), ""));
        for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(origins.get()); ++k)
          step.origins.push_back(ints_of(PySequence_Fast_GET_ITEM(origins.get(), k)));
      }
      step.inputs = ints_of(inputs);
      step.outputs = ints_of(outputs);
      step.frees = ints_of(frees);
      step.written = ints_of(written);
    }
    return plan;
  }

  void note_part(Pending& calls, const Buffer& base, const Dims& sizes, const Dims& strides, int64_t offset) override {
    Ref<Tensor> whole = undescribed(), part = undescribed();
    describe_alias(*whole, base);
    Inputs in;
    begin_key(in);
    add_tensor(in, whole.get());
    add_sizes(in, sizes);
    add_sizes(in, strides);
    add_integer(in, offset);
    Compiled* c = find_compiled(*core_op(CoreOp::StridedPart)->overloads->front(), in);
    const Buffer* input = whole.get();
    Program::Result result{part.get()};
    calls.record(*c->program, c, true, base.device, {&input, 1},
                 {in.attributes, static_cast<size_t>(in.attribute_count)}, {&result, 1});
  }

  bool failed() noexcept override {
    try {
      throw;
    } catch (const PythonError&) {
    } catch (const Error& e) {
      set_exception(e);
    } catch (const std::exception& e) {
      PyErr_Format(PyExc_SystemError, "internal error in Taeda's core: %s", e.what());
    }
    if (!PyErr_ExceptionMatches(PyExc_Exception)) return false;  // KeyboardInterrupt
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (trace) PyException_SetTraceback(value, trace);
    Ref<> a = Ref<>::steal(type), b = Ref<>::steal(value), c = Ref<>::steal(trace);
    return guarded(false, [&] { return ask("failed", checked(PyTuple_Pack(1, b.get()))), true; });
  }
};

// ---- compiled functions ---------------------------------------------------------------------------------------------

// Where calls of this thread are noted down; the same for all of its compiled functions, one after the other.
Pending& pending_of_thread() {
  static thread_local Pending* p = nullptr;
  if (!p) p = new Pending;  // storages may point to it when the thread is gone
  return *p;
}

// run_compiled(function, *arguments, **named): function(*arguments, **named), whose calls are put off.
PyObject* run_compiled_function(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  if (count < 1) {
    PyErr_SetString(PyExc_TypeError, "run_compiled() takes a function and its arguments");
    return nullptr;
  }
  Pending& pending = pending_of_thread();
  if (state.pending == &pending) return PyObject_Vectorcall(args[0], args + 1, static_cast<size_t>(count - 1), names);
  static Asking asking;
  planner = &asking;
  PyObject* result;
  {
    Setting scope(state.pending, &pending);
    result = PyObject_Vectorcall(args[0], args + 1, static_cast<size_t>(count - 1), names);
  }
  // What comes out is there. An exception of the function's goes before one that comes up now.
  PyObject *type = nullptr, *value = nullptr, *trace = nullptr;
  if (!result) PyErr_Fetch(&type, &value, &trace);
  bool done = guarded(false, [&] { return pending.finish(), true; });
  if (!result) {
    if (!done) PyErr_Clear();
    PyErr_Restore(type, value, trace);
  } else if (!done) {
    Py_CLEAR(result);
  }
  return result;
}

// run_eagerly(function, *arguments, **named): the same in a compiled function, with nothing put off inside.
PyObject* run_eagerly(PyObject*, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  if (count < 1) {
    PyErr_SetString(PyExc_TypeError, "run_eagerly() takes a function and its arguments");
    return nullptr;
  }
  Setting scope(state.pending, nullptr);
  return PyObject_Vectorcall(args[0], args + 1, static_cast<size_t>(count - 1), names);
}

PyObject* is_compiling(PyObject*, PyObject*) { return PyBool_FromLong(state.pending != nullptr); }

PyObject* forget_plans(PyObject*, PyObject*) {
  Pending::forget_plans();
  Py_RETURN_NONE;
}

PyObject* note_calls(PyObject*, PyObject* list) {
  if (list != Py_None && !PyList_Check(list)) {
    PyErr_SetString(PyExc_TypeError, "note_calls() takes a list or None");
    return nullptr;
  }
  Py_XSETREF(at_once, list == Py_None ? nullptr : Py_NewRef(list));
  Py_RETURN_NONE;
}

PyObject* counts(PyObject*, PyObject*) {
  return Py_BuildValue("{sLsLsLsL}", "recordings", static_cast<long long>(Pending::finished), "found",
                       static_cast<long long>(Pending::found), "programs", static_cast<long long>(Pending::programs),
                       "single", static_cast<long long>(Pending::single));
}

PyCFunction fast(PyObject* (*f)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*)) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void*>(f));
}

PyMethodDef functions[] = {
    {"run_compiled", fast(run_compiled_function), METH_FASTCALL | METH_KEYWORDS,
     "run_compiled(function, *arguments, **named): call it; what it computes is put off until values are needed."},
    {"run_eagerly", fast(run_eagerly), METH_FASTCALL | METH_KEYWORDS,
     "run_eagerly(function, *arguments, **named): call it; what it computes runs at once, in compiled functions too."},
    {"is_compiling", is_compiling, METH_NOARGS, "Whether this is inside of a compiled function."},
    {"forget_plans", forget_plans, METH_NOARGS, "Forget how recorded calls are run: they are compiled again."},
    {"note_calls", note_calls, METH_O,
     "note_calls(list or None): the list gets (op, reason) of each call in compiled functions that runs at once."},
    {"compile_counts", counts, METH_NOARGS,
     "How many recordings were run, of how many the plan was known, how many joined Programs and single calls ran."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

PuttingOff::PuttingOff(bool on) : begun_(on && !state.pending ? &pending_of_thread() : nullptr) {
  if (begun_) state.pending = begun_;
}

PuttingOff::~PuttingOff() {
  if (!begun_) return;
  state.pending = nullptr;
  guarded(false, [&] { return begun_->finish(), true; });  // an exception of its own is on the way
}

void PuttingOff::finish() {
  if (!begun_) return;
  state.pending = nullptr;
  std::exchange(begun_, nullptr)->finish();
}

bool put_off(Compiled& compiled, Device device, std::span<const Buffer* const> inputs,
             std::span<const Attribute> attributes, std::span<Program::Result> results, std::span<Buffer* const> into) {
  if (device.kind != DeviceKind::CPU || recorder() || state.pending->finishing()) return false;
  const char* reason = nullptr;
  const Buffer* target = into.empty() ? nullptr : into[0];
  for (const Buffer* b : into)
    if (b && (b != target || results.size() != 1)) reason = "it writes to several tensors";
  if (!reason && compiled.put_off == Compiled::Unknown) compiled.put_off = find_out(compiled);
  if (!reason && compiled.put_off == Compiled::Never)
    reason = "it can fail in a way that sizes do not tell, or gives what values determine";
  auto shared = [](const Buffer* b) { return b->storage && b->storage->shared_outside() && !b->storage->pending(); };
  for (const Buffer* b : inputs) {
    if (!b || reason) continue;
    if (!(b->device == device)) reason = "its tensors are on several devices";
    if (shared(b)) reason = "it reads memory that NumPy or another library may write to";
  }
  if (!reason && target && shared(target)) reason = "it writes to memory that NumPy or another library may read";
  for (int k : compiled.check_reads)
    if (!reason && inputs[static_cast<size_t>(k)] && inputs[static_cast<size_t>(k)]->storage &&
        inputs[static_cast<size_t>(k)]->storage->unknown())
      reason = "an index that is computed here may be out of range";
  if (!reason && compiled.checks) compiled.checks->run(device, inputs, attributes, {});
  state.pending->label = TAEDA_UNLIKELY(profiling) ? label_of_call(compiled) : -1;
  if (!reason && state.pending->record(*compiled.program, &compiled, compiled.put_off == Compiled::Joined, device,
                                       inputs, attributes, results, target, compiled.written))
    return true;
  note_at_once(compiled, reason ? reason : "what it writes has another shape or dtype than the tensor written to");
  for (const Buffer* b : inputs)
    if (b && b->storage) b->storage->data();  // what it reads runs before, not in the middle of it
  return false;
}

void add_compile_mode_to_module(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

}  // namespace taeda
