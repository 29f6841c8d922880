// The methods of taeda.Tensor that are not ops: questions about geometry, conversion to Python objects, protocols.
#include "python/core_types.h"
#include "python/interop.h"
#include "python/lifted.h"
#include "python/run.h"
#include "python/tensor_type.h"
#include "tape/tape.h"

namespace taeda {

namespace {

Tensor& the(PyObject* self) { return *as_tensor(self); }

template <class T>
PyObject* released(Ref<T> r) {
  return reinterpret_cast<PyObject*>(r.release());
}

// -- geometry --------------------------------------------------------------------------------------------------------

// The one optional argument `dim` of size() and stride(): null if absent or None.
PyObject* dim_argument(const char* function, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
  if (n + named > 1)
    raise(PyExc_TypeError, "%s() takes from 0 to 1 positional arguments but %zd were given", function, n + named);
  if (n + named == 0) return nullptr;
  if (named && PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "dim") != 0)
    raise(PyExc_TypeError, "%s() got an unexpected keyword argument '%U'", function, PyTuple_GET_ITEM(names, 0));
  return args[0] == Py_None ? nullptr : args[0];
}

int wrapped_dim(const char* function, PyObject* o, const Tensor& t) {
  if (!PyIndex_Check(o) || PyBool_Check(o))
    raise(PyExc_TypeError, "%s(): argument 'dim' (position 1) must be int, not %s", function, Py_TYPE(o)->tp_name);
  Py_ssize_t dim = PyNumber_AsSsize_t(o, PyExc_IndexError);
  if (dim == -1 && PyErr_Occurred()) throw PythonError();
  if (t.ndim == 0) raise(PyExc_IndexError, "Dimension specified as %zd but tensor has no dimensions", dim);
  if (dim < -t.ndim || dim >= t.ndim)
    raise(PyExc_IndexError, "Dimension out of range (expected to be in range of [%d, %d], but got %zd)", -t.ndim,
          t.ndim - 1, dim);
  return static_cast<int>(dim < 0 ? dim + t.ndim : dim);
}

PyObject* size(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return guarded_object([&] {
    PyObject* dim = dim_argument("size", args, n, names);
    if (!dim) return size_object(the(self).sizes, the(self).ndim);
    return PyLong_FromLongLong(the(self).sizes[wrapped_dim("size", dim, the(self))]);
  });
}

PyObject* stride(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return guarded_object([&]() -> PyObject* {
    Tensor& t = the(self);
    PyObject* dim = dim_argument("stride", args, n, names);
    if (dim) return PyLong_FromLongLong(t.strides[wrapped_dim("stride", dim, t)]);
    Ref<> out = checked(PyTuple_New(t.ndim));
    for (int i = 0; i < t.ndim; ++i)
      PyTuple_SET_ITEM(out.get(), i, checked(PyLong_FromLongLong(t.strides[i])).release());
    return out.release();
  });
}

PyObject* dim(PyObject* self, PyObject*) { return PyLong_FromLong(the(self).ndim); }
PyObject* numel(PyObject* self, PyObject*) { return PyLong_FromLongLong(the(self).numel); }
PyObject* element_size(PyObject* self, PyObject*) { return PyLong_FromLong(itemsize(the(self).dtype)); }
PyObject* storage_offset(PyObject* self, PyObject*) { return PyLong_FromLongLong(the(self).offset); }

PyObject* data_ptr(PyObject* self, PyObject*) {
  return guarded_object([&] {
    const Tensor& t = the(self);
    if (t.storage) t.storage->before_write();
    return PyLong_FromVoidPtr(t.numel ? t.data() : nullptr);
  });
}

// Contiguous in the order n, spatial dimensions, c.
bool is_channels_last(const Tensor& t, int ndim) {
  if (t.ndim != ndim) return false;
  int64_t expected = 1;
  for (int k = 0; k < ndim; ++k) {
    int d = k == 0 ? 1 : k == ndim - 1 ? 0 : ndim - k;
    if (t.sizes[d] == 1) continue;
    if (t.strides[d] != expected) return t.numel == 0;
    expected *= t.sizes[d];
  }
  return true;
}

PyObject* is_contiguous(PyObject* self, PyObject* const* args, Py_ssize_t n, PyObject* names) {
  return guarded_object([&]() -> PyObject* {
    Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
    if (n + named == 0) return PyBool_FromLong(the(self).is_contiguous());
    if (n || named > 1 || PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "memory_format") != 0)
      raise(PyExc_TypeError, "is_contiguous() takes only the keyword argument 'memory_format'");
    PyObject* format = args[0];
    if (format == contiguous_format || format == Py_None) return PyBool_FromLong(the(self).is_contiguous());
    if (format == channels_last) return PyBool_FromLong(is_channels_last(the(self), 4));
    if (format == channels_last_3d) return PyBool_FromLong(is_channels_last(the(self), 5));
    if (format == preserve_format)
      raise(PyExc_RuntimeError, "preserve memory format is unsupported by the contiguous operator");
    raise(PyExc_TypeError, "is_contiguous(): argument 'memory_format' must be torch.memory_format, not %s",
          Py_TYPE(format)->tp_name);
  });
}

