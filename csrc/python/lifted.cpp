#include "python/lifted.h"

#include <algorithm>

#include "python/composed.h"
#include "python/core_types.h"
#include "python/run.h"
#include "python/state.h"
#include "tape/tape.h"

namespace taeda {

PyTypeObject* LiftedType = nullptr;
int64_t live_lifted = 0;
bool draws_are_lifted = false;

namespace {

PyObject* handler = nullptr;
PyTypeObject* CallSiteType = nullptr;

// A call without its tensors: they are given when it runs.
struct CallSite {
  Overload* overload;
  Compiled* compiled;
  std::vector<Attribute> attributes;
  Device device;
};

struct CallSiteObject {
  PyObject_HEAD CallSite* site;
};

Ref<> new_site(Overload& overload, Compiled& compiled, std::span<const Attribute> attributes, Device device) {
  auto* o = reinterpret_cast<CallSiteObject*>(CallSiteType->tp_alloc(CallSiteType, 0));
  if (!o) throw PythonError();
  o->site = new CallSite{&overload, &compiled, {attributes.begin(), attributes.end()}, device};
  return Ref<>::steal(reinterpret_cast<PyObject*>(o));
}

void free_site(PyObject* self) {
  PyTypeObject* type = Py_TYPE(self);
  delete reinterpret_cast<CallSiteObject*>(self)->site;
  type->tp_free(self);
  Py_DECREF(type);
}

CallSite& site_of(PyObject* o) { return *reinterpret_cast<CallSiteObject*>(o)->site; }

Ref<> tuple_of(std::span<Tensor* const> tensors) {
  Ref<> tuple = checked(PyTuple_New(static_cast<Py_ssize_t>(tensors.size())));
  for (size_t k = 0; k < tensors.size(); ++k) {
    PyObject* item = tensors[k] ? &tensors[k]->ob_base : Py_None;
    PyTuple_SET_ITEM(tuple.get(), static_cast<Py_ssize_t>(k), Py_NewRef(item));
  }
  return tuple;
}

// handler(site, tensors, draws) -> tuple of results
std::vector<Ref<Tensor>> ask_handler(const Ref<>& site, std::span<Tensor* const> tensors, bool draws) {
  Ref<> given = tuple_of(tensors);
  Ref<> found =
      checked(PyObject_CallFunctionObjArgs(handler, site.get(), given.get(), draws ? Py_True : Py_False, nullptr));
  if (!PyTuple_Check(found.get())) raise(PyExc_SystemError, "the handler of lifted tensors must return a tuple");
  std::vector<Ref<Tensor>> results;
  for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(found.get()); ++k) {
    PyObject* item = PyTuple_GET_ITEM(found.get(), k);
    if (item != Py_None && !is_tensor(item)) raise(PyExc_SystemError, "the handler must return tensors");
    results.push_back(item == Py_None ? Ref<Tensor>() : Ref<Tensor>::borrow(as_tensor(item)));
  }
  return results;
}

bool draws(const Overload& o) {
  return std::any_of(o.schema.parameters.begin(), o.schema.parameters.end(),
                     [](const Parameter& p) { return p.kind == Kind::Generator; });
}

// site.run(tensors, chain): the call on plain tensors after a chain of transforms, recorded in gradient mode.
PyObject* run_site(PyObject* self, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject* given;
    const char* chain;
    if (!PyArg_ParseTuple(args, "O!s:run", &PyTuple_Type, &given, &chain)) throw PythonError();
    CallSite& site = site_of(self);
    std::vector<Tensor*> tensors;
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(given); ++k) {
      PyObject* item = PyTuple_GET_ITEM(given, k);
      if (item != Py_None && (!is_tensor(item) || is_lifted(item)))
        raise(PyExc_TypeError, "run() takes plain tensors, not %s", Py_TYPE(item)->tp_name);
      tensors.push_back(item == Py_None ? nullptr : as_tensor(item));
    }
    Compiled& c = transformed(*site.compiled, chain);
    if (static_cast<int>(tensors.size()) != c.program->tensor_count)
      raise(PyExc_ValueError, "run(): %zd tensors for a call of %d", tensors.size(), c.program->tensor_count);
    size_t n = c.program->outputs.size();
    std::vector<Ref<Tensor>> outputs(n);
    std::vector<int> shares(n);
    uint64_t needs = c.overload->differentiable ? needs_gradient(tensors) : 0;
    run_program(c, site.device, tensors, site.attributes, outputs, {}, shares.data());
    for (size_t k = 0; k < n; ++k) {
      if (shares[k] < 0 || !outputs[k]) continue;
      Tensor& base = *tensors[static_cast<size_t>(shares[k])];
      if (outputs[k].get() == &base) outputs[k] = alias(base);
      note_view(*outputs[k], base);
    }
    if (needs) record(c, needs, tensors, site.attributes, outputs);
    Ref<> results = checked(PyTuple_New(static_cast<Py_ssize_t>(n)));
    for (size_t k = 0; k < n; ++k) {
      PyObject* item = outputs[k] ? outputs[k].object() : Py_None;
      PyTuple_SET_ITEM(results.get(), static_cast<Py_ssize_t>(k), Py_NewRef(item));
    }
    return results.release();
  });
}

