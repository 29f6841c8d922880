#include "python/autocast.h"

#include <utility>

#include "python/core_types.h"
#include "python/state.h"
#include "tape/tape.h"

namespace taeda {
namespace {

// Parameters in the narrow dtype, so that each is converted once in a region. Keeps both alive until it is cleared.
struct Kept {
  Ref<Tensor> source, converted;
  uint32_t version;  // of the source when it was converted
};
using Cache = std::unordered_map<const Tensor*, Kept>;
thread_local Cache* cache = nullptr;  // a plain pointer: nothing may be released when a thread ends without the GIL

void clear_cache() {
  Cache gone;
  if (cache) gone.swap(*cache);
}

bool eligible(const Tensor& t) {
  return info(t.dtype).floating && t.dtype != DType::Float64 && t.device.kind == DeviceKind::CPU;
}

Ref<> converted(PyObject* v, DType to) {
  Tensor& t = *as_tensor(v);
  if (!eligible(t) || t.dtype == to) return Ref<>::borrow(v);
  bool keep = state.autocast_caches && to == state.autocast_dtype && t.dtype == DType::Float32 && t.requires_grad &&
              !t.grad_fn && !(t.autograd && t.autograd->base) && state.grad_enabled;
  if (keep && cache)
    if (auto at = cache->find(&t); at != cache->end() && at->second.version == t.storage->version)
      return Ref<>::borrow(at->second.converted.object());
  Ref<Tensor> result = call_core(CoreOp::Convert, {v, dtype_object(to)});
  if (keep) {
    if (!cache) cache = new Cache;
    (*cache)[&t] = {Ref<Tensor>::borrow(&t), result, t.storage->version};
  }
  return Ref<>::borrow(result.object());
}

bool holds_tensors(PyObject* v) {
  if (!v || (!PyTuple_Check(v) && !PyList_Check(v))) return false;
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(v); ++i)
    if (is_tensor(PySequence_Fast_GET_ITEM(v, i))) return true;
  return false;
}

template <class F>
void for_each_tensor(const Call& call, const F& f) {
  for (size_t i = 0; i < call.overload->schema.parameters.size(); ++i) {
    PyObject* v = call.values[i];
    if (v && is_tensor(v)) {
      f(*as_tensor(v));
    } else if (holds_tensors(v)) {
      for (Py_ssize_t k = 0; k < PySequence_Fast_GET_SIZE(v); ++k)
        if (PyObject* item = PySequence_Fast_GET_ITEM(v, k); is_tensor(item)) f(*as_tensor(item));
    }
  }
}

DType wanted_dtype(const Call& call) {
  switch (call.overload->autocast) {
    case Autocast::Lower: return state.autocast_dtype;
    case Autocast::Float32: return DType::Float32;
    default: break;
  }
  DType widest = state.autocast_dtype;
  for_each_tensor(call, [&](const Tensor& t) {
    if (eligible(t) && t.dtype == DType::Float32) widest = DType::Float32;
  });
  return widest;
}

PyObject* get_autocast(PyObject*, PyObject*) {
  return guarded_object([&] {
    return Py_BuildValue("(OOO)", state.autocast ? Py_True : Py_False, dtype_object(state.autocast_dtype),
                         state.autocast_caches ? Py_True : Py_False);
  });
}

PyObject* set_autocast(PyObject*, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    int enabled, caches;
    PyObject* dtype;
    if (!PyArg_ParseTuple(arguments, "pO!p:set_autocast", &enabled, DTypeType, &dtype, &caches)) throw PythonError();
    state.autocast = enabled;
    state.autocast_dtype = dtype_of_object(dtype);
    state.autocast_caches = caches;
    Py_RETURN_NONE;
  });
}

PyObject* nest_autocast(PyObject*, PyObject* step) {
  return guarded_object([&]() -> PyObject* {
    long by = PyLong_AsLong(step);
    if (by == -1 && PyErr_Occurred()) throw PythonError();
    if (by < -1 || by > 1) raise(PyExc_ValueError, "nest_autocast() takes 1, 0 or -1, not %ld", by);
    state.autocast_nesting += static_cast<int>(by);
    return PyLong_FromLong(state.autocast_nesting);
  });
}

PyObject* clear_autocast_cache(PyObject*, PyObject*) {
  return guarded_object([&]() -> PyObject* {
    clear_cache();
    Py_RETURN_NONE;
  });
}

}  // namespace

Ref<> call_converted(OpObject* op, const Call& call, Ref<> (*execute)(OpObject*, const Call&)) {
  // The forms that write to a tensor keep its dtype, as in PyTorch.
  if (call.overload->autocast == Autocast::None || call.out || op->inplace) return execute(op, call);
  DType to = wanted_dtype(call);
  Ref<> held[MAX_PARAMETERS];
  Call other;
  other.overload = call.overload;
  for (size_t i = 0; i < call.overload->schema.parameters.size(); ++i) {
    PyObject* v = other.values[i] = call.values[i];
    if (v && is_tensor(v)) {
      held[i] = converted(v, to);
    } else if (holds_tensors(v)) {
      held[i] = checked(PyTuple_New(PySequence_Fast_GET_SIZE(v)));
      for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(held[i].get()); ++k) {
        PyObject* item = PySequence_Fast_GET_ITEM(v, k);
        Ref<> each = is_tensor(item) ? converted(item, to) : Ref<>::borrow(item);
        PyTuple_SET_ITEM(held[i].get(), k, each.release());
      }
    } else {
      continue;
    }
    other.values[i] = held[i].get();
  }
  if (!call.overload->is_function) return execute(op, other);
  Setting off(state.autocast, false);  // what is converted is converted once: bodies run as if it were off
  return execute(op, other);
}

PyMethodDef autocast_functions[] = {
    {"get_autocast", get_autocast, METH_NOARGS,
     "get_autocast(): whether autocast is on for this thread, its narrow dtype, whether it keeps converted "
     "parameters."},
    {"set_autocast", set_autocast, METH_VARARGS, "set_autocast(enabled, dtype, caches): what get_autocast gives."},
    {"nest_autocast", nest_autocast, METH_O, "nest_autocast(step): how many regions this thread is in from now on."},
    {"clear_autocast_cache", clear_autocast_cache, METH_NOARGS, "Forget the converted parameters of this thread."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace taeda