PyObject* is_floating_point(PyObject* self, PyObject*) { return PyBool_FromLong(info(the(self).dtype).floating); }
PyObject* is_complex(PyObject* self, PyObject*) { return PyBool_FromLong(info(the(self).dtype).complex); }
PyObject* is_signed(PyObject* self, PyObject*) { return PyBool_FromLong(info(the(self).dtype).is_signed); }
PyObject* is_inference(PyObject* self, PyObject*) { return PyBool_FromLong(the(self).is_inference); }
PyObject* is_false(PyObject*, PyObject*) { Py_RETURN_FALSE; }
PyObject* get_device(PyObject* self, PyObject*) {
  const Tensor& t = the(self);
  return PyLong_FromLong(t.device.kind == DeviceKind::CPU ? -1 : t.device.index < 0 ? 0 : t.device.index);
}

PyObject* is_view(PyObject* self, PyObject*) { return PyBool_FromLong(the(self).autograd && the(self).autograd->base); }

PyObject* is_set_to(PyObject* self, PyObject* other) {
  return guarded_object([&] {
    if (!is_tensor(other))
      raise(PyExc_TypeError, "is_set_to(): argument 'tensor' (position 1) must be Tensor, not %s",
            Py_TYPE(other)->tp_name);
    const Tensor &a = the(self), &b = the(other);
    bool same = a.storage.get() == b.storage.get() && a.offset == b.offset && a.ndim == b.ndim && a.dtype == b.dtype;
    for (int i = 0; same && i < a.ndim; ++i) same = a.sizes[i] == b.sizes[i] && a.strides[i] == b.strides[i];
    return PyBool_FromLong(same);
  });
}

// type() → 'torch.FloatTensor'; type(dtype) → converted
PyObject* type(PyObject* self, PyObject* const* args, Py_ssize_t n) {
  return guarded_object([&]() -> PyObject* {
    if (n == 0) return PyUnicode_FromFormat("torch.%sTensor", torch_name(the(self).dtype));
    if (n > 1) raise(PyExc_TypeError, "type() takes at most 1 argument (%zd given)", n);
    PyObject* wanted = args[0];
    if (PyUnicode_Check(wanted)) {
      for (int i = 0; i < PLAIN_DTYPE_COUNT; ++i) {
        Ref<> name = checked(PyUnicode_FromFormat("torch.%sTensor", torch_name(static_cast<DType>(i))));
        if (PyUnicode_Compare(name.get(), wanted) == 0)
          return PyObject_CallMethod(self, "to", "O", dtype_object(static_cast<DType>(i)));
      }
      raise(PyExc_ValueError, "invalid type: %R", wanted);
    }
    return PyObject_CallMethod(self, "to", "O", dtype_object(dtype_argument(wanted, "type")));
  });
}

