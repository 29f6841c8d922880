// Tensors from Python data: taeda.tensor, as_tensor, asarray. Two passes over nested sequences: sizes and dtype, then
// values; both check what they see, because converting an element may run code that changes the sequences.
#include <algorithm>
#include <limits>

#include "python/interop.h"
#include "python/run.h"
#include "python/state.h"
#include "python/tensor_type.h"
#include "tape/tape.h"

namespace taeda {

namespace {

// -- dtype -----------------------------------------------------------------------------------------------------------

int category(DType d) { return d == DType::Bool ? 0 : info(d).complex ? 3 : info(d).floating ? 2 : 1; }

// The dtype of elements of both dtypes together (torch.promote_types).
DType promoted(DType a, DType b) {
  if (a == b) return a;
  if (category(a) < category(b)) std::swap(a, b);
  auto barebones = [](DType d) { return d == DType::UInt16 || d == DType::UInt32 || d == DType::UInt64; };
  if (is_float8(a) || is_float8(b) || barebones(a) || (barebones(b) && !info(a).floating))
    raise(PyExc_RuntimeError, "Promotion for %s is not supported, attempted to promote %s and %s",
          is_float8(a) || is_float8(b) ? "Float8 Types" : "uint16, uint32, uint64 types", torch_name(a), torch_name(b));
  if (category(a) == 3) {
    DType other = info(b).complex                               ? b
                  : b == DType::Float64                         ? DType::Complex128
                  : b == DType::Float32 || b == DType::BFloat16 ? DType::Complex64
                                                                : a;
    return itemsize(a) > itemsize(other) ? a : other;
  }
  if (category(a) > category(b)) return a;
  if (category(a) == 2) {
    if (itemsize(a) == 2 && itemsize(b) == 2) return DType::Float32;  // float16 and bfloat16
    return itemsize(a) > itemsize(b) ? a : b;
  }
  if (a == DType::UInt8 || b == DType::UInt8) {
    DType other = a == DType::UInt8 ? b : a;
    return other == DType::Int8 ? DType::Int16 : other;
  }
  return itemsize(a) > itemsize(b) ? a : b;
}

DType numpy_scalar_dtype(PyObject* o) {
  Ref<> dtype = checked(PyObject_GetAttrString(o, "dtype")),
        name = checked(PyObject_GetAttrString(dtype.get(), "name"));
  const char* text = PyUnicode_AsUTF8(name.get());
  if (!text) throw PythonError();
  DType d;
  if (!dtype_from_name(text, &d)) raise(PyExc_TypeError, "can't convert a NumPy scalar of type %s", text);
  return d;
}

bool is_text(PyObject* o) { return PyUnicode_Check(o) || PyBytes_Check(o); }
bool is_sequence(PyObject* o) {
  return PyList_Check(o) || PyTuple_Check(o) || (PySequence_Check(o) && !is_tensor(o) && !is_numpy_scalar(o));
}

DType scalar_dtype(PyObject* o) {
  if (PyFloat_CheckExact(o)) return default_dtype();
  if (PyBool_Check(o)) return DType::Bool;
  if (PyLong_CheckExact(o)) return DType::Int64;
  if (is_tensor(o)) return plain(as_tensor(o)->dtype);
  if (is_numpy_scalar(o)) return numpy_scalar_dtype(o);
  if (PyFloat_Check(o)) return default_dtype();
  if (PyLong_Check(o)) return DType::Int64;
  if (PyComplex_Check(o)) return default_dtype() == DType::Float64 ? DType::Complex128 : DType::Complex64;
  if (is_text(o)) raise(PyExc_TypeError, "new(): invalid data type '%s'", Py_TYPE(o)->tp_name);
  raise(PyExc_RuntimeError, "Could not infer dtype of %s", Py_TYPE(o)->tp_name);
}

// -- first pass ------------------------------------------------------------------------------------------------------

// A sequence as a list or tuple (itself, if it is one). Other kinds are asked for their length first, so that one
// without an end does no harm.
Ref<> fast(PyObject* o) {
  if (PyList_Check(o) || PyTuple_Check(o)) return Ref<>::borrow(o);
  Py_ssize_t n = PySequence_Size(o);
  if (n < 0) throw PythonError();
  Ref<> list = checked(PyList_New(0));
  for (Py_ssize_t i = 0; i < n; ++i)
    if (PyList_Append(list.get(), checked(PySequence_GetItem(o, i)).get()) < 0) throw PythonError();
  return list;
}
Py_ssize_t fast_size(const Ref<>& list) { return PySequence_Fast_GET_SIZE(list.get()); }
PyObject* fast_item(const Ref<>& list, Py_ssize_t i) { return PySequence_Fast_GET_ITEM(list.get(), i); }

// The sizes that the first elements have.
Dims first_sizes(PyObject* data) {
  Dims sizes;
  Ref<> at = Ref<>::borrow(data);
  while (is_sequence(at.get())) {
    if (is_numpy_array(at.get())) {
      Ref<Tensor> t = tensor_from_array(at.get(), false);
      for (int i = 0; i < t->ndim; ++i) sizes.push(t->sizes[i]);
      return sizes;
    }
    if (PyBytes_Check(at.get())) raise(PyExc_TypeError, "new(): invalid data type '%s'", Py_TYPE(at.get())->tp_name);
    if (sizes.count == MAX_DIMS || PyUnicode_Check(at.get()))
      raise(PyExc_ValueError, "too many dimensions '%s'", Py_TYPE(at.get())->tp_name);
    Ref<> list = fast(at.get());
    sizes.push(fast_size(list));
    if (fast_size(list) == 0) return sizes;
    at = Ref<>::borrow(fast_item(list, 0));
  }
  return sizes;
}

// Adds the dtypes of all numbers in `data`. An empty sequence counts as one of the default dtype, as in PyTorch.
void collect_dtypes(PyObject* data, DType* dtype, bool* any) {
  auto add = [&](DType d) {
    *dtype = *any ? promoted(*dtype, d) : d;
    *any = true;
  };
  if (!PyList_CheckExact(data) && is_numpy_array(data)) return add(tensor_from_array(data, false)->dtype);
  if (!is_sequence(data)) return add(scalar_dtype(data));
  if (is_text(data)) raise(PyExc_TypeError, "new(): invalid data type '%s'", Py_TYPE(data)->tp_name);
  Ref<> list = fast(data);
  DType floating = default_dtype();
  if (fast_size(list) == 0) add(floating);
  for (Py_ssize_t i = 0; i < fast_size(list); ++i) {
    PyObject* item = fast_item(list, i);
    // the common kinds, without function calls per element
    if (PyFloat_CheckExact(item)) {
      if (*any && *dtype == floating) continue;
      add(floating);
    } else if (PyLong_CheckExact(item)) {
      if (*any && *dtype >= DType::Int64 && *dtype <= DType::Complex128) continue;  // all that it promotes to
      add(DType::Int64);
    } else {
      Ref<> keep = Ref<>::borrow(item);
      if (Py_EnterRecursiveCall(" in tensor(): the data contain themselves")) throw PythonError();
      try {
        collect_dtypes(item, dtype, any);
      } catch (...) {
        Py_LeaveRecursiveCall();
        throw;
      }
      Py_LeaveRecursiveCall();
    }
  }
}

// -- second pass -----------------------------------------------------------------------------------------------------

[[noreturn]] void does_not_fit(DType d) {
  raise(PyExc_RuntimeError, "value cannot be converted to type %s without overflow", info(d).name);
}

template <class T>
void store(char* at, T v) {
  std::memcpy(at, &v, sizeof v);
}

template <class T>
void store_integer(char* at, DType d, int64_t v) {
  // PyTorch lets a negative number wrap to unsigned as long as its absolute value fits.
  int64_t low = std::is_unsigned_v<T> ? -static_cast<int64_t>(std::numeric_limits<T>::max())
                                      : static_cast<int64_t>(std::numeric_limits<T>::min());
  if (v < low || v > static_cast<int64_t>(std::numeric_limits<T>::max())) does_not_fit(d);
  store(at, static_cast<T>(v));
}

void store_integer(char* at, DType d, int64_t v) {
  switch (d) {
    case DType::UInt8: return store_integer<uint8_t>(at, d, v);
    case DType::Int8: return store_integer<int8_t>(at, d, v);
    case DType::Int16: return store_integer<int16_t>(at, d, v);
    case DType::Int32: return store_integer<int32_t>(at, d, v);
    case DType::UInt16: return store_integer<uint16_t>(at, d, v);
    case DType::UInt32: return store_integer<uint32_t>(at, d, v);
    default: return store(at, v);
  }
}

// One value into an element of dtype d, with PyTorch's checks.
void store_value(char* at, DType d, PyObject* o) {
  if (d == DType::Float32 && PyFloat_CheckExact(o)) return store(at, static_cast<float>(PyFloat_AS_DOUBLE(o)));
  Ref<> value;
  if (!is_python_number(o)) {
    if (is_tensor(o))
      value =
          only_element(*as_tensor(o), PyExc_ValueError, "only one element tensors can be converted to Python scalars");
    else if (is_numpy_scalar(o))
      value = checked(PyObject_CallMethod(o, "item", nullptr));
    if (value) o = value.get();
  }
  if (d == DType::Bool) {
    int truth = PyObject_IsTrue(o);
    if (truth < 0) throw PythonError();
    return store<uint8_t>(at, static_cast<uint8_t>(truth));
  }
  if (info(d).complex) {
    Py_complex c = PyComplex_AsCComplex(o);
    if (c.real == -1.0 && PyErr_Occurred()) throw PythonError();
    return write_complex(at, d, c.real, c.imag);
  }
  if (info(d).floating) {
    double v = PyFloat_AsDouble(o);
    if (v == -1.0 && PyErr_Occurred()) throw PythonError();
    return write_double(at, d, v);
  }
  if (d == DType::UInt64) {
    if (!PyLong_Check(o)) raise(PyExc_TypeError, "an integer is required");
    return store(at, unsigned_integer(o));
  }
  if (PyFloat_Check(o)) {
    double v = PyFloat_AS_DOUBLE(o);
    if (!(v >= -0x1p63 && v < 0x1p63)) does_not_fit(d);
    return store_integer(at, d, static_cast<int64_t>(v));
  }
  Ref<> index = PyLong_Check(o) ? Ref<>::borrow(o) : checked(PyNumber_Index(o));
  int overflow = 0;
  long long v = PyLong_AsLongLongAndOverflow(index.get(), &overflow);
  if (overflow) raise(PyExc_ValueError, "Overflow when unpacking long long");
  store_integer(at, d, v);
}

void wrong_length(int64_t expected, int dim, Py_ssize_t got) {
  raise(PyExc_ValueError, "expected sequence of length %lld at dim %d (got %zd)", static_cast<long long>(expected), dim,
        got);
}

// Fills the part of `out` from element `offset` on that `data`, at level `dim` of the nesting, stands for.
void store_nested(Tensor& out, int dim, int64_t offset, PyObject* data) {
  int size = itemsize(out.dtype);
  if (dim == out.ndim) return store_value(out.data() + offset * size, out.dtype, data);
  if (!PyList_CheckExact(data) && is_numpy_array(data)) {
    Ref<Tensor> source = tensor_from_array(data, false);
    if (source->ndim == 0) raise(PyExc_TypeError, "not a sequence");
    for (int i = 0; i < source->ndim && dim + i < out.ndim; ++i)
      if (source->sizes[i] != out.sizes[dim + i]) wrong_length(out.sizes[dim + i], dim + i, source->sizes[i]);
    if (source->ndim != out.ndim - dim)
      raise(PyExc_ValueError, "expected an array of %d dimensions at dim %d (got %d)", out.ndim - dim, dim,
            source->ndim);
    Ref<Tensor> part =
        alias(out, Dims(out.sizes + dim, out.ndim - dim), Dims(out.strides + dim, out.ndim - dim), offset);
    return copy_into(*part, *source);
  }
  if (!is_sequence(data)) raise(PyExc_TypeError, "not a sequence");
  Ref<> list = fast(data);
  int64_t n = out.sizes[dim];
  if (fast_size(list) != n) wrong_length(n, dim, fast_size(list));
  for (int64_t i = 0; i < n; ++i) {
    if (i >= fast_size(list)) wrong_length(n, dim, fast_size(list));
    PyObject* item = fast_item(list, static_cast<Py_ssize_t>(i));
    int64_t at = offset + i * out.strides[dim];
    if (PyFloat_CheckExact(item) && out.dtype == DType::Float32 && dim + 1 == out.ndim) {
      store(out.data() + at * size, static_cast<float>(PyFloat_AS_DOUBLE(item)));
      continue;
    }
    if (PyLong_CheckExact(item) && out.dtype == DType::Int64 && dim + 1 == out.ndim) {
      int overflow;
      long long v = PyLong_AsLongLongAndOverflow(item, &overflow);
      if (overflow) raise(PyExc_ValueError, "Overflow when unpacking long long");
      store(out.data() + at * size, static_cast<int64_t>(v));
      continue;
    }
    Ref<> keep = Ref<>::borrow(item);
    store_nested(out, dim + 1, at, item);
  }
}

Ref<Tensor> copy_of(Tensor& source, const DType* dtype, Device device) {
  Ref<Tensor> out = empty(dtype ? *dtype : plain(source.dtype), source.shape(), device);
  if (!out->has_memory()) return out;
  if (!source.has_memory()) raise(PyExc_NotImplementedError, "Cannot copy out of meta tensor; no data!");
  if (out->dtype == source.dtype && source.is_contiguous()) {
    if (source.numel)
      std::memcpy(out->data(), source.data(), static_cast<size_t>(source.numel * itemsize(source.dtype)));
  } else {
    copy_into(*out, source);
  }
  return out;
}

// -- arguments -------------------------------------------------------------------------------------------------------

struct Options {
  PyObject* data = nullptr;
  DType dtype = DType::Float32;
  bool has_dtype = false, has_device = false, requires_grad = false;
  PyObject* extra = Py_None;  // pin_memory or copy
  Device device = state.default_device;
  const DType* given_dtype() const { return has_dtype ? &dtype : nullptr; }
};

bool flag(PyObject* o, const char* function, const char* name) {
  if (!PyBool_Check(o))
    raise(PyExc_TypeError, "%s(): argument '%s' must be bool, not %s", function, name, Py_TYPE(o)->tp_name);
  return o == Py_True;
}

// Parses (data, *, dtype=None, device=None, requires_grad=False) and the keyword `extra`.
Options parse(const char* function, const char* data_name, const char* extra, PyObject* const* args, Py_ssize_t n,
              PyObject* names) {
  Options o;
  if (n > 1) raise(PyExc_TypeError, "%s() takes 1 positional argument but %zd were given", function, n);
  if (n > 0) o.data = args[0];
  for (Py_ssize_t k = 0; names && k < PyTuple_GET_SIZE(names); ++k) {
    PyObject *name = PyTuple_GET_ITEM(names, k), *v = args[n + k];
    auto is = [&](const char* text) { return PyUnicode_CompareWithASCIIString(name, text) == 0; };
    if (is("dtype")) {
      o.has_dtype = v != Py_None;
      if (o.has_dtype) o.dtype = dtype_argument(v, function);
    } else if (is("device")) {
      o.has_device = v != Py_None;
      if (o.has_device) o.device = device_from_object(v);
    } else if (is("requires_grad")) {
      o.requires_grad = flag(v, function, "requires_grad");
    } else if (is(extra)) {
      o.extra = v;
    } else if (is(data_name) && !o.data) {
      o.data = v;
    } else {
      raise(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", function, name);
    }
  }
  if (!o.data) raise(PyExc_TypeError, "%s() missing 1 required positional arguments: \"%s\"", function, data_name);
  return o;
}

PyObject* finish(Ref<Tensor> t, const Options& o) {
  if (o.requires_grad) {
    if (!info(t->dtype).floating && !info(t->dtype).complex)
      raise(PyExc_RuntimeError, "Only Tensors of floating point and complex dtype can require gradients");
    t->requires_grad = true;
  }
  return reinterpret_cast<PyObject*>(t.release());
}

PyObject* tensor(PyObject*, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return guarded_object([&] {
    Options o = parse("tensor", "data", "pin_memory", args, n, names);
    if (o.extra != Py_None && flag(o.extra, "tensor", "pin_memory"))
      raise(PyExc_RuntimeError, "Cannot access accelerator device when none is available.");
    if (is_tensor(o.data) &&
        PyErr_WarnEx(PyExc_UserWarning,
                     "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or "
                     "sourceTensor.detach().clone().requires_grad_(True), rather than torch.tensor(sourceTensor).",
                     1) < 0)
      throw PythonError();
    return finish(tensor_from_data(o.data, o.given_dtype(), o.device), o);
  });
}

// A tensor that shares the memory of `data` if it has one that can be shared, else null.
Ref<Tensor> shared_tensor(PyObject* data, bool others) {
  if (is_numpy_array(data)) return tensor_from_array(data, true);
  if (!others || PyList_CheckExact(data) || PyTuple_CheckExact(data) || is_python_number(data)) return nullptr;
  if (PyCapsule_CheckExact(data) || PyObject_HasAttrString(data, "__dlpack__")) return tensor_from_dlpack(data);
  return nullptr;
}

PyObject* converted(PyObject* t, const Options& o) {
  bool same =
      (!o.has_dtype || plain(as_tensor(t)->dtype) == o.dtype) && (!o.has_device || as_tensor(t)->device == o.device);
  if (same) return Py_NewRef(t);
  Ref<> device = checked(device_object(o.has_device ? o.device : as_tensor(t)->device));
  PyObject* dtype = dtype_object(o.has_dtype ? o.dtype : as_tensor(t)->dtype);
  return PyObject_CallMethod(t, "to", "OO", device.get(), dtype);
}

PyObject* as_tensor_function(PyObject*, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return guarded_object([&]() -> PyObject* {
    Options o = parse("as_tensor", "data", "", args, n, names);
    if (is_tensor(o.data)) return converted(o.data, o);
    if (Ref<Tensor> t = shared_tensor(o.data, false)) return converted(t.object(), o);
    return reinterpret_cast<PyObject*>(tensor_from_data(o.data, o.given_dtype(), o.device).release());
  });
}

PyObject* asarray(PyObject*, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return guarded_object([&]() -> PyObject* {
    Options o = parse("asarray", "obj", "copy", args, n, names);
    Ref<Tensor> t = is_tensor(o.data) ? Ref<Tensor>::borrow(as_tensor(o.data)) : shared_tensor(o.data, true);
    if (!t && !is_text(o.data) && !PyList_Check(o.data) && !PyTuple_Check(o.data) && !is_numpy_scalar(o.data) &&
        PyObject_CheckBuffer(o.data)) {
      // Raw memory, taken as elements of the dtype asked for.
      Ref<> memory = checked(PyMemoryView_FromObject(o.data));
      Py_buffer* view = PyMemoryView_GET_BUFFER(memory.get());
      DType d = o.has_dtype ? o.dtype : default_dtype();
      if (view->len % itemsize(d))
        raise(PyExc_ValueError,
              "buffer length (%zd bytes) after offset (0 bytes) must be a multiple of element size (%d)", view->len,
              itemsize(d));
      if (!PyBuffer_IsContiguous(view, 'C')) raise(PyExc_ValueError, "the buffer is not contiguous");
      void* at = view->buf;
      size_t bytes = static_cast<size_t>(view->len);
      bool writable = !view->readonly;
      t = from_storage(adopt_memory(at, bytes, std::move(memory), writable), d,
                       Dims{static_cast<int64_t>(bytes) / itemsize(d)}, Dims{1}, 0);
    }
    if (!t) {
      if (o.extra == Py_False) raise(PyExc_ValueError, "can't alias arbitrary sequence into a tensor.");
      return finish(tensor_from_data(o.data, o.given_dtype(), o.device), o);
    }
    bool same = (!o.has_dtype || plain(t->dtype) == o.dtype) && (!o.has_device || t->device == o.device);
    if (o.extra == Py_False && !same) raise(PyExc_ValueError, "can't alias tensor with another dtype or device.");
    if (o.extra == Py_True) {
      Ref<> cloned = checked(PyObject_CallMethod(t.object(), "clone", nullptr));
      t = Ref<Tensor>::borrow(as_tensor(cloned.get()));
    }
    Ref<> result = checked(converted(t.object(), o));
    if (o.requires_grad && !requires_gradient(*as_tensor(result.get()))) {
      if (result.get() == o.data) result = Ref<>::steal(reinterpret_cast<PyObject*>(alias(*t).release()));
      return finish(Ref<Tensor>::borrow(as_tensor(result.get())), o);
    }
    if (!o.requires_grad && requires_gradient(*as_tensor(result.get())))
      return reinterpret_cast<PyObject*>(detach(*as_tensor(result.get())).release());
    return result.release();
  });
}

template <class F>
PyCFunction function(F* f) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(f));
}

constexpr int FAST = METH_FASTCALL | METH_KEYWORDS;

PyMethodDef functions[] = {
    {"tensor", function(tensor), FAST,
     "tensor(data, *, dtype=None, device=None, requires_grad=False, pin_memory=False)\n\nA new tensor with a copy of "
     "the data: a number, nested "
     "sequences of numbers, a NumPy array.\n\n>>> import taeda\n>>> taeda.tensor([[1, 2], [3, 4]])\ntensor([[1, 2],\n "
     "       [3, 4]])"},
    {"as_tensor", function(as_tensor_function), FAST,
     "as_tensor(data, *, dtype=None, device=None): the data as a tensor, without a copy where that is possible."},
    {"asarray", function(asarray), FAST,
     "asarray(obj, *, dtype=None, device=None, copy=None, requires_grad=False): the same, for all kinds of objects."},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

Ref<Tensor> tensor_from_data(PyObject* data, const DType* dtype, Device device) {
  if (is_tensor(data)) return copy_of(*as_tensor(data), dtype, device);
  if (!PyList_CheckExact(data) && is_numpy_array(data)) return copy_of(*tensor_from_array(data, false), dtype, device);
  if (is_text(data)) raise(PyExc_TypeError, "new(): invalid data type '%s'", Py_TYPE(data)->tp_name);
  Dims sizes = first_sizes(data);
  DType d = default_dtype();
  if (dtype) {
    d = *dtype;
  } else {
    bool any = false;
    collect_dtypes(data, &d, &any);
  }
  Ref<Tensor> out = empty(d, sizes);
  if (out->numel || sizes.count) {
    // Of an empty tensor only the lengths of the outer levels are looked at.
    if (out->numel) store_nested(*out, 0, 0, data);
  } else {
    store_value(out->data(), d, data);
  }
  return device == Device{} ? out : copy_of(*out, nullptr, device);
}

void add_data_to_module(PyObject* module) {
  if (PyModule_AddFunctions(module, functions) < 0) throw PythonError();
}

void add_numpy_to_module(PyObject* module);
void add_dlpack_to_module(PyObject* module);

void add_interop_to_module(PyObject* module) {
  add_data_to_module(module);
  add_numpy_to_module(module);
  add_dlpack_to_module(module);
}

}  // namespace taeda