PyObject* site_name(PyObject* self, void*) { return PyUnicode_FromString(site_of(self).overload->display.c_str()); }

PyObject* site_differentiable(PyObject* self, void*) {
  return guarded_object([&]() -> PyObject* {
    const std::vector<bool>& given = site_of(self).overload->output_differentiable;
    Ref<> flags = checked(PyTuple_New(static_cast<Py_ssize_t>(given.size())));
    for (size_t k = 0; k < given.size(); ++k)
      PyTuple_SET_ITEM(flags.get(), static_cast<Py_ssize_t>(k), Py_NewRef(given[k] ? Py_True : Py_False));
    return flags.release();
  });
}

PyMethodDef site_methods[] = {
    {"run", run_site, METH_VARARGS,
     "run(tensors, chain): the call on plain tensors after a chain of transforms (compiler/pipeline.py); its results."},
    {},
};
PyGetSetDef site_properties[] = {
    {"name", site_name, nullptr, "The public name of the op.", nullptr},
    {"differentiable", site_differentiable, nullptr, "A bool per result, the last one for all that follow.", nullptr},
    {},
};
PyType_Slot site_slots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(free_site)},
    {Py_tp_methods, site_methods},
    {Py_tp_getset, site_properties},
    {Py_tp_doc, const_cast<char*>("A call of an op without its tensors.")},
    {0, nullptr},
};
PyType_Spec site_spec = {"taeda._core.CallSite", sizeof(CallSiteObject), 0,
                         Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, site_slots};

// register_lifted(type, handler)
PyObject* register_lifted(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *type, *function;
    if (!PyArg_ParseTuple(args, "O!O", &PyType_Type, &type, &function)) throw PythonError();
    if (!PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(type), TensorType) || !PyCallable_Check(function))
      raise(PyExc_TypeError, "register_lifted() takes a subclass of Tensor and a function");
    LiftedType = reinterpret_cast<PyTypeObject*>(Py_NewRef(type));
    Py_XSETREF(handler, Py_NewRef(function));
    Py_RETURN_NONE;
  });
}

// make_lifted(type, tensor, dim): an object of that subclass with the sizes of `tensor`, without dimension `dim` (-1:
// with all).
PyObject* make_lifted(PyObject*, PyObject* args) {
  return guarded_object([&]() -> PyObject* {
    PyObject *type, *tensor;
    int dim;
    if (!PyArg_ParseTuple(args, "O!O!i", &PyType_Type, &type, TensorType, &tensor, &dim)) throw PythonError();
    auto* t = reinterpret_cast<PyTypeObject*>(type);
    if (!LiftedType || !PyType_IsSubtype(t, LiftedType)) raise(PyExc_TypeError, "make_lifted() makes lifted tensors");
    Tensor& of = *as_tensor(tensor);
    if (dim >= of.ndim) raise(PyExc_IndexError, "make_lifted(): no dimension %d", dim);
    Dims sizes, strides;
    for (int i = 0; i < of.ndim; ++i) {
      if (i == dim) continue;
      sizes.push(of.sizes[i]);
      strides.push(of.strides[i]);
    }
    Ref<> made = checked(t->tp_alloc(t, 0));
    Tensor& lifted = *as_tensor(made.get());
    initialise_lifted(lifted);
    ++live_lifted;
    lifted.offset = of.offset;
    lifted.dtype = of.dtype;
    lifted.device = of.device;
    lifted.ndim = static_cast<uint8_t>(sizes.count);
    lifted.numel = checked_numel(sizes);
    std::copy(sizes.begin(), sizes.end(), lifted.sizes);
    std::copy(strides.begin(), strides.end(), lifted.strides);
    return made.release();
  });
}

PyObject* is_lifted_function(PyObject*, PyObject* o) { return PyBool_FromLong(is_lifted(o)); }

// lift_draws(on): whether calls that draw random numbers go to the handler; what was before.
PyObject* lift_draws(PyObject*, PyObject* on) {
  return PyBool_FromLong(std::exchange(draws_are_lifted, on == Py_True));
}

PyMethodDef functions[] = {
    {"register_lifted", register_lifted, METH_VARARGS,
     "register_lifted(type, handler): the type of lifted tensors, and who is asked for calls on them."},
    {"make_lifted", make_lifted, METH_VARARGS,
     "make_lifted(type, tensor, dim): a lifted tensor with the sizes of `tensor`, but for those of `dim` (-1: none)."},
    {"is_lifted", is_lifted_function, METH_O, "is_lifted(object): whether it is a lifted tensor."},
    {"lift_draws", lift_draws, METH_O,
     "lift_draws(on): whether calls that draw random numbers go to the handler; what was before."},
    {},
};

}  // namespace