// resize_(sizes): the same memory, made larger if need be, with a contiguous shape. New elements are uninitialised.
PyObject* resize(PyObject* self, PyObject* arguments) {
  return guarded_object([&]() -> PyObject* {
    Tensor& t = the(self);
    require_memory(t, "resize_()");
    PyObject* items = arguments;
    if (PyTuple_GET_SIZE(items) == 1 && PySequence_Check(PyTuple_GET_ITEM(items, 0)))
      items = PyTuple_GET_ITEM(items, 0);
    Ref<> list = checked(PySequence_Fast(items, "resize_(): argument 'size' must be tuple of ints"));
    Dims sizes;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(list.get()); ++i) {
      Py_ssize_t s = PyNumber_AsSsize_t(PySequence_Fast_GET_ITEM(list.get(), i), PyExc_OverflowError);
      if (s == -1 && PyErr_Occurred()) throw PythonError();
      sizes.push(s);
    }
    if (t.requires_grad) raise(PyExc_RuntimeError, "cannot resize variables that require grad");
    int64_t numel = checked_numel(sizes), end, bytes;
    if (__builtin_add_overflow(numel, t.offset, &end) ||
        __builtin_mul_overflow(end, static_cast<int64_t>(itemsize(t.dtype)), &bytes))
      raise(PyExc_RuntimeError, "Storage size calculation overflowed with sizes=%s", dims_text(sizes).at);
    if (t.storage && numel && static_cast<size_t>(bytes) > t.storage->bytes())
      t.storage->resize(static_cast<size_t>(bytes));
    Dims strides = contiguous_strides(sizes);
    t.ndim = static_cast<uint8_t>(sizes.count);
    t.numel = numel;
    std::memcpy(t.sizes, sizes.at, sizeof(int64_t) * sizes.count);
    std::memcpy(t.strides, strides.at, sizeof(int64_t) * sizes.count);
    bump_version(t);
    return Py_NewRef(self);
  });
}

// -- values ----------------------------------------------------------------------------------------------------------

PyObject* item(PyObject* self, PyObject*) {
  return guarded_object([&] {
    const Tensor& t = the(self);
    if (t.numel != 1)
      raise(PyExc_RuntimeError, "a Tensor with %lld elements cannot be converted to Scalar",
            static_cast<long long>(t.numel));
    return only_element(t, PyExc_RuntimeError, "").release();
  });
}

Ref<> nested_list(const Tensor& t, int dim, const char* at) {
  if (dim == t.ndim) return checked(read_element(at, t.dtype));
  int64_t n = t.sizes[dim], step = t.strides[dim] * itemsize(t.dtype);
  Ref<> list = checked(PyList_New(static_cast<Py_ssize_t>(n)));
  bool last = dim + 1 == t.ndim;
  for (int64_t i = 0; i < n; ++i) {
    PyObject* o = last ? checked(read_element(at + i * step, t.dtype)).release()
                       : nested_list(t, dim + 1, at + i * step).release();
    PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), o);
  }
  return list;
}

PyObject* tolist(PyObject* self, PyObject*) {
  return guarded_object([&] {
    const Tensor& t = the(self);
    if (!t.has_memory()) raise(PyExc_NotImplementedError, "Cannot copy out of meta tensor; no data!");
    Shared<Storage> keep = t.storage;
    return nested_list(t, 0, t.data()).release();
  });
}

PyObject* to_complex(PyObject* self, PyObject*) {
  return guarded_object([&]() -> PyObject* {
    Ref<> v = only_element(the(self), PyExc_ValueError, "only one element tensors can be converted to Python scalars");
    if (PyComplex_Check(v.get())) return v.release();
    double d = PyFloat_AsDouble(v.get());
    if (d == -1.0 && PyErr_Occurred()) throw PythonError();
    return PyComplex_FromDoubles(d, 0);
  });
}

