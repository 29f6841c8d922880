// Functions: public names whose body is Python that runs at each call (taeda/functions). Their arguments are fitted to
// a schema as those of ops are, so that errors, overloads, out= and spread arguments are the same for both.
#include "python/call.h"
#include "python/state.h"
#include "tape/tape.h"

namespace taeda {
namespace {

Ref<> plain_integer(PyObject* v) { return PyLong_CheckExact(v) ? Ref<>::borrow(v) : checked(PyNumber_Index(v)); }

Ref<> plain_number(PyObject* v) {
  if (!is_tensor(v)) return Ref<>::borrow(v);
  return checked(PyObject_CallMethod(v, "item", nullptr));
}

Ref<> tuple_of_integers(PyObject* v) {
  if (!PyTuple_Check(v) && !PyList_Check(v)) {
    Ref<> one = plain_integer(v);
    return checked(PyTuple_Pack(1, one.get()));
  }
  Py_ssize_t n = PySequence_Fast_GET_SIZE(v);
  bool plain = PyTuple_CheckExact(v);
  for (Py_ssize_t i = 0; plain && i < n; ++i) plain = PyLong_CheckExact(PyTuple_GET_ITEM(v, i));
  if (plain) return Ref<>::borrow(v);
  Ref<> tuple = checked(PyTuple_New(n));
  for (Py_ssize_t i = 0; i < n; ++i)
    PyTuple_SET_ITEM(tuple.get(), i, plain_integer(PySequence_Fast_GET_ITEM(v, i)).release());
  return tuple;
}

// The tensors among the arguments that require a gradient, where gradients are recorded.
bool needs_gradient(const Call& call) {
  if (!state.grad_enabled) return false;
  const Schema& s = call.overload->schema;
  for (size_t i = 0; i < s.parameters.size(); ++i) {
    PyObject* v = call.values[i];
    if (is_tensor(v) && requires_gradient(*as_tensor(v))) return true;
    if (s.parameters[i].kind == Kind::Tensors && v != Py_None)
      for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(v); ++k)
        if (requires_gradient(*as_tensor(PySequence_Fast_GET_ITEM(v, k)))) return true;
  }
  return false;
}

// The arguments of a call of Python, after room for one more; as many as there are, since to clear all costs time.
struct Held {
  PyObject* values[MAX_PARAMETERS + 1];
  size_t count = 0;

  void add(Ref<> value) { values[++count] = value.release(); }
  ~Held() {
    for (size_t i = 1; i <= count; ++i) Py_DECREF(values[i]);
  }
};

}  // namespace

Ref<> plain_argument(const Parameter& p, PyObject* v) {
  if (v == Py_None || (p.has_default && v == p.default_value.get())) return Ref<>::borrow(v);
  switch (p.kind) {
    case Kind::SymInt:
    case Kind::Int: return plain_integer(v);
    case Kind::Number:
    case Kind::Float: return plain_number(v);
    case Kind::Sizes:
    case Kind::IntTuple: return tuple_of_integers(v);
    case Kind::Dims: return PyTuple_Check(v) || PyList_Check(v) ? tuple_of_integers(v) : plain_integer(v);
    case Kind::Tensors: return PyTuple_CheckExact(v) ? Ref<>::borrow(v) : checked(PySequence_Tuple(v));
    case Kind::Device: return is_device(v) ? Ref<>::borrow(v) : Ref<>::steal(device_object(device_from_object(v)));
    default: return Ref<>::borrow(v);
  }
}

Ref<> call_function(const OpObject* op, const Call& call) {
  Overload& o = *call.overload;
  if (call.out && !o.takes_out) raise(PyExc_TypeError, "%s() got an unexpected keyword argument 'out'", op->display);
  if (TAEDA_UNLIKELY(!o.body)) o.body = checked(PyObject_CallNoArgs(o.load.get()));
  Held held;
  size_t n = o.schema.parameters.size();
  for (size_t i = 0; i < n; ++i) held.add(plain_argument(o.schema.parameters[i], call.values[i]));
  size_t positional = n - (o.keyword_names ? static_cast<size_t>(PyTuple_GET_SIZE(o.keyword_names.get())) : 0);
  Ref<> body = o.body;
  Ref<> result = checked(PyObject_Vectorcall(body.get(), held.values + 1, positional | PY_VECTORCALL_ARGUMENTS_OFFSET,
                                             o.keyword_names.get()));
  if (o.result_type && o.result_type.get() != Py_None)
    result = checked(PyObject_CallFunctionObjArgs(o.result_type.get(), result.get(), nullptr));
  if (TAEDA_LIKELY(!call.out)) return result;
  std::vector<Ref<Tensor>> results;
  auto add = [&](PyObject* t) {
    if (!is_tensor(t)) raise(PyExc_SystemError, "%s() takes out=, but does not return tensors", op->display);
    results.push_back(Ref<Tensor>::borrow(as_tensor(t)));
  };
  if (PyTuple_Check(result.get())) {
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(result.get()); ++k) add(PyTuple_GET_ITEM(result.get(), k));
  } else {
    add(result.get());
  }
  return store_out(op, call.out, results, needs_gradient(call));
}

}  // namespace taeda