bool is_without_memory(PyTypeObject* type) {
  for (PyTypeObject* base : {LiftedType, ComposedType})
    if (base && PyType_IsSubtype(type, base)) return true;
  return false;
}

bool looks_lifted(PyObject* o) { return is_without_memory(Py_TYPE(o)); }

void require_memory(const Tensor& t, const char* what) {
  if (is_lifted(&t))
    raise(PyExc_NotImplementedError, "%s of a %s: it has no memory of its own", what, Py_TYPE(&t.ob_base)->tp_name);
}

bool any_lifted(std::span<Tensor* const> tensors) {
  return live_lifted && std::any_of(tensors.begin(), tensors.end(), [](const Tensor* t) { return is_lifted(t); });
}

void lifted_gone(PyTypeObject* type) {
  if (live_lifted && is_without_memory(type)) --live_lifted;
}

bool concerns_lifted(const Call& call) {
  const Schema& s = call.overload->schema;
  for (size_t i = 0; live_lifted && i < s.parameters.size(); ++i) {
    PyObject* v = call.values[i];
    if (is_lifted(v)) return true;
    if (s.parameters[i].kind == Kind::Tensors && v && v != Py_None)
      for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(v); ++k)
        if (is_lifted(PySequence_Fast_GET_ITEM(v, k))) return true;
  }
  if (call.out && is_lifted(call.out)) return true;
  return draws_are_lifted && draws(*call.overload);
}

Compiled& transformed(Compiled& compiled, const std::string& chain) {
  if (chain.empty()) return compile_now(compiled);
  auto& known = compiled.transformed;
  if (auto at = known.find(chain); at != known.end()) return *at->second;
  auto made = std::make_unique<Compiled>();
  made->overload = compiled.overload;
  made->key = checked(Py_BuildValue("(sOs)", "transformed", compiled.key.get(), chain.c_str()));
  compile_now(*made);
  // While Python compiled, another thread may have put in the same entry: then that one stays.
  return *known.emplace(chain, std::move(made)).first->second;
}

Ref<> call_lifted(OpObject* op, const Call& call) {
  Overload& o = *call.overload;
  if (!handler) raise(PyExc_SystemError, "nobody handles lifted tensors");
  if (call.out)
    raise(PyExc_RuntimeError, "%s(): out= is not there for the tensors of a function that is transformed (vmap, jvp)",
          op->display);
  if (!o.mutated.empty() || (op->inplace && o.is_view))
    raise(PyExc_NotImplementedError, "%s() of the tensors of a function that is transformed (vmap, jvp)", op->display);
  Inputs in;
  read_inputs(call, in);
  in.device = device_of_results(o, in);
  state.device_given = false;
  Ref<> site =
      new_site(o, *find_compiled(o, in, false), {in.attributes, static_cast<size_t>(in.attribute_count)}, in.device);
  std::vector<Ref<Tensor>> results = ask_handler(site, in.tensors(), draws(o));
  if (TAEDA_LIKELY(!op->inplace)) return package(o, results);
  if (!in.tensors()[0])
    raise(PyExc_TypeError, "%s(): argument 'input' (position 1) must be Tensor, not %s", o.display.c_str(),
          Py_TYPE(call.values[0])->tp_name);
  Ref<> target = Ref<>::borrow(call.values[0]);
  Ref<> write = checked(PyObject_GetAttrString(reinterpret_cast<PyObject*>(LiftedType), "write_result"));
  Ref<> name = checked(PyUnicode_FromString(op->display));
  checked(PyObject_CallFunctionObjArgs(write.get(), target.get(), results[0].object(), name.get(), nullptr));
  return target;
}

std::vector<Ref<Tensor>> run_lifted(BackwardProgram& backward, std::span<Tensor* const> tensors,
                                    std::span<const Attribute> attributes) {
  Device device = tensors[0]->device;
  Ref<> site = new_site(*backward.overload, backward, attributes, device);
  std::vector<Ref<Tensor>> results = ask_handler(site, tensors, false);
  if (results.size() != backward.grads.size())
    raise(PyExc_SystemError, "a backward of lifted gradients gave %zu of %zu", results.size(), backward.grads.size());
  return results;
}

void add_lifted_to_module(PyObject* module) {
  CallSiteType = reinterpret_cast<PyTypeObject*>(checked(PyType_FromSpec(&site_spec)).release());
  add_object(module, "CallSite", reinterpret_cast<PyObject*>(CallSiteType));
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

}  // namespace taeda