// Like PyTorch, a zero-dimensional tensor formats as its value, any other as an object.
PyObject* format(PyObject* self, PyObject* specification) {
  return guarded_object([&]() -> PyObject* {
    const Tensor& t = the(self);
    if (!PyUnicode_Check(specification))
      raise(PyExc_TypeError, "__format__() argument must be str, not %s", Py_TYPE(specification)->tp_name);
    if (t.ndim == 0 && t.has_memory())
      return PyObject_Format(only_element(t, PyExc_RuntimeError, "").get(), specification);
    if (PyUnicode_GET_LENGTH(specification) == 0) return PyObject_Str(self);
    raise(PyExc_TypeError, "unsupported format string passed to %s.__format__", Py_TYPE(self)->tp_name);
  });
}

// -- interchange -----------------------------------------------------------------------------------------------------

PyObject* untyped_storage(PyObject* self, PyObject*) {
  return guarded_object([&] {
    require_memory(the(self), "the storage");
    return storage_object(the(self).storage);
  });
}

PyObject* numpy(PyObject* self, PyObject* arguments, PyObject* keywords) {
  return guarded_object([&]() -> PyObject* {
    static const char* names[] = {"force", nullptr};
    int force = 0;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|$p:numpy", const_cast<char**>(names), &force))
      throw PythonError();
    Tensor& t = the(self);
    if (requires_gradient(t) && !force)
      raise(PyExc_RuntimeError,
            "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.");
    if (force && is_mirrored(t.dtype)) {
      Ref<Tensor> resolved = empty(plain(t.dtype), t.shape(), t.device);
      copy_into(*resolved, t);
      return array_from_tensor(*resolved).release();
    }
    return array_from_tensor(t).release();
  });
}

// __array__(dtype=None, copy=None)
PyObject* array(PyObject* self, PyObject* arguments, PyObject* keywords) {
  return guarded_object([&]() -> PyObject* {
    static const char* names[] = {"dtype", "copy", nullptr};
    PyObject *dtype = Py_None, *copy = Py_None;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|OO:__array__", const_cast<char**>(names), &dtype, &copy))
      throw PythonError();
    Tensor& t = the(self);
    if (requires_gradient(t))
      raise(PyExc_RuntimeError,
            "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.");
    Ref<> a = array_from_tensor(t);
    if (dtype != Py_None) {
      Ref<> own = checked(PyObject_GetAttrString(a.get(), "dtype"));
      int same = PyObject_RichCompareBool(own.get(), dtype, Py_EQ);
      if (same < 0) throw PythonError();
      if (!same) {
        if (copy == Py_False)
          raise(PyExc_ValueError, "an array of dtype %R cannot be had from a tensor of torch.%s without a copy", dtype,
                info(t.dtype).name);
        return PyObject_CallMethod(a.get(), "astype", "O", dtype);
      }
    }
    if (copy == Py_True) return PyObject_CallMethod(a.get(), "copy", nullptr);
    return a.release();
  });
}

PyObject* dlpack(PyObject* self, PyObject* arguments, PyObject* keywords) {
  return guarded_object([&]() -> PyObject* {
    static const char* names[] = {"stream", "max_version", "dl_device", "copy", nullptr};
    PyObject *stream = Py_None, *max_version = Py_None, *device = Py_None, *copy = Py_None;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "|$OOOO:__dlpack__", const_cast<char**>(names), &stream,
                                     &max_version, &device, &copy))
      throw PythonError();
    Tensor& t = the(self);
    if (requires_gradient(t))
      raise(PyExc_BufferError, "Can't export tensors that require gradient, use tensor.detach()");
    if (stream != Py_None) {
      long long s = PyLong_Check(stream) ? PyLong_AsLongLong(stream) : 0;
      if (s != -1) raise(PyExc_AssertionError, "stream should be None on cpu.");
    }
    if (device != Py_None) {
      int kind, index;
      if (!PyArg_ParseTuple(device, "ii", &kind, &index)) throw PythonError();
      if (kind != 1)
        raise(PyExc_BufferError, "a tensor on device 'cpu' cannot be exported to device (%d, %d)", kind, index);
    }
    bool versioned = false;
    if (max_version != Py_None) {
      int major, minor;
      if (!PyArg_ParseTuple(max_version, "ii", &major, &minor)) throw PythonError();
      versioned = major >= 1;
    }
    if (copy == Py_True) {
      Ref<Tensor> c = empty(t.dtype, t.shape(), t.device);
      copy_into(*c, t);
      return dlpack_from_tensor(*c, versioned, true).release();
    }
    return dlpack_from_tensor(t, versioned, false).release();
  });
}

PyObject* dlpack_device(PyObject* self, PyObject*) {
  return guarded_object([&] {
    if (the(self).device.kind != DeviceKind::CPU) raise(PyExc_ValueError, "Unknown device type for Dlpack");
    return Py_BuildValue("(ii)", 1, 0);
  });
}

// -- copies, subclasses ----------------------------------------------------------------------------------------------

PyObject* reduce(PyObject* self, PyObject* protocol) {
  return guarded_object([&] {
    PyObject* arguments[2] = {self, protocol};
    return PyObject_Vectorcall(required(Operator::ReduceEx), arguments, 2, nullptr);
  });
}

PyObject* deep_copy(PyObject* self, PyObject* memo) {
  return guarded_object([&] {
    PyObject* arguments[2] = {self, memo};
    return PyObject_Vectorcall(required(Operator::DeepCopy), arguments, 2, nullptr);
  });
}

// A leaf on the same memory, with the same attributes.
PyObject* copy(PyObject* self, PyObject*) {
  return guarded_object([&]() -> PyObject* {
    Tensor& t = the(self);
    Ref<Tensor> out = alias_as(Py_TYPE(self), t);
    out->requires_grad = requires_gradient(t);
    if (t.dictionary) {
      out->dictionary = checked(PyDict_Copy(t.dictionary)).release();
      track(*out);
    }
    return released(std::move(out));
  });
}

PyTypeObject* subclass_argument(PyObject* o, const char* function) {
  if (!PyType_Check(o)) raise(PyExc_TypeError, "%s: cls must be a type (got %s)", function, Py_TYPE(o)->tp_name);
  auto* t = reinterpret_cast<PyTypeObject*>(o);
  if (!PyType_IsSubtype(t, TensorType))
    raise(PyExc_TypeError, "%s: cls must be a subclass of Tensor, not %s", function, t->tp_name);
  return t;
}

// _make_subclass(cls, data, require_grad=False): a leaf of type cls on the memory of data
PyObject* make_subclass(PyObject*, PyObject* arguments, PyObject* keywords) {
  return guarded_object([&]() -> PyObject* {
    static const char* names[] = {"cls", "data", "require_grad", nullptr};
    PyObject *cls, *data;
    int requires_grad = 0;
    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OO|p:_make_subclass", const_cast<char**>(names), &cls, &data,
                                     &requires_grad))
      throw PythonError();
    PyTypeObject* type = subclass_argument(cls, "_make_subclass");
    if (!is_tensor(data))
      raise(PyExc_TypeError, "_make_subclass(): argument 'data' (position 2) must be Tensor, not %s",
            Py_TYPE(data)->tp_name);
    const Tensor& t = the(data);
    if (requires_grad && !info(t.dtype).floating && !info(t.dtype).complex)
      raise(PyExc_RuntimeError, "Only Tensors of floating point and complex dtype can require gradients");
    Ref<Tensor> out = alias_as(type, t);
    out->requires_grad = requires_grad;
    return released(std::move(out));
  });
}

PyObject* as_subclass(PyObject* self, PyObject* cls) {
  return guarded_object([&]() -> PyObject* {
    PyTypeObject* type = subclass_argument(cls, "as_subclass");
    Tensor& t = the(self);
    if (!requires_gradient(t)) return released(alias_as(type, t));
    Ref<Tensor> view = recorded_alias(t);
    Ref<Tensor> out = alias_as(type, *view);
    out->grad_fn = gradient_function(*view);
    out->output_number = view->output_number;
    out->requires_grad = view->requires_grad;
    return released(std::move(out));
  });
}

template <class F>
PyCFunction function(F* f) {
  return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(f));
}

constexpr int FAST = METH_FASTCALL | METH_KEYWORDS, KEYWORDS = METH_VARARGS | METH_KEYWORDS;

}  // namespace

PyMethodDef tensor_methods[] = {
    {"size", function(size), FAST, "size(dim=None): the shape, or the size of one dimension."},
    {"stride", function(stride), FAST, "stride(dim=None): the steps in elements, as a tuple or of one dimension."},
    {"dim", dim, METH_NOARGS, "The number of dimensions."},
    {"ndimension", dim, METH_NOARGS, "The number of dimensions."},
    {"numel", numel, METH_NOARGS, "The number of elements."},
    {"nelement", numel, METH_NOARGS, "The number of elements."},
    {"element_size", element_size, METH_NOARGS, "Bytes of one element."},
    {"storage_offset", storage_offset, METH_NOARGS, "Where the first element lies in the storage, in elements."},
    {"data_ptr", data_ptr, METH_NOARGS, "The address of the first element; 0 if there is none."},
    {"is_contiguous", function(is_contiguous), FAST,
     "is_contiguous(*, memory_format=contiguous_format): whether elements lie in order."},
    {"is_floating_point", is_floating_point, METH_NOARGS, "Whether the dtype is a real floating-point type."},
    {"is_complex", is_complex, METH_NOARGS, "Whether the dtype is complex."},
    {"is_signed", is_signed, METH_NOARGS, "Whether the dtype holds negative numbers."},
    {"is_inference", is_inference, METH_NOARGS, "Whether the tensor was made in inference mode."},
    {"is_pinned", is_false, METH_NOARGS, "Whether the memory is pinned."},
    {"is_set_to", is_set_to, METH_O, "Whether the other tensor has the same memory and geometry."},
    {"_is_view", is_view, METH_NOARGS, "Whether autograd knows this tensor as a view."},
    {"get_device", get_device, METH_NOARGS, "The number of the device; -1 on the CPU."},
    {"type", function(type), METH_FASTCALL,
     "type(dtype=None): the name of the tensor's type, or the tensor converted."},
    {"resize_", resize, METH_VARARGS, "resize_(*sizes): change the shape in place; new elements are uninitialised."},
    {"item", item, METH_NOARGS, "The value of a tensor of one element, as a Python number."},
    {"tolist", tolist, METH_NOARGS, "The values as nested lists of Python numbers."},
    {"untyped_storage", untyped_storage, METH_NOARGS, "The memory, as bytes."},
    {"numpy", function(numpy), KEYWORDS, "numpy(*, force=False): a NumPy array on the same memory."},
    {"__array__", function(array), KEYWORDS, nullptr},
    {"__complex__", to_complex, METH_NOARGS, nullptr},
    {"__format__", format, METH_O, nullptr},
    {"__dlpack__", function(dlpack), KEYWORDS, "A DLPack capsule on the same memory."},
    {"__dlpack_device__", dlpack_device, METH_NOARGS, nullptr},
    {"__reduce_ex__", reduce, METH_O, nullptr},
    {"__deepcopy__", deep_copy, METH_O, nullptr},
    {"__copy__", copy, METH_NOARGS, nullptr},
    {"_make_subclass", function(make_subclass), KEYWORDS | METH_STATIC,
     "_make_subclass(cls, data, require_grad=False)"},
    {"as_subclass", as_subclass, METH_O, "as_subclass(cls): this tensor as an object of a subclass."},
    {"__class_getitem__", Py_GenericAlias, METH_O | METH_CLASS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace taeda
